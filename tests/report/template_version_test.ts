import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { TEMPLATE_VERSION } from "../../lib/report/page_plan.ts";
import { cli, inFolder, ROOT } from "../helpers/support.ts";

/** The version of the pages, and a digest of those of the sample. */
const KNOWN = [41, "347567081b806afa"];

Deno.test("pages have a new version if they have changed", () =>
  inFolder(async (folder) => {
    await cli("--input", join(ROOT, "data"), "--output", folder, "--quiet", "--report");
    const report = join(folder, "_etl/report");
    const hash = createHash("sha256");
    for (const name of [...Deno.readDirSync(report)].map(({ name }) => name).sort()) {
      // The digest at its top is of records, in which times of input files are.
      const text = Deno.readTextFileSync(join(report, name)).replace(/^<!-- \w{64} -->$/m, "");
      hash.update(name + text);
    }
    assert.deepEqual(
      [TEMPLATE_VERSION, hash.digest("hex").slice(0, 16)],
      KNOWN,
      "raise TEMPLATE_VERSION in lib/report/page_plan.ts, so that pages are written again, and write both here",
    );
  }));
