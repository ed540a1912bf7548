import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { NeedsImport } from "../../lib/errors.ts";
import { readFooter } from "../../lib/parquet/footer.ts";
import type { ColumnType } from "../../lib/parquet/schema.ts";
import { WHOLE, writeDialect } from "../helpers/dialect.ts";
import { partsOf } from "../helpers/reading.ts";

// deno-lint-ignore no-explicit-any -- options of another library
function write(columns: any[], options = {}): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parquetWriteBuffer({ columnData: columns, ...options }));
}
const TIMES = {
  ...{ name: "time", data: [5n, -3n, 7n], type: "INT64", nullable: false, encoding: "PLAIN" },
};
const TEXTS = { name: "text", data: ["a", "b", "c"], type: "STRING", encoding: "PLAIN" };

const CUTS = [WHOLE, WHOLE, WHOLE, WHOLE];

const read = (bytes: Uint8Array, wanted: Record<string, ColumnType> = { time: "int64" }) =>
  readFooter(partsOf(bytes), bytes.length, wanted);

/** A copy of a file in which some bytes of the footer are changed. */
function patched(bytes: Uint8Array, change: (footer: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  const length = new DataView(copy.buffer).getUint32(copy.length - 8, true);
  change(copy.subarray(copy.length - 8 - length, copy.length - 8));
  return copy;
}

Deno.test("readFooter() finds the wanted columns' bytes, levels, bounds and units", () => {
  const rows = [5n, -3n, 7n].map((time) => ({ time, payload: "p", value: "v", tags: [] }));
  const bytes = writeDialect(rows.map((row) => ({ ...row, tags: [["a", "b"]] })), CUTS, "ZSTD");
  const wanted = { value: "text", timestamp: "int64", tags: "pairs" } as const;
  const { rows: count, groups: [group], units } = read(bytes, wanted);
  assert.deepEqual([count, group!.rows, units], [3, 3, [null, null, null]]);
  assert.deepEqual(group!.bounds, [null, [-3n, 7n], null]);
  const [value, time, tags] = group!.chunks;
  assert.deepEqual([value!.values, time!.codec, tags!.values], [3, "ZSTD", 6]);
  assert.deepEqual([tags!.maxDefinitionLevel, tags!.maxRepetitionLevel], [5, 2]);
  assert.ok(time!.offset === 4 && time!.offset + time!.size < value!.offset);
});

Deno.test("readFooter() throws NeedsImport for other encodings, nulls and bare numbers", () => {
  const others: [column: object, wanted: ColumnType, reason: RegExp][] = [
    [{ ...TIMES, encoding: "DELTA_BINARY_PACKED" }, "int64", /in encoding DELTA_BINARY_PACKED/],
    [{ ...TIMES, data: [1n, null], nullable: true }, "int64", /nulls in 'time'/],
    [{ ...TIMES, type: "DOUBLE", data: [1.5] }, "int64", /of another type than 64-bit integer/],
    [TIMES, "text", /'time' of another type than text/],
  ];
  for (const [column, wanted, reason] of others) {
    const isForeign = (error: unknown) =>
      error instanceof NeedsImport && reason.test(error.message);
    assert.throws(() => read(write([column]), { time: wanted }), isForeign, String(reason));
  }
  const lz4 = { codec: "LZ4_RAW", compressors: { LZ4_RAW: (bytes: Uint8Array) => bytes } };
  assert.throws(() => read(write([TIMES], lz4)), /compressed with LZ4_RAW/);
  assert.throws(() => read(write([TEXTS])), /^Error: has no column 'time'; it has '/);
});

Deno.test("readFooter() throws NeedsImport for a file with more than 10,000 row groups", () => {
  const data = Array.from({ length: 10_001 }, (_, i) => BigInt(i));
  const bytes = write([{ ...TIMES, data }], { rowGroupSize: 1 });
  const isForeign = (error: unknown) =>
    error instanceof NeedsImport && /more than 10,000 row groups/.test(error.message);
  assert.throws(() => read(bytes), isForeign);
});

Deno.test("readFooter() rejects files that are not parquet, and encrypted ones", () => {
  assert.throws(() => read(new Uint8Array(0)), /^Error: is empty$/);
  assert.throws(() => read(new Uint8Array(8)), /^Error: is not a parquet file \(8 bytes\)$/);
  assert.throws(() => read(new Uint8Array(100)), /does not end in PAR1/);
  const bytes = write([TIMES]);
  assert.throws(() => read(bytes.slice(0, -1)), /does not end in PAR1/);
  const encrypted = bytes.slice();
  encrypted.set(new TextEncoder().encode("PARE"), bytes.length - 4);
  assert.throws(() => read(encrypted), /is an encrypted parquet file/);
  const long = bytes.slice();
  new DataView(long.buffer).setUint32(long.length - 8, 2 ** 31, true);
  assert.throws(() => read(long), /claims a footer of 2147483656 bytes and has/);
});

Deno.test("readFooter() names the byte at which a footer is broken", () => {
  const bytes = write([TIMES]);
  for (const byte of [0xff, 0x00, 0x1b]) {
    const broken = patched(bytes, (footer) => footer.fill(byte));
    assert.throws(() => read(broken), /^Error: is broken at byte \d+: its footer can't be parsed$/);
  }
});

Deno.test("readFooter() throws only its own messages, whichever byte is changed", () => {
  const bytes = write([TEXTS, TIMES]);
  const length = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  for (let at = 0; at < length; at++) {
    for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const broken = patched(bytes, (footer) => footer[at]! ^= flip);
      try {
        read(broken, { time: "int64", text: "text" });
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.ok(error instanceof NeedsImport || error.constructor === Error, `${error.stack}`);
        assert.doesNotMatch(error.message, /thrift|undefined|bounds|DataView|BigInt|function/i);
      }
    }
  }
});
