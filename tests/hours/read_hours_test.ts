import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { CHOICES, readHourFiles } from "../../lib/hours/mod.ts";
import { dayFile, etl, inFolder, JULY_13, put } from "../helpers/support.ts";

/** An hour with a number that changes, is held and is missing, one that never comes, and texts. */
const ROWS = [
  ...Array.from({ length: 200 }, (_, i) => [i * 7, "volts", String(50 + (i % 90) / 8)] as const),
  ...[[0, "state", "IDLE"], [600, "state", "naïve, \u{1f50b}"], [1200, "state", "IDLE"]] as const,
  [4000, "amps", "1"] as const,
].map(([time, payload, value]) => ({
  time: JULY_13 + time,
  payload,
  value,
  tags: [["phase", "1"], ["module", "1"]] as [string, string][],
}));

const OPTIONS = [
  ...["snappy", "zstd", "none"].map((codec) => ["--compression", codec]),
  ...CHOICES.compression.map((codec) => ["--writer", "polars", "--compression", codec]),
];

for (const options of OPTIONS) {
  Deno.test(`readHourFiles() reads what Polars reads, of ${options.join(" ")}`, () =>
    inFolder(async (folder) => {
      put(join(folder, "in/a.parquet"), dayFile(ROWS));
      await etl(folder, ...options);
      const paths = globSync(join(folder, "out/1_1/**/*.parquet")).sort();
      assert.equal(paths.length, 2);
      const files = paths.map((path) => ({ path, rows: 720 }));
      const { times, numbers } = readHourFiles(files, () => true);
      const frame = pl.concat(paths.map((path) => pl.readParquet(path)));
      const column = (name: string) => frame.getColumn(name).toArray() as unknown[];
      assert.deepEqual([...times], column("timestamp").map(Number));
      assert.deepEqual([...numbers.keys()], ["amps", "volts"]);
      for (const [name, values] of numbers) {
        assert.deepEqual([...values], column(name).map((value) => value ?? NaN), name);
      }
    }));
}

Deno.test("readHourFiles() fills in null where a file lacks a column that another one has", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.parquet"), dayFile(ROWS));
    await etl(folder);
    put(join(folder, "in/a.parquet"), dayFile(ROWS.filter(({ payload }) => payload === "state")));
    const path = join(folder, "out/1_1/2024/07/13/00.parquet");
    Deno.copyFileSync(path, join(folder, "full.parquet"));
    await etl(folder);
    const files = [path, join(folder, "full.parquet")].map((path) => ({ path, rows: 720 }));
    const { numbers } = readHourFiles(files, (name) => name === "volts");
    assert.deepEqual([...numbers.keys()], ["volts"]);
    assert.ok(numbers.get("volts")!.subarray(0, 720).every(Number.isNaN));
    assert.equal(numbers.get("volts")!.at(720), 50);
  }));

Deno.test("readHourFiles() names a file that is broken, gone, or has another number of rows", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.parquet"), dayFile(ROWS));
    await etl(folder);
    const path = join(folder, "out/1_1/2024/07/13/00.parquet");
    const read = (rows = 720) => () => readHourFiles([{ path, rows }], () => true);
    read()();
    assert.throws(read(360), /00\.parquet: does not have 360 rows/);
    const bytes = Deno.readFileSync(path);
    const at = bytes.length >> 2;
    for (const broken of [bytes.with(at, bytes[at]! ^ 1), bytes.subarray(0, 100)]) {
      Deno.writeFileSync(path, broken);
      assert.throws(read(), /00\.parquet: /);
    }
    Deno.removeSync(path);
    assert.throws(read(), /00\.parquet: /);
  }));

Deno.test("readHourFiles() names a file with several row groups, even if the first has all rows", () =>
  inFolder(async (folder) => {
    const path = join(folder, "00.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const write = (rows: number) =>
      connection.run(`copy (select make_timestamp(i) as timestamp, i / 2 as volts
        from range(${rows}) t(i)) to '${path}' (row_group_size 2048)`);
    const read = () => readHourFiles([{ path, rows: 2048 }], () => true);
    await write(2048);
    assert.equal(read().numbers.get("volts")![2047], 2047 / 2);
    await write(2049);
    assert.throws(read, /00\.parquet: does not have 2048 rows in one row group/);
    connection.closeSync();
  }));
