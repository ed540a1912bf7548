import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type InputRecord, readInputRecords, writeInputRecords } from "../../lib/store/records.ts";
import { LineFile, readLines } from "../../lib/store/line_file.ts";
import { inFolder, put } from "../helpers/support.ts";

const record = (i: number): InputRecord => ({
  ...{ size: i, mtime: i, ctime: i, ino: i },
  imported: i % 2 === 0 ? null : "CSV",
  sources: [],
  rejected: {},
});

Deno.test("readInputRecords() returns what was written, for any number of records and any names", () =>
  inFolder(async (folder) => {
    const state = join(folder, "_etl");
    const names = fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(names, async (names) => {
        const inputs = new Map(names.map((name, i) => [name, record(i)]));
        await writeInputRecords(folder, state, inputs);
        assert.deepEqual([...readInputRecords(state)], [...inputs]);
      }),
      { numRuns: 20 },
    );
    // More lines than are written at once.
    const many = new Map(Array.from({ length: 30_000 }, (_, i) => [`day ${i}.parquet`, record(i)]));
    await writeInputRecords(folder, state, many);
    assert.deepEqual(readInputRecords(state), many);
  }));

Deno.test("readInputRecords() returns nothing if a line is missing, changed or torn", () =>
  inFolder(async (folder) => {
    const state = join(folder, "_etl");
    const path = join(state, "inputs.jsonl");
    const inputs = new Map([["a", record(1)], ["b", record(2)]]);
    await writeInputRecords(folder, state, inputs);
    const text = Deno.readTextFileSync(path);
    const lines = text.split("\n");
    const broken = [
      "",
      "null\n",
      "[1,2]\n",
      text.slice(0, -2),
      lines.toSpliced(1, 1).join("\n"),
      lines.toSpliced(3, 1).join("\n"),
      text.replace('"size":1', '"size":2'),
      text.replace('"version":"', '"version":"0'),
    ];
    for (const edited of broken) {
      put(path, edited);
      assert.deepEqual(readInputRecords(state), new Map(), edited);
    }
    put(path, text.replace(/"format":\d+/, '"format":99'));
    assert.throws(() => readInputRecords(state), /inputs.jsonl is of the newer version/);
  }));

Deno.test("readLines() yields the lines of a LineFile, including long ones", () =>
  inFolder((folder) => {
    const file = new LineFile(folder, join(folder, "a"));
    const values = [1, "x".repeat(1 << 20), "", "\n", "y".repeat(3 << 20), null];
    for (const value of values) file.add(value);
    const lines = [...readLines(file.end()!.tempPath)]
      .map((line) => JSON.parse(new TextDecoder().decode(line)));
    assert.deepEqual(lines, values);
    assert.equal(new LineFile(folder, join(folder, "b")).end(), null);
  }));
