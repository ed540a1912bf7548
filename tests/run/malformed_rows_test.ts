import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import pl from "nodejs-polars";
import type { Row } from "../helpers/oracle.ts";
import { assertSameTree, cli, dayFile, etl, inFolder, JULY_13, put } from "../helpers/support.ts";

const PLACE: Row["tags"] = [["phase", "1"], ["module", "1"]];
const GOOD: Row[] = Array.from({ length: 50 }, (_, i) => ({
  time: JULY_13 + i * 30,
  payload: "volts",
  value: String(50 + i),
  tags: PLACE,
}));

/** A data frame with all rows. */
function frame() {
  const timestamp = pl.Series("timestamp", COLUMNS.timestamp, pl.Int64);
  return pl.DataFrame({ ...COLUMNS, timestamp });
}

/** The good rows, and some that are not readings. */
const COLUMNS = {
  timestamp: [...GOOD.map(({ time }) => time), null, 12, JULY_13, JULY_13, JULY_13, JULY_13],
  payload_type: [
    ...GOOD.map(({ payload }) => payload),
    "volts",
    "volts",
    null,
    "volts",
    "volts",
    "volts",
  ],
  value: [...GOOD.map(({ value }) => value), "1", "1", "1", null, "1", "1"],
  tags: [
    ...GOOD.map(({ tags }) => JSON.stringify(tags)),
    ...Array<string>(4).fill(JSON.stringify(PLACE)),
    ...[null, "[1]"],
  ],
};
const REASONS = {
  "a row without a timestamp": 1,
  "a timestamp before 2000 or after 2100": 1,
  "a row without a payload_type": 1,
  "a row without a value": 1,
  "a row without tags": 1,
  "tags that are malformed": 1,
};

/** Fails unless the tree equals that of the good rows. */
async function assertGood(folder: string): Promise<void> {
  put(join(folder, "alone", "good.parquet"), dayFile(GOOD));
  await cli("--input", join(folder, "alone"), "--output", join(folder, "fresh"), "--quiet");
  assertSameTree(join(folder, "out"), join(folder, "fresh"));
}

function kept(folder: string, part: string): string[] {
  const path = join(folder, "out", "_etl", part);
  return [...Deno.readDirSync(path)].map(({ name }) => join(path, name));
}

Deno.test("rows that are not readings are kept in order", () =>
  inFolder(async (folder) => {
    const path = join(folder, "in", "a.parquet");
    Deno.mkdirSync(join(folder, "in"));
    frame().writeParquet(path);
    const { code, importedFiles, readings, rejected } = await etl(folder);
    assert.deepEqual([code, importedFiles, readings], [0, 1, GOOD.length]);
    assert.deepEqual(rejected, REASONS);
    await assertGood(folder);
    const lines = kept(folder, "rejected").flatMap((name) =>
      Deno.readTextFileSync(name).trim().split("\n").map((line) => JSON.parse(line))
    );
    assert.deepEqual(lines.map(({ reason }) => reason), Object.keys(REASONS));
    assert.deepEqual(lines[1], {
      file: "a.parquet",
      reason: "a timestamp before 2000 or after 2100",
      timestamp: "12",
      payload_type: "volts",
      value: "1",
      tags: JSON.stringify(PLACE),
    });
    const again = await etl(folder);
    assert.deepEqual(
      [again.built, again.onRecord.rejected],
      [[], REASONS],
      "nothing is read twice",
    );
    frame().head(GOOD.length).writeParquet(path);
    const mended = await etl(folder);
    assert.deepEqual([mended.code, mended.rejected, kept(folder, "rejected")], [0, {}, []]);
    await assertGood(folder);
  }));

Deno.test("a file whose malformed rows are not in its footer is imported when its day is read", () =>
  inFolder(async (folder) => {
    const columnData = Object.entries(COLUMNS).map(([name, data]) => ({
      name,
      data: name === "timestamp" ? data.map((time) => BigInt(time ?? JULY_13)) : data,
      type: name === "timestamp" ? "INT64" as const : "STRING" as const,
      statistics: name === "timestamp",
    })).map((column) => ({ ...column, data: column.data.toSpliced(GOOD.length + 1, 1) }));
    put(join(folder, "in", "a.parquet"), new Uint8Array(parquetWriteBuffer({ columnData })));
    const { code, importedFiles, rejected, readings } = await etl(folder);
    assert.deepEqual([code, importedFiles, readings], [0, 1, GOOD.length + 1]);
    const wanted = Object.entries(REASONS).filter(([reason]) => !/timestamp/.test(reason));
    assert.deepEqual(rejected, Object.fromEntries(wanted));
  }));

Deno.test("a file that the hot path does not accept is imported, with the same outcome", () =>
  inFolder(async (folder) => {
    const path = join(folder, "in", "a.parquet");
    Deno.mkdirSync(join(folder, "in"));
    frame().writeParquet(path, { compression: "lz4" });
    const { code, importedFiles, rejected } = await etl(folder);
    assert.deepEqual([code, importedFiles, rejected], [0, 1, REASONS]);
    assert.equal(kept(folder, "imports").length, 1);
    await assertGood(folder);
  }));
