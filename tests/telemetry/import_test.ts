import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "../helpers/oracle.ts";
import { type PlainColumn, writePlain } from "../helpers/plain_parquet.ts";
import { hotOutcome, importOutcome } from "../helpers/reading.ts";
import { dayFile, exists, inFolder, JULY_13, put, ROOT } from "../helpers/support.ts";

const ROWS: Row[] = Array.from({ length: 12 }, (_, i) => ({
  time: JULY_13 + 43_195 + i,
  payload: i % 2 === 0 ? "volts" : "cell_voltage",
  value: String(3.25 + i),
  tags: [
    ["phase", "1"],
    ["module", String(1 + i % 3)],
    ...(i % 4 === 1 ? [["cell", "7"] as [string, string]] : []),
  ],
}));
const WANTED = hotOutcome(dayFile(ROWS)).readings;

/** Fails unless a file holds the readings of `ROWS`, and all of its rows are some. */
async function assertRows(path: string, what: string): Promise<void> {
  const { readings, rejected, rows } = await importOutcome(path);
  assert.deepEqual([readings, rejected, rows], [WANTED, [], ROWS.length], what);
}

/** Has DuckDB write `ROWS`, some columns in another form, and imports the file. */
async function assertSql(columns: Partial<Record<keyof typeof PLAIN, string>>, options = "") {
  const list = Object.entries({ ...PLAIN, ...columns }).map(([name, sql]) => `${sql} as ${name}`);
  await inFolder(async (folder) => {
    const json = join(folder, "rows.json");
    put(json, JSON.stringify(ROWS));
    const path = join(folder, "a.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const types = "{time: 'BIGINT', payload: 'VARCHAR', value: 'VARCHAR', tags: 'VARCHAR[][]'}";
    await connection.run(`set timezone = 'UTC'`);
    await connection.run(`copy (select ${list} from read_json('${json}', columns = ${types}))
      to '${path}' (format parquet ${options})`);
    connection.closeSync();
    instance.closeSync();
    await assertRows(path, `${JSON.stringify(columns)} ${options}`);
  });
}

const PLAIN = { timestamp: "time", payload_type: "payload", value: "value", tags: "tags" };
const pairs = "list_transform(tags, lambda t: {key: t[1], value: t[2]})";

const TAGS: Record<string, string> = {
  "structs of key and value": pairs,
  "structs with the value first": "list_transform(tags, lambda t: {value: t[2], key: t[1]})",
  "structs of two texts": "list_transform(tags, lambda t: {name: t[1], x: t[2]})",
  "structs with numbers":
    "list_transform(tags, lambda t: {key: t[1], value: try_cast(t[2] as double)})",
  "a map": `map_from_entries(${pairs})`,
  "a map of numbers":
    "map_from_entries(list_transform(tags, lambda t: {key: t[1], value: t[2]::tinyint}))",
  "a struct": "{phase: tags[1][2], module: tags[2][2]::int, cell: tags[3][2]}",
  "JSON text of lists": "to_json(tags)::varchar",
  "JSON text of objects": `to_json(${pairs})::varchar`,
  "JSON text of an object": `to_json(map_from_entries(${pairs}))::varchar`,
  "JSON text with nulls":
    "to_json({phase: tags[1][2], module: tags[2][2]::int, cell: tags[3][2]})::varchar",
  "a column of JSON": "to_json(tags)",
  "DuckDB's text of lists": "tags::varchar",
  "DuckDB's text of a map": `map_from_entries(${pairs})::varchar`,
  "Python's text of lists": `replace(to_json(tags)::varchar, '"', '''')`,
  "Python's text of a dict":
    `replace(replace(to_json({phase: tags[1][2], module: tags[2][2], cell: tags[3][2]})::varchar,
      '"', ''''), ':null', ': None')`,
};
for (const [form, sql] of Object.entries(TAGS)) {
  Deno.test(`importFile() reads tags as ${form}`, () => assertSql({ tags: sql }));
}

const TIMES: Record<string, string> = {
  "milliseconds": "time * 1000",
  "microseconds": "time * 1000000",
  "nanoseconds": "time * 1000000000",
  "32-bit integers": "time::uinteger",
  "128-bit integers": "time::hugeint",
  "float64 seconds": "time::double",
  "float64 nanoseconds": "time::double * 1e9",
  "decimals": "time::decimal(20, 3)",
  "datetimes of seconds": "make_timestamp(time * 1000000)::timestamp_s",
  "datetimes of milliseconds": "make_timestamp(time * 1000000)::timestamp_ms",
  "datetimes of microseconds": "make_timestamp(time * 1000000)",
  "datetimes of nanoseconds": "make_timestamp_ns(time * 1000000000)",
  "datetimes with a zone": "make_timestamp(time * 1000000)::timestamptz",
  "text of a datetime": "make_timestamp(time * 1000000)::varchar",
  "text with T": "strftime(make_timestamp(time * 1000000), '%Y-%m-%dT%H:%M:%S')",
  "text with Z": "strftime(make_timestamp(time * 1000000), '%Y-%m-%dT%H:%M:%S.%fZ')",
  "text with UTC": "strftime(make_timestamp(time * 1000000), '%Y-%m-%d %H:%M:%S UTC')",
  "text with an offset":
    "strftime(make_timestamp((time + 7200) * 1000000), '%Y-%m-%dT%H:%M:%S+02:00')",
  "text with a short offset":
    "strftime(make_timestamp((time - 19800) * 1000000), '%Y-%m-%d %H:%M:%S-0530')",
  "text of a number": "(time * 1000)::varchar",
  "text of a decimal": "time::varchar || '.000'",
};
for (const [form, sql] of Object.entries(TIMES)) {
  Deno.test(`importFile() reads timestamps as ${form}`, () => assertSql({ timestamp: sql }));
}

const VALUES: Record<string, string> = {
  "float64": "value::double",
  "float32": "value::float",
  "decimals": "value::decimal(10, 2)",
  "an enumeration": "value::enum('" + ROWS.map(({ value }) => value).join("', '") + "')",
};
for (const [form, sql] of Object.entries(VALUES)) {
  Deno.test(`importFile() reads values as ${form}`, () => assertSql({ value: sql }));
}

Deno.test("importFile() reads infinite numbers in tags, and those without decimals, as text, and leaves NaN out", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const struct = `{a: 'nan'::double, b: '-inf'::float, c: 2::double, d: 1.50::decimal(4, 2),
      e: 0.25::float, f: 100::decimal(9, 0), g: 100::decimal(9, 2)}`;
    const map =
      `map {'a': 'nan'::double, 'b': '-inf', 'c': 2, 'd': 1.5, 'e': 0.25, 'f': 100, 'g': 100}`;
    for (const tags of [struct, map]) {
      await connection.run(`copy (select ${JULY_13} as timestamp, 'v' as payload_type, '1' as value,
        ${tags} as tags) to '${path}'`);
      const { readings, rejected } = await importOutcome(path);
      const column = "v_b_-Infinity_c_2_d_1.5_e_0.25_f_100_g_100";
      assert.deepEqual(readings, [[JSON.stringify([JULY_13, null, null, column, "1"])]]);
      assert.deepEqual(rejected, []);
    }
    connection.closeSync();
  }));

Deno.test("importFile() reads more distinct times and values than it fetches at once", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    // A value in nine belongs to the row before, and every fifth row has none.
    await connection.run(
      `copy (select make_timestamp(${JULY_13}000000 + i * 250000) as timestamp,
      'v' as payload_type, case when i % 5 > 0 then (i - (i % 9 = 0)::int) / 4.0 end as value,
      '[]' as tags from range(330000) t(i)) to '${path}'`,
    );
    connection.closeSync();
    const { readings: [readings], rejected } = await importOutcome(path);
    assert.deepEqual([readings!.length, rejected.length], [264_000, 66_000]);
    assert.ok(rejected.every(({ reason }) => reason === "a row without a value"));
    for (const reading of readings!) {
      const [time, , , , value] = JSON.parse(reading);
      const i = (time - JULY_13) * 4;
      assert.equal(Number(value), (i - (i % 9 === 0 ? 1 : 0)) / 4);
    }
  }));

const WRITERS = [
  "parquet_version v2, dictionary_size_limit 1",
  "parquet_version v2, compression zstd",
  "compression brotli",
  "compression lz4_raw",
  "compression gzip, row_group_size 2048",
];
for (const options of WRITERS) {
  Deno.test(`importFile() reads parquet of ${options}`, () => assertSql({}, `, ${options}`));
}

Deno.test("importFile() ignores other columns of any type, and any metadata", async () => {
  const other = `tags, [interval 1 day] as i, 'x'::blob as b, '101'::bit as bits, uuid() as u,
    {a: [map {'x': 1.5}]} as nested, 1::uhugeint as huge, time '12:00:00' as t, null as nothing`;
  await assertSql({ tags: other.replace(/^tags/, "tags as more_tags") + ", tags" });
  await assertSql({}, ", kv_metadata {geo: 'not json', x: '\\xAA\\x00'::blob}");
});

Deno.test("importFile() rejects rows in the order of the file, with any number of threads", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`copy (
      select ${JULY_13} + i as timestamp, 'v' as payload_type, [['phase', '1']] as tags,
        case when i % 10 > 0 then i::varchar end as value
      from range(60000) t(i)) to '${path}' (format parquet, row_group_size 2048)`);
    connection.closeSync();
    instance.closeSync();
    for (const threads of [1, 4]) {
      const times = (await importOutcome(path, threads)).rejected.map(({ timestamp }) => timestamp);
      assert.equal(times.length, 6000);
      assert.deepEqual(times, times.toSorted());
    }
  }));

const LISTS: PlainColumn["values"] = ROWS.flatMap(({ tags }) => tags.flat());
const levelsOf = (inner: number) =>
  ROWS.flatMap(({ tags }) =>
    tags.flatMap((_, i) => inner === 2 ? [i === 0 ? 0 : 1, 2] : [i === 0 ? 0 : 1])
  );
const [REQUIRED, OPTIONAL, REPEATED] = [0, 1, 2];
const [INT64, INT96, BYTE_ARRAY] = [2, 3, 6];
const text = (name: string, repetition = REQUIRED) =>
  ({ name, repetition, type: BYTE_ARRAY, logical: "text" }) as const;

/** A file of `ROWS` whose tags are stored in a way of its own. */
function withTags(
  elements: Parameters<typeof writePlain>[0],
  columns: PlainColumn[],
): Uint8Array<ArrayBuffer> {
  const head = [{ name: "timestamp", repetition: REQUIRED, type: INT64 }, text("payload_type")];
  const flat = [
    { values: ROWS.map(({ time }) => BigInt(time)) },
    { values: ROWS.map(({ payload }) => payload) },
    { values: ROWS.map(({ value }) => value) },
  ];
  return writePlain([...head, text("value"), ...elements], [...flat, ...columns], ROWS.length);
}

/** Keys and values as columns of a repeated group. */
function keysAndValues(definition: number): PlainColumn[] {
  return [0, 1].map((half) => ({
    repetition: [1, levelsOf(1)],
    definition: [2, levelsOf(1).map(() => definition)],
    values: LISTS.filter((_, i) => i % 2 === half),
  }));
}

Deno.test("importFile() reads lists of two levels and bare repeated groups", () =>
  inFolder(async (folder) => {
    const tags = { name: "tags", repetition: OPTIONAL, children: 1, logical: "list" } as const;
    const inner = (definition: number): PlainColumn[] => [{
      repetition: [2, levelsOf(2)],
      definition: [2, LISTS.map(() => definition)],
      values: LISTS,
    }];
    const pair = [text("key"), text("value")];
    const files = {
      "lists of two levels": withTags(
        [
          tags,
          { name: "array", repetition: REPEATED, children: 1, logical: "list" },
          text("array", REPEATED),
        ],
        inner(3),
      ),
      "structs of two levels": withTags(
        [tags, { name: "tags_tuple", repetition: REPEATED, children: 2 }, ...pair],
        keysAndValues(2),
      ),
      "a bare repeated group": withTags(
        [{ name: "tags", repetition: REPEATED, children: 2 }, ...pair],
        keysAndValues(1).map((column) => ({
          ...column,
          definition: [1, levelsOf(1).map(() => 1)],
        })),
      ),
      "bare repeated texts in a bare repeated group": withTags(
        [{ name: "tags", repetition: REPEATED, children: 1 }, text("pair", REPEATED)],
        inner(2),
      ),
    };
    for (const [what, bytes] of Object.entries(files)) {
      const path = join(folder, `${what}.parquet`);
      put(path, bytes);
      await assertRows(path, what);
    }
  }));

Deno.test("importFile() reads instants of 96 bits", () =>
  inFolder(async (folder) => {
    const JULIAN_DAY_OF_1970 = 2_440_588;
    const instant = (time: number) => {
      const view = new DataView(new ArrayBuffer(12));
      view.setBigInt64(0, BigInt(time % 86_400) * 1_000_000_000n, true);
      view.setInt32(8, JULIAN_DAY_OF_1970 + Math.floor(time / 86_400), true);
      return new Uint8Array(view.buffer);
    };
    const json = ROWS.map(({ tags }) => JSON.stringify(tags));
    const schema = [{ name: "timestamp", repetition: REQUIRED, type: INT96 }, text("payload_type")];
    const bytes = writePlain([...schema, text("value"), text("tags")], [
      { values: ROWS.map(({ time }) => instant(time)) },
      { values: ROWS.map(({ payload }) => payload) },
      { values: ROWS.map(({ value }) => value) },
      { values: json },
    ], ROWS.length);
    put(join(folder, "a.parquet"), bytes);
    await assertRows(join(folder, "a.parquet"), "INT96");
  }));

const CASES = join(ROOT, "..", "shared", "cases");
const RIGHT: Record<string, [file: string, rows: number, rejected: number]> = {
  "torn-line": ["a.csv", 6, 1],
  "cut-file": ["a.csv", 5, 1],
  "bare-repeated-tags": ["a.parquet", 5, 0],
  "no-row-is-a-reading": ["a.csv", 10, 0],
  "tags-json-object": ["a.csv", 1, 0],
  "tags-struct": ["a.parquet", 2, 0],
  "semicolons": ["a.csv", 1, 0],
  "line-separator": ["a.parquet", 1, 0],
};
for (const [folder, [file, rows, rejected]] of Object.entries(RIGHT)) {
  Deno.test({
    name: `importFile() reads the case ${folder}`,
    ignore: !exists(CASES),
    async fn() {
      const found = await importOutcome(join(CASES, folder, "in", file));
      assert.deepEqual([found.rows, found.rejected.length], [rows, rejected]);
    },
  });
}
