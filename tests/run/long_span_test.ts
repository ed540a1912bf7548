import assert from "node:assert/strict";
import { join } from "node:path";
import { WHOLE, writeDialect } from "../helpers/dialect.ts";
import { etl, inFolder, put, tree } from "../helpers/support.ts";

Deno.test("in a file of nanoseconds over 150 days, the last nanosecond of a second stays in it", () =>
  inFolder(async (folder) => {
    const day = 1_720_828_800n;
    const rows = [0n, 1n, 150n].map((days) => ({
      time: (day + days * 86_400n + 86_399n) * 1_000_000_000n + 999_999_999n,
      ...{ payload: "v", value: String(days), tags: [["phase", "1"], ["module", "1"]] as const },
    }));
    put(join(folder, "in/a.parquet"), writeDialect(rows, [WHOLE, WHOLE, WHOLE, WHOLE], "SNAPPY"));
    const { code, readings, rejected } = await etl(folder, "--fill", "none");
    assert.deepEqual([code, readings, rejected], [0, 3, {}]);
    const names = [...tree(join(folder, "out")).keys()].filter((name) => name.endsWith(".parquet"));
    assert.ok(names.includes("1_1/2024/07/13/23.parquet"), names.join());
    assert.ok(names.includes("1_1/2024/12/10/23.parquet"), names.join());
  }));
