import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetMetadata, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import {
  ByteWriter,
  encodeChunk,
  encodeSchema,
  FileWriter,
  PhysicalType,
  Repetition,
  writeRun,
} from "../../lib/parquet/mod.ts";
import { importFile } from "../../lib/telemetry/import.ts";
import { REJECTED } from "../../lib/telemetry/malformed.ts";
import { copyWithPlainTimestamps } from "../../lib/telemetry/plain_timestamps.ts";
import { exists, inFolder, put } from "../helpers/support.ts";

const SECOND = 1_000_000_000n;
/** The last nanoseconds of a day. */
const [BEFORE, LAST] = [1_720_915_199_999_999_998n, 1_720_915_199_999_999_999n];
/** What numpy has for no time. */
const NONE = -(2n ** 63n);

/** A file whose timestamps have 64 bits and a type of their own; a struct also has such a field. */
function withTimes(type: Partial<SchemaElement>, times: readonly bigint[]): Uint8Array {
  const text = (name: string): SchemaElement => (
    { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }
  );
  const int64 = { name: "timestamp", type: "INT64", repetition_type: "REQUIRED" } as const;
  const schema: SchemaElement[] = [
    { name: "root", num_children: 5 },
    { name: "struct", num_children: 1, repetition_type: "REQUIRED" },
    int64,
    ...["payload_type", "value", "tags"].map(text),
    { ...int64, field_id: 300, ...type },
  ];
  const columnData = [
    { name: "struct", data: times.map(() => ({ timestamp: 1n })) },
    ...["payload_type", "value"].map((name) => ({ name, data: times.map(() => "v") })),
    { name: "tags", data: times.map(() => "[]") },
    { name: "timestamp", data: [...times] },
  ];
  return new Uint8Array(parquetWriteBuffer({ schema, columnData }));
}

/** A file of timestamps of 96 bits, with a dictionary or without. */
function withInt96(times: readonly bigint[], hasDictionary: boolean): Uint8Array {
  const JULIAN_DAY_OF_1970 = 2_440_588;
  const file = new FileWriter("UNCOMPRESSED");
  const { REQUIRED } = Repetition;
  file.begin(encodeSchema([
    { name: "timestamp", repetition: REQUIRED, type: 3 },
    ...["payload_type", "value", "tags"].map((name) =>
      ({ name, repetition: REQUIRED, type: PhysicalType.BYTE_ARRAY, logical: "text" }) as const
    ),
  ]));
  const counts = { numValues: times.length, nullCount: 0 };
  const instants = new ByteWriter();
  for (const time of times) {
    instants.appendInt64(time % (86_400n * SECOND));
    instants.appendUint32(JULIAN_DAY_OF_1970 + Number(time / (86_400n * SECOND)));
  }
  const codes = new ByteWriter();
  codes.appendUint8(8);
  times.forEach((_, i) => writeRun(codes, 1, i, 8));
  const dictionary = { bytes: instants.getBytes(), count: times.length };
  file.add(encodeChunk(
    hasDictionary
      ? { dictionary, data: codes.getBytes(), ...counts }
      : { data: instants.getBytes(), ...counts },
    "UNCOMPRESSED",
  ));
  for (const text of ["v", "1", "[]"]) {
    const texts = new ByteWriter();
    for (let i = 0; i < times.length; i++) {
      texts.appendUint32(text.length);
      texts.appendBytes(new TextEncoder().encode(text));
    }
    file.add(encodeChunk({ data: texts.getBytes(), ...counts }, "UNCOMPRESSED"));
  }
  return file.end({ rows: times.length, createdBy: "test" }).slice();
}

/** Imports a file; returns the bounds of its readings, and why rows are rejected. */
async function boundsOf(bytes: Uint8Array, folder: string) {
  const [bounds, reasons]: [unknown[], string[]] = [[], []];
  put(join(folder, "a.parquet"), bytes);
  const limits = { temporary: join(folder, "temporary"), memory: 300e6, threads: 1 };
  await importFile(join(folder, "a.parquet"), limits, {
    put(bytes) {
      const [group] = parquetMetadata(bytes.slice().buffer).row_groups;
      const { min_value, max_value } = group!.columns[0]!.meta_data!.statistics!;
      bounds.push(min_value, max_value);
    },
    reject: ({ reason }) => reasons.push(reason),
  });
  return { bounds, reasons };
}

const stamp = (isAdjustedToUTC: boolean, unit: "MILLIS" | "NANOS") =>
  ({ logical_type: { type: "TIMESTAMP", isAdjustedToUTC, unit } }) as const;

Deno.test("importFile() reads nanoseconds exactly, with a zone, without one, and in 96 bits", () =>
  inFolder(async (folder) => {
    const times = [LAST, BEFORE];
    const files = {
      "with a zone": withTimes(stamp(true, "NANOS"), times),
      "without a zone": withTimes(stamp(false, "NANOS"), times),
      "in 96 bits": withInt96(times, false),
      "in 96 bits, in a dictionary": withInt96(times, true),
    };
    for (const [form, bytes] of Object.entries(files)) {
      assert.deepEqual(
        await boundsOf(bytes, folder),
        { bounds: [BEFORE, LAST], reasons: [] },
        form,
      );
    }
  }));

Deno.test("importFile() rejects only the rows whose milliseconds are too far from today", () =>
  inFolder(async (folder) => {
    const types = [
      { converted_type: "TIMESTAMP_MILLIS" },
      stamp(false, "MILLIS"),
      { ...stamp(true, "MILLIS"), converted_type: "TIMESTAMP_MILLIS" },
    ] as const;
    const time = 1_720_828_800_123n;
    for (const type of types) {
      const { bounds, reasons } = await boundsOf(withTimes(type, [NONE, time, -NONE - 1n]), folder);
      assert.deepEqual(bounds, [time * 1_000_000n, time * 1_000_000n]);
      assert.deepEqual(reasons, [REJECTED.range, REJECTED.range]);
    }
  }));

Deno.test("copyWithPlainTimestamps() copies nothing that is read exactly", () =>
  inFolder((folder) => {
    const types = [{}, stamp(false, "NANOS"), { converted_type: "TIMESTAMP_MICROS" }] as const;
    for (const type of types) {
      put(join(folder, "a.parquet"), withTimes(type, [1n]));
      assert.equal(
        copyWithPlainTimestamps(join(folder, "a.parquet"), join(folder, "copies")),
        null,
      );
    }
    assert.ok(!exists(join(folder, "copies")));
  }));

Deno.test("copyWithPlainTimestamps() does not throw for a footer that is damaged or cut", () =>
  inFolder((folder) => {
    const path = join(folder, "a.parquet");
    const file = withTimes({ converted_type: "TIMESTAMP_MILLIS" }, [1n]);
    for (let at = 0; at < file.length; at++) {
      for (const bytes of [file.slice(0, at), file.with(at, 0xff), file.with(at, 0)]) {
        put(path, bytes);
        copyWithPlainTimestamps(path, join(folder, "copies"));
      }
    }
  }));
