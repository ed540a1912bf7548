import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { zstdDecompressSync } from "node:zlib";
import { join } from "node:path";
import pl from "nodejs-polars";
import {
  checkHourFile,
  createHourEncoder,
  type FilledColumn,
  type HourTable,
} from "../../lib/hours/hour_file.ts";
import { CHOICES, type TableOptions } from "../../lib/hours/options.ts";
import { createPolarsEncoder } from "../../lib/hours/polars_writer.ts";
import { ValueSet } from "../../lib/telemetry/mod.ts";
import { filledRows, rowValuesOf } from "../helpers/filled.ts";
import { inFolder, readHour, TABLE_OPTIONS } from "../helpers/support.ts";

const HOUR = 1_720_828_800;
const values = new ValueSet();
const TEXTS = ["IDLE", "", "CHARGE", "🔋"].map((text) => {
  const bytes = new TextEncoder().encode(text);
  return values.intern(bytes, 0, bytes.length);
});

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 53.849998474121094),
);
const anyRowValues = (value: fc.Arbitrary<number>) =>
  fc.uniqueArray(fc.tuple(fc.integer({ min: -70, max: 800 }), value), {
    selector: ([row]) => row,
    maxLength: 100,
  }).map((rows) => {
    rows.sort(([a], [b]) => a - b);
    return rowValuesOf(rows);
  });
const anyFill = fc.constantFrom(...CHOICES.fill);
const anyColumns = fc.tuple(
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant<"numeric">("numeric"), rowValues: anyRowValues(anyNumber) }),
      fc.record({
        kind: fc.constant<"text">("text"),
        rowValues: anyRowValues(fc.constantFrom(...TEXTS)),
      }),
    ),
    { maxLength: 6 },
  ),
  anyFill,
).map(([columns, fill]) =>
  columns.map(({ kind, rowValues }, i): FilledColumn => ({
    name: `c_${i}`,
    kind,
    runs: filledRows(rowValues, kind, { ...TABLE_OPTIONS, fill }),
    shared: i % 2 === 0,
  }))
);

function tableOf(columns: FilledColumn[]): HourTable {
  return { hour: HOUR, firstRow: 0, phase: "1", module: "a/b", columns };
}

Deno.test("createHourEncoder() and createPolarsEncoder() write the same values with every codec", async () => {
  await inFolder(async (folder) => {
    const [ours, theirs] = [join(folder, "ours.parquet"), join(folder, "theirs.parquet")];
    await fc.assert(
      fc.asyncProperty(anyColumns, async (columns) => {
        const table = tableOf(columns);
        const options = { ...TABLE_OPTIONS, compression: "none" } as const;
        const encodePolars = await createPolarsEncoder(options, values);
        Deno.writeFileSync(theirs, await encodePolars(table));
        const expected = await readHour(theirs);
        assert.equal(expected.get("timestamp")!.length, 720);
        for (const compression of ["snappy", "none"] as const) {
          const writer = createHourEncoder({ ...TABLE_OPTIONS, compression }, values);
          for (let round = 0; round < 2; round++) {
            Deno.writeFileSync(ours, writer(table));
            assert.deepEqual(await readHour(ours), expected);
          }
        }
        const zstd = createHourEncoder({ ...TABLE_OPTIONS, compression: "zstd" }, values)(
          table,
        );
        Deno.writeFileSync(ours, zstd);
        const [a, b] = [pl.readParquet(ours), pl.readParquet(theirs)];
        assert.deepEqual(a.columns, b.columns);
        assert.deepEqual(a.dtypes, b.dtypes);
        for (const name of a.columns) {
          assert.deepEqual(a.getColumn(name).toArray(), b.getColumn(name).toArray());
        }
      }),
      { numRuns: 40 },
    );
  });
});

const EXAMPLE: FilledColumn[] = [
  {
    name: "volts",
    kind: "numeric",
    runs: filledRows(rowValuesOf([[-3, 1.5], [10, 2.5], [11, -0], [200, 3]])),
    shared: false,
  },
  {
    name: "state",
    kind: "text",
    runs: filledRows(rowValuesOf([[0, TEXTS[0]!], [60, TEXTS[3]!]]), "text"),
    shared: true,
  },
  { name: "never", kind: "numeric", runs: filledRows(rowValuesOf([])), shared: true },
];

Deno.test("createHourEncoder() writes values and statistics that DuckDB reads", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "05.parquet");
    Deno.writeFileSync(path, createHourEncoder(TABLE_OPTIONS, values)(tableOf(EXAMPLE)));
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    assert.deepEqual(
      await ask(`select name, type, repetition_type, logical_type from parquet_schema('${path}')`),
      [
        ["schema", null, "REQUIRED", null],
        [
          "timestamp",
          "INT64",
          "REQUIRED",
          "TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))",
        ],
        ["phase", "BYTE_ARRAY", "REQUIRED", "StringType()"],
        ["module", "BYTE_ARRAY", "REQUIRED", "StringType()"],
        ["volts", "DOUBLE", "OPTIONAL", null],
        ["state", "BYTE_ARRAY", "OPTIONAL", "StringType()"],
        ["never", "DOUBLE", "OPTIONAL", null],
      ],
    );
    const [summary] = await ask(
      `select count(*), count(volts), count(state), count(never), sum(volts), max(module),
        min(timestamp)::text, max(timestamp)::text from '${path}'`,
    );
    // Rows 0-57 hold 1.5 from row -3 (to row 10), 2.5, then -0 for 61 rows; 3 for 61; state 121.
    assert.deepEqual(summary, [
      "720",
      "133",
      "121",
      "0",
      10 * 1.5 + 2.5 + 61 * 3,
      "a/b",
      "2024-07-13 00:00:00+00",
      "2024-07-13 00:59:55+00",
    ]);
    assert.deepEqual(
      await ask(`select path_in_schema, stats_null_count from parquet_metadata('${path}')`),
      [["timestamp", "0"], ["phase", "0"], ["module", "0"], ["volts", "587"], ["state", "599"], [
        "never",
        "720",
      ]],
    );
    connection.closeSync();
  });
});

Deno.test("createHourEncoder() writes files that Polars, DuckDB and hyparquet read alike", async () => {
  await inFolder(async (folder) => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const compression = fc.constantFrom<TableOptions["compression"]>("snappy", "zstd", "none");
    const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(anyColumns, compression, async (columns, compression) => {
        // A new name each time: DuckDB does not notice that a file changed within a moment.
        const path = join(folder, `${++run}.parquet`);
        const options = { ...TABLE_OPTIONS, compression };
        const bytes = createHourEncoder(options, values)(tableOf(columns)).slice();
        Deno.writeFileSync(path, bytes);
        const rows = await parquetReadObjects({ file: bytes.buffer, compressors });
        const names = ["phase", "module", ...columns.map(({ name }) => name)];
        assert.deepEqual(Object.keys(rows[0]!), ["timestamp", ...names]);
        const frame = pl.readParquet(path);
        const table = (await connection.runAndReadAll(`from '${path}'`)).getColumnsObjectJS();
        for (const name of names) {
          const cells = rows.map((row) => row[name]);
          assert.deepEqual(frame.getColumn(name).toArray(), cells, `polars ${name}`);
          assert.deepEqual(table[name], cells, `DuckDB ${name}`);
        }
        const times = rows.map(({ timestamp }) => (timestamp as Date).getTime());
        assert.deepEqual(times, Array.from({ length: 720 }, (_, i) => (HOUR + i * 5) * 1000));
        const stamps = frame.getColumn("timestamp").cast(pl.Int64).cast(pl.Float64).toArray();
        assert.deepEqual(stamps.map((stamp: number) => stamp / 1000), times);
        assert.deepEqual(table.timestamp!.map((time) => (time as Date).getTime()), times);
      }),
      { numRuns: 40 },
    );
    connection.closeSync();
  });
});

Deno.test("checkHourFile() throws if a file has other rows, or other columns, than expected", () => {
  const bytes = createHourEncoder(TABLE_OPTIONS, values)(tableOf(EXAMPLE)).slice();
  checkHourFile(bytes, 720, EXAMPLE);
  assert.throws(
    () => checkHourFile(bytes, 719, EXAMPLE),
    /with 720 rows and the columns timestamp/,
  );
  assert.throws(
    () => checkHourFile(bytes, 720, EXAMPLE.slice(1)),
    /phase,module,volts,state,never/,
  );
  assert.throws(() => checkHourFile(bytes, 720, EXAMPLE.toReversed()), /volts,state,never/);
});
