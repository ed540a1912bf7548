import assert from "node:assert/strict";
import { join } from "node:path";
import { SAMPLE } from "../../tools/sample/sample.ts";
import { parseSample } from "../../tools/sample/main.ts";
import { inFolder, put } from "../helpers/support.ts";

Deno.test("a sample of any size goes into a folder of its own", () =>
  inFolder((folder) => {
    const out = join(folder, "new");
    const args = ["--days", "3", "--phases", "1", "--modules", "10", "--seed", "5", "--out", out];
    assert.deepEqual(parseSample(args), { days: 3, phases: 1, modules: 10, seed: 5, out });
    assert.deepEqual(parseSample([]), { ...SAMPLE, out: "data" });
    assert.throws(() => parseSample(["--days", "3"]), /--out is missing/);
    assert.throws(() => parseSample(["--days", "0", "--out", out]), /--days 0: .* whole number/);
    assert.throws(() => parseSample(["--weeks", "1"]), /--weeks/);
    put(join(out, "mine.txt"), "");
    assert.throws(() => parseSample(args), /--out .* is not empty/);
  }));
