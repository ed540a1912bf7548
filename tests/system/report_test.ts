import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { cli, csv, inFolder, JULY_13, put, ROOT } from "../helpers/support.ts";

/** Markup that a tag or state must never inject. */
const NAME = `<script>document.title="hacked"</script>`;

/** Where screenshots of the pages are stored, for people to look at. */
const PICTURES = Deno.env.get("HOURGRID_PICTURES") || null; // none if it is empty

async function inBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

async function report(input: string, output: string, status = 0): Promise<void> {
  const { code, stderr } = await cli("--input", input, "--output", output, "--report", "--quiet");
  assert.equal(code, status, stderr);
}

const urlOf = (output: string, name: string) =>
  pathToFileURL(join(output, "_etl", "report", name)).href;

/** Fails if a page requests anything but itself, or logs an error. */
function watchPage(page: Page): () => void {
  const found: string[] = [];
  page.on("request", (request) => {
    if (!request.isNavigationRequest()) found.push(request.url());
  });
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => found.push(message.text()));
  page.on("dialog", (dialog) => found.push(dialog.message()));
  return () => assert.deepEqual(found, []);
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run(document)") as Pick<AxeResults, "violations">;
  return found.violations.map(({ id, nodes }) =>
    `${id}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary}`
  );
}

/** Texts whose font size is below 12 pixels. */
async function smallTexts(page: Page): Promise<string[]> {
  return await page.evaluate(`[...document.querySelectorAll("main *")].filter((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest("title, desc, style, script") || !element.checkVisibility()) return false;
    const matrix = element.getScreenCTM?.();
    const size = matrix ? Math.hypot(matrix.a, matrix.b) : 1;
    return parseFloat(getComputedStyle(element).fontSize) * size < 11.9;
  }).map((element) => element.outerHTML.slice(0, 80)).slice(0, 5)`) as string[];
}

Deno.test("the report of the sample is complete and accessible in any width, light and dark", () =>
  inFolder(async (output) => {
    await report(join(ROOT, "data"), output);
    const names = [...Deno.readDirSync(join(output, "_etl", "report"))].map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "day-2024-07-01.html",
      "day-2024-07-02.html",
      "index.html",
      ...["1_1", "1_2", "2_1", "2_2"].map((module) => `module-${module}.html`),
    ]);
    await inBrowser(async (browser) => {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1600, 1100, 760, 360]) {
          const viewport = { width, height: 800 };
          const page = await browser.newPage({ viewport, colorScheme });
          const check = watchPage(page);
          for (const name of ["index.html", "day-2024-07-02.html", "module-1_1.html"]) {
            await page.goto(urlOf(output, name));
            assert.deepEqual(await violations(page), [], `${name} ${colorScheme} ${width}`);
            const wide = await page.evaluate("document.documentElement.scrollWidth") as number;
            assert.ok(wide <= width, `${name} is ${wide} px wide on a screen of ${width}`);
            assert.deepEqual(await smallTexts(page), [], `${name} ${width}: under 12 px`);
            if (PICTURES !== null) {
              const path = join(PICTURES, `${name}-${colorScheme}-${width}.png`);
              await page.screenshot({ path, fullPage: true });
            }
          }
          check();
          await page.close();
        }
      }
      const paper = await browser.newPage({ viewport: { width: 740, height: 1050 } });
      await paper.emulateMedia({ media: "print" });
      for (const name of ["index.html", "day-2024-07-02.html", "module-1_1.html"]) {
        await paper.goto(urlOf(output, name));
        const wide = await paper.evaluate("document.documentElement.scrollWidth") as number;
        assert.ok(wide <= 740, `${name} is ${wide} px wide on paper of 740`);
      }
    });
  }));

Deno.test("a narrow page fits a few days; wider charts start at their newest data, with row names in sight", () =>
  inFolder(async (output) => {
    await report(join(ROOT, "data"), output);
    const name = "_etl/report/module-1_1.html";
    const html = Deno.readTextFileSync(join(output, name));
    // The same page, if its two days were as narrow as those of a long history.
    put(join(output, name.replace("1_1", "long")), html.replaceAll("--days:2", "--days:78"));
    await inBrowser(async (browser) => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      for (const [module, strips] of [["1_1", 0], ["long", 1]] as const) {
        await page.goto(urlOf(output, `module-${module}.html`));
        const charts = await page.evaluate(
          `[...document.querySelectorAll(".scroll[data-newest]")].flatMap((scroll) => {
          if (scroll.scrollWidth === scroll.clientWidth) return [];
          const names = scroll.querySelector(".names, .name").getBoundingClientRect();
          const { left, width } = scroll.getBoundingClientRect();
          const newest = left + scroll.dataset.newest * scroll.scrollWidth - scroll.scrollLeft;
          const isStrip = scroll.querySelector(".axis") !== null;
          return [[isStrip, scroll.scrollLeft, names.left - left, newest - left - width]];
        })`,
        ) as [isStrip: boolean, scrolled: number, names: number, beyond: number][];
        assert.equal(charts.filter(([isStrip]) => isStrip).length, strips);
        assert.ok(charts.length >= 6, `${charts.length} charts`);
        for (const [, scrolled, names, beyond] of charts) {
          assert.ok(scrolled > 100 && Math.abs(names) < 2 && beyond < 2, charts.join(" "));
        }
      }
    });
  }));

Deno.test("every link has a target, and works by keyboard and without scripts", () =>
  inFolder(async (output) => {
    await report(join(ROOT, "data"), output);
    await inBrowser(async (browser) => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      const seen = new Set<string>();
      const todo = [urlOf(output, "index.html")];
      for (let url = todo.pop(); url !== undefined; url = todo.pop()) {
        if (seen.has(url)) continue;
        seen.add(url);
        await page.goto(url);
        assert.ok((await page.locator("main :is(svg, .chart)[aria-label]").count()) >= 5, url);
        for (const link of await page.locator("a").all()) {
          const [href] = (await link.getAttribute("href"))!.split("#");
          if (href !== "") todo.push(new URL(href!, url).href);
        }
      }
      assert.equal(seen.size, 7);
      const scripted = await browser.newPage();
      await scripted.goto(urlOf(output, "index.html"));
      await scripted.keyboard.press("Tab");
      const reached = new Set<string>();
      for (let i = 0; i < 80; i++) {
        reached.add(
          await scripted.evaluate("document.activeElement.outerHTML.slice(0, 60)") as string,
        );
        await scripted.keyboard.press("Tab");
      }
      for (const what of ["<a href", "<button", "<select", '<div class="scroll']) {
        assert.ok([...reached].some((html) => html.startsWith(what)), `${what} by keyboard`);
      }
      const index = scripted.url();
      await scripted.selectOption("label:has-text('Modules') select", { label: "1_2" });
      assert.equal(scripted.url(), index, "choosing does not lead away yet");
      await scripted.getByRole("button", { name: "Show the chosen page: Modules" }).click();
      await scripted.waitForURL(/module-1_2\.html/);
      await scripted.getByRole("button", { name: "Light or dark" }).click();
      const theme = await scripted.evaluate("document.documentElement.dataset.theme");
      assert.equal(theme, "dark");
    });
  }));

Deno.test("text from the data is shown as text", () =>
  inFolder(async (folder) => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    const tags: [string, string][] = [["phase", NAME], ["module", NAME]];
    const rows = Array.from({ length: 50 }, (_, i) => [
      { time: JULY_13 + i * 60, payload: "module_voltage", value: String(i), tags },
      { time: JULY_13 + i * 60, payload: "system_state", value: NAME, tags: [] },
      { time: JULY_13 + i * 60, payload: NAME, value: String(i), tags },
      { time: JULY_13 + i * 60, payload: "module_voltage", value: NAME, tags },
    ]).flat();
    put(join(input, `${encodeURIComponent(NAME)}.csv`), csv(rows));
    put(join(input, `<img src=x onerror=alert(1)>.csv`), "not,a,day,file\n");
    await report(input, output, 1);
    await inBrowser(async (browser) => {
      const page = await browser.newPage();
      const check = watchPage(page);
      for (const { name } of Deno.readDirSync(join(output, "_etl", "report"))) {
        await page.goto(urlOf(output, name));
        assert.notEqual(await page.title(), "hacked");
        assert.deepEqual(await violations(page), [], name);
        assert.equal(await page.locator("script").count(), 1, "only our own script");
        assert.equal(await page.locator("img").count(), 0);
      }
      await page.goto(urlOf(output, "index.html"));
      assert.ok((await page.locator("main").textContent())!.includes(NAME));
      check();
    });
  }));

Deno.test("the pointer shows time and value, and a click on a strip leads to its day", () =>
  inFolder(async (output) => {
    await report(join(ROOT, "data"), output);
    await inBrowser(async (browser) => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const check = watchPage(page);
      await page.goto(urlOf(output, "day-2024-07-02.html"));
      const tip = page.locator("#tip");
      const line = page.locator(".chart[aria-label='Module voltage'] path:has(title)").first();
      await line.scrollIntoViewIfNeeded();
      const point = await line.evaluate((
        path: {
          getPointAtLength(length: number): unknown;
          getTotalLength(): number;
        } & Record<string, unknown>,
      ) => {
        const where = path.getPointAtLength(path.getTotalLength() / 2) as {
          matrixTransform(matrix: unknown): { x: number; y: number };
        };
        const matrix = (path as unknown as { getScreenCTM(): unknown }).getScreenCTM();
        const { x, y } = where.matrixTransform(matrix);
        return { x, y };
      });
      await page.mouse.move(point.x, point.y);
      assert.match(
        await tip.innerText(),
        /^1_1 module_voltage: \d+\.\d+ V at 2024-07-02 \d\d:\d\d UTC$/,
      );

      await page.goto(urlOf(output, "index.html"));
      const heat = page.locator("svg.heat").first();
      await heat.scrollIntoViewIfNeeded();
      const box = (await heat.boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.75, box.y + 5);
      assert.match(await tip.innerText(), /^1_1, 2024-07-02: (\d+\.\d mV|too few rows)$/);
      await page.mouse.click(box.x + box.width * 0.75, box.y + 5);
      await page.waitForURL(/day-2024-07-02\.html/);
      check();
    });
  }));
