import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import pl from "nodejs-polars";
import { createHourEncoder, type FilledColumn } from "../../lib/hours/hour_file.ts";
import { ValueSet } from "../../lib/telemetry/mod.ts";
import { filledRows, rowValuesOf } from "../helpers/filled.ts";
import { inFolder, TABLE_OPTIONS } from "../helpers/support.ts";

const values = new ValueSet();
const LONG = "x".repeat(300);
const TEXTS = ["IDLE", "", "CHARGE", "🔋", "\uffee", "é", LONG].map((text) => {
  const bytes = new TextEncoder().encode(text);
  return values.intern(bytes, 0, bytes.length);
});

function columnOf(
  name: string,
  kind: "numeric" | "text",
  cells: readonly number[],
  shared = false,
): FilledColumn {
  const rowValues = rowValuesOf(cells.map((cell, i) => [i, cell]));
  return {
    name,
    kind,
    runs: filledRows(rowValues, kind, { ...TABLE_OPTIONS, fill: "none" }),
    shared,
  };
}

function encode(...columns: FilledColumn[]): Uint8Array<ArrayBuffer> {
  const encodeHour = createHourEncoder(TABLE_OPTIONS, values);
  const place = { hour: 1_720_828_800, firstRow: 0, phase: "1", module: "a" };
  encodeHour({ ...place, columns }); // what is shared comes from the second file on from a cache
  return encodeHour({ ...place, columns }).slice();
}

/** A column's smallest and largest value in a file's footer, as hyparquet decodes them. */
function boundsOf(bytes: Uint8Array<ArrayBuffer>, name: string): [min: unknown, max: unknown] {
  const { columns } = parquetMetadata(bytes.buffer).row_groups[0]!;
  const column = columns.find(({ meta_data }) => meta_data!.path_in_schema[0] === name)!;
  const { min_value, max_value } = column.meta_data!.statistics!;
  return [min_value, max_value];
}

Deno.test("createHourEncoder() stores the smallest and largest value of each column as bounds", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const numbers = fc.array(fc.oneof(number, fc.constantFrom(0, -0, 1, -1)), { minLength: 1 });
  const texts = fc.array(fc.constantFrom(...TEXTS.slice(0, -1)), { minLength: 1 });
  fc.assert(fc.property(numbers, texts, fc.boolean(), (numbers, texts, shared) => {
    const bytes = encode(columnOf("n", "numeric", numbers, shared), columnOf("t", "text", texts));
    const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
    assert.deepEqual(boundsOf(bytes, "n"), [min === 0 ? -0 : min, max === 0 ? 0 : max]);
    const encoded = texts.map((id) => new TextEncoder().encode(values.text(id)));
    const sorted = encoded.sort((a, b) => Buffer.compare(a, b)).map((text) =>
      new TextDecoder().decode(text)
    );
    assert.deepEqual(boundsOf(bytes, "t"), [sorted[0], sorted.at(-1)]);
  }));
});

Deno.test("createHourEncoder() stores no bounds for columns of nulls or long texts", () => {
  const bytes = encode(columnOf("n", "numeric", []), columnOf("t", "text", [TEXTS.at(-1)!]));
  assert.deepEqual(boundsOf(bytes, "n"), [undefined, undefined]);
  assert.deepEqual(boundsOf(bytes, "t"), [undefined, undefined]);
  assert.deepEqual(boundsOf(bytes, "phase"), ["1", "1"]);
});

Deno.test("createHourEncoder() declares that rows are sorted by timestamp", () => {
  const { row_groups } = parquetMetadata(encode(columnOf("n", "numeric", [1])).buffer);
  assert.deepEqual(row_groups[0]!.sorting_columns, [
    { column_idx: 0, descending: false, nulls_first: false },
  ]);
});

Deno.test("DuckDB, Polars and hyparquet skip an hour file by the bounds of a column", () =>
  inFolder(async (folder) => {
    const bytes = encode(columnOf("module_current", "numeric", [-40.5, 0, 12]));
    const [footer] = new Uint32Array(bytes.slice(-8, -4).buffer);
    bytes.fill(0, 4, bytes.length - 8 - footer!); // whoever reads a page now fails
    const path = join(folder, "05.parquet");
    Deno.writeFileSync(path, bytes);

    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const duckdb = async (condition: string) => {
      const sql = `select count(*)::int as rows from '${path}' where ${condition}`;
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0]!.rows;
    };
    assert.equal(await duckdb("module_current < -1000"), 0);
    await assert.rejects(duckdb("module_current < 0"));

    const polars = (bound: number) =>
      pl.scanParquet(path).filter(pl.col("module_current").lt(pl.lit(bound))).collectSync().height;
    assert.equal(polars(-1000), 0);
    assert.throws(() => polars(0));

    const hyparquet = (bound: number) =>
      parquetReadObjects({ file: bytes.buffer, filter: { module_current: { $lt: bound } } });
    assert.deepEqual(await hyparquet(-1000), []);
    await assert.rejects(hyparquet(0));
    connection.closeSync();
  }));
