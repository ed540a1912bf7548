/**
 * Draws the picture in the README, the first page of the report on the sample:
 * `deno task report && deno run -A tools/picture.ts`. Needs Chromium.
 *
 * @module
 */
import { chromium } from "playwright-core";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, "output", "_etl", "report", "index.html");
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const view = await browser.newPage({ viewport: { width: 1200, height: 1500 } });
await view.goto(`file://${page}`);
await view.screenshot({ path: join(root, "docs", "report.png") });
await browser.close();
