import assert from "node:assert/strict";
import { DuckDBInstance, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";
import { type ColumnForm, formsOf } from "../../lib/telemetry/column_forms.ts";
import { COLUMN_NAMES } from "../../lib/telemetry/layout.ts";

/** A value in SQL, as DuckDB returns it, and its type; `tags` can be selected from it. */
async function valueOf(sql: string, tags = "''"): Promise<[DuckDBType, DuckDBValue]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(`select ${sql} from (select ${tags} as tags)`);
  connection.closeSync();
  return [reader.columnType(0), reader.getColumns()[0]![0]!];
}

const [TEXT] = await valueOf("'text'");
const TYPES = new Map(COLUMN_NAMES.map((name) => [name as string, TEXT]));

/** The form of one column of a type; the others are text. */
function formOf(column: typeof COLUMN_NAMES[number], type: DuckDBType): ColumnForm<unknown> {
  return formsOf(new Map([...TYPES, [column, type]]))[column];
}

Deno.test("formsOf() names the columns that are missing", () => {
  const types = new Map([...TYPES, ["x", TEXT]]);
  types.delete("value");
  const message = "has no column 'value'; it has 'timestamp', 'payload_type', 'tags', 'x'";
  assert.throws(() => formsOf(types), { message });
});

Deno.test("formsOf() writes numbers with a point or an exponent, as exporters do", async () => {
  const texts = {
    "52.5": "52.5",
    "52": "52.0",
    "'-0.0'": "-0.0",
    "1e16": "1e+16",
    "0.000001": "1e-6",
    "'nan'": "NaN",
    "'-inf'": "-inf",
  };
  for (const [sql, text] of Object.entries(texts)) {
    const [type, number] = await valueOf(`${sql}::double`);
    const { parse, textOf } = formOf("value", type);
    assert.deepEqual([parse(number), textOf(number)], [{ value: text }, text]);
  }
});

Deno.test("formsOf() keeps datetimes that Date can't hold as nanoseconds", async () => {
  const [type] = await valueOf("timestamp '2024-07-13'");
  const { parse, textOf } = formOf("timestamp", type);
  assert.deepEqual(parse(1_720_828_800_000_001n), { value: 1_720_828_800_000_001_000n });
  assert.equal(textOf(1_720_828_800_000_001n), "2024-07-13T00:00:00.000Z");
  assert.equal(textOf(2n ** 63n - 1n), "9223372036854775807000 ns");
});

Deno.test("formsOf() reads nested tags in the order of their fields, with scalars as text", async () => {
  const nested = {
    "{b: 1.50::decimal(4, 2), '2': 7, a: true, '1': null::int}": [["b", "1.5"], ["2", "7"], [
      "a",
      "true",
    ]],
    "map {'a': 1, 'b': 2}": [["a", "1"], ["b", "2"]],
    "{a: 12345678901234567890::decimal(20, 0)}": [["a", "12345678901234567890"]],
    "{a: 12345678901234567890.10::decimal(30, 2), b: 1234567890123456780::decimal(38, 18)}": [
      ["a", "12345678901234567890.1"],
      ["b", "1234567890123456780"],
    ],
    "[['a', 'x']]": [["a", "x"]],
    "[{value: 1, key: 'a'}]": [["a", "1"]],
  };
  for (const [sql, pairs] of Object.entries(nested)) {
    const [type] = await valueOf(sql);
    const { key, parse } = formOf("tags", type);
    const [, json] = await valueOf(key, sql);
    assert.deepEqual(parse(json), { value: pairs }, sql);
  }
  const [type] = await valueOf("{phase: 1, module: [2]}");
  assert.throws(() => formOf("tags", type), /'tags' of type STRUCT.*, not pairs/);
});
