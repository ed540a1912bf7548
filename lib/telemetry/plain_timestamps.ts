/**
 * DuckDB truncates nanoseconds to microseconds if they are adjusted to UTC or stored as INT96, and
 * does not read a file at all if its milliseconds are too far from the present. So such a file is
 * copied, with a schema in which its timestamps are plain numbers.
 *
 * @module
 */
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { join } from "node:path";
import {
  ByteWriter,
  ConvertedType,
  PhysicalType,
  readFooterBytes,
  ThriftWriter,
} from "../parquet/mod.ts";
import { readAt } from "./read_at.ts";
import { NANOSECONDS_PER_DAY } from "./timestamps.ts";

const { INT64, INT96, FIXED_LEN_BYTE_ARRAY } = PhysicalType;
const { DECIMAL, TIMESTAMP_MILLIS } = ConvertedType;

/** A copy of a file whose timestamps are plain numbers. */
export interface PlainCopy {
  /** Where it is. */
  path: string;
  /** Converts such a number to nanoseconds since the epoch. */
  nanosecondsOf(number: bigint): bigint;
}

/** A SchemaElement, whose fields are numbered as in parquet.thrift. */
interface Element {
  /** The physical type. */
  field_1?: number;
  /** Whether it is required, optional or repeated. */
  field_3?: number;
  /** The name. */
  field_4: Uint8Array;
  /** How many children it has. */
  field_5?: number;
  /** The converted type. */
  field_6?: number;
  /** The logical type. Field 8 is TIMESTAMP: isAdjustedToUTC, and the unit, MILLIS or NANOS. */
  field_10?: { field_8?: { field_1: boolean; field_2: { field_1?: object; field_3?: object } } };
}

/** The header of the footer's second field, the schema. The first one is a number, the version. */
const SCHEMA = 0x19;

/**
 * Copies a file if DuckDB would not read its column `timestamp` exactly.
 *
 * @param folder Where the copy is written; created if it does not exist.
 * @returns Null if DuckDB reads the file exactly, or the file is not valid.
 */
export function copyWithPlainTimestamps(path: string, folder: string): PlainCopy | null {
  using original = Deno.openSync(path);
  const column = findTimestamp(original);
  const nanosecondsOf = column === null ? null : conversionOf(column.element);
  if (column === null || nanosecondsOf === null) return null;
  Deno.mkdirSync(folder, { recursive: true });
  const copy = join(folder, "plain.rows");
  Deno.copyFileSync(path, copy);
  Deno.chmodSync(copy, 0o600);
  const { footer, start, end, element } = column;
  const out = new ByteWriter();
  out.appendBytes(footer.subarray(0, start));
  appendPlainElement(out, element);
  out.appendBytes(footer.subarray(end, -8));
  out.appendUint32(out.length);
  out.appendBytes(footer.subarray(-4));
  using file = Deno.openSync(copy, { write: true });
  file.truncateSync(file.statSync().size - footer.length);
  file.seekSync(0, Deno.SeekMode.End);
  const bytes = out.getBytes();
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  return { path: copy, nanosecondsOf };
}

/**
 * Finds the column `timestamp` in the schema of a file: its element, and where in the footer that
 * is. Returns null if there is none, or the file is not valid.
 */
function findTimestamp(file: Deno.FsFile) {
  const read = (offset: number, size: number) => readAt(file, offset, new Uint8Array(size));
  try {
    const footer = readFooterBytes(read, file.statSync().size);
    const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
    const reader = { view, offset: footer.indexOf(SCHEMA) + 1 };
    const next = () => deserializeTCompactProtocol(reader) as unknown as Element;
    // The header of the list; if it has many elements, their number follows.
    if (footer[reader.offset++]! >= 0xf0) { while (footer[reader.offset++]! >= 0x80); }
    for (let left = next().field_5 ?? 0; left > 0; left--) {
      const start = reader.offset;
      const element = next();
      if (new TextDecoder().decode(element.field_4) === "timestamp") {
        return { footer, element, start, end: reader.offset };
      }
      for (let inside = element.field_5 ?? 0; inside > 0; inside--) inside += next().field_5 ?? 0;
    }
  } catch { /* DuckDB will say what is wrong. */ }
  return null;
}

/** How the numbers of a column become nanoseconds; null if DuckDB reads the column exactly. */
function conversionOf({ field_1: type, field_6: converted, field_10: logical }: Element) {
  if (type === INT96) return nanosecondsOfInt96;
  if (type !== INT64) return null;
  const { field_1: isUtc, field_2: unit } = logical?.field_8 ?? {};
  if (unit?.field_1 !== undefined || converted === TIMESTAMP_MILLIS) {
    return (number: bigint) => number * 1_000_000n;
  }
  return isUtc === true && unit?.field_3 !== undefined ? (number: bigint) => number : null;
}

const JULIAN_DAY_OF_1970 = 2_440_588n;

/** Converts an INT96, read as a big-endian number: a little-endian time of day and a Julian day. */
function nanosecondsOfInt96(number: bigint): bigint {
  const view = new DataView(new ArrayBuffer(12));
  view.setBigInt64(0, number >> 32n);
  view.setUint32(8, Number(number & 0xffffffffn));
  const day = BigInt(view.getInt32(8, true)) - JULIAN_DAY_OF_1970;
  return day * NANOSECONDS_PER_DAY + view.getBigInt64(0, true);
}

/** Appends the element as INT64; instead of INT96, as a decimal of 12 bytes and scale 0. */
function appendPlainElement(
  out: ByteWriter,
  { field_1: type, field_3: repetition = 0, field_4: name }: Element,
): void {
  const isInt96 = type === INT96;
  const thrift = new ThriftWriter(out);
  thrift.beginStruct();
  thrift.i32(1, isInt96 ? FIXED_LEN_BYTE_ARRAY : INT64);
  if (isInt96) thrift.i32(2, 12); // type_length
  thrift.i32(3, repetition);
  thrift.binary(4, name);
  if (isInt96) {
    thrift.i32(6, DECIMAL);
    thrift.i32(7, 0); // scale
    thrift.i32(8, 38); // precision
  }
  thrift.endStruct();
}
