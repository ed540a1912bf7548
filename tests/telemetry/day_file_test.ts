import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import pl from "nodejs-polars";
import type { Row } from "../helpers/oracle.ts";
import { readReal } from "../helpers/real.ts";
import { dayFile, inFolder } from "../helpers/support.ts";

const anyRows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    time: fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
    payload: fc.constantFrom("volts", "amps", ""),
    value: fc.string(),
    tags: fc.array(fc.tuple(fc.constantFrom("phase", "module", "µ"), fc.string()), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { minLength: 1, maxLength: 40 },
).map((rows) => rows.map((row) => ({ ...row })));

Deno.test("other readers read what was written", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    await fc.assert(fc.asyncProperty(anyRows, async (rows) => {
      Deno.writeFileSync(path, dayFile(rows));
      assert.deepEqual(await readReal(path), rows);
      const frame = pl.readParquet(path);
      assert.deepEqual(frame.getColumn("value").toArray(), rows.map(({ value }) => value));
      assert.deepEqual(frame.getColumn("tags").toArray(), rows.map(({ tags }) => tags));
    }));
  }));
