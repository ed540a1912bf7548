import assert from "node:assert/strict";
import { join } from "node:path";
import { csv, dayFile, etl, inFolder, JULY_13, put, tree } from "../helpers/support.ts";

for (const separator of ["\u2028", "\u2029", "\u0085"]) {
  const code = `U+${separator.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`;
  Deno.test(`a run accepts ${code} in a payload type, a tag, a module and the name of a file`, () =>
    inFolder(async (folder) => {
      const row = (payload: string, module: string, cell: string, i: number) => ({
        time: JULY_13 + i,
        payload,
        value: "1",
        tags: [["phase", "1"], ["module", module], ["cell", cell]] as [string, string][],
      });
      const rows = [
        row(`volts${separator}`, "1", "1", 0),
        row("volts", `2${separator}`, "1", 1),
        row("volts", "3", `${separator}`, 2),
      ];
      put(join(folder, "in", `a${separator}.parquet`), dayFile(rows));
      put(join(folder, "in", `b${separator}.csv`), csv([row(separator, "4", "1", 3)]));
      const { code, problems, readings, modules } = await etl(folder);
      assert.deepEqual([code, problems, readings, modules], [0, [], 4, 4]);
      assert.equal(tree(join(folder, "out")).size, 4);
    }));
}
