/**
 * DuckDB cuts nanoseconds to microseconds if they are marked as UTC or stored in 96 bits (INT96),
 * and does not read a file at all if its milliseconds are too far from today. So such a file is
 * copied, with a schema that says that its timestamps are plain numbers.
 *
 * @module
 */
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { join } from "node:path";

/** A copy of a file whose timestamps are plain numbers. */
export interface PlainCopy {
  /** Where it is. */
  path: string;
  /** Converts such a number to nanoseconds since the epoch. */
  nanosecondsOf(number: bigint): bigint;
}

/** An element of the schema, as parquet.thrift numbers its fields. */
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
  /** The logical type. Field 8 is a timestamp: whether it is UTC, and its unit. */
  field_10?: { field_8?: { field_1: boolean; field_2: { field_1?: object; field_3?: object } } };
}

const INT64 = 2, INT96 = 3, TIMESTAMP_MILLIS = 9;
const MAGIC = new TextEncoder().encode("PAR1");
/** The head of the second field of a footer, which is the schema. */
const SCHEMA = 0x19;

/**
 * Copies a file if DuckDB would not read its column `timestamp` exactly.
 *
 * @param folder Where the copy is written; created if it does not exist.
 * @returns Null if DuckDB reads the file exactly, or the file is not valid.
 */
export function copyWithPlainTimestamps(path: string, folder: string): PlainCopy | null {
  const footer = readFooter(path);
  const column = footer === null ? null : findTimestamp(footer);
  const nanosecondsOf = column === null ? null : conversionOf(column.element);
  if (footer === null || column === null || nanosecondsOf === null) return null;
  Deno.mkdirSync(folder, { recursive: true });
  const copy = join(folder, "plain.rows");
  Deno.copyFileSync(path, copy);
  Deno.chmodSync(copy, 0o600);
  const [before, after] = [footer.subarray(0, column.start), footer.subarray(column.end)];
  const element = plainElement(column.element);
  const length = Uint32Array.of(before.length + element.length + after.length);
  using file = Deno.openSync(copy, { write: true });
  file.truncateSync(Deno.statSync(path).size - 8 - footer.length);
  file.seekSync(0, Deno.SeekMode.End);
  for (const part of [before, element, after, new Uint8Array(length.buffer), MAGIC]) {
    for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
  }
  return { path: copy, nanosecondsOf };
}

/** The bytes of a footer; null if the file has none. */
function readFooter(path: string): Uint8Array<ArrayBuffer> | null {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const read = (length: number, fromEnd: number) => {
    const bytes = new Uint8Array(length);
    file.seekSync(-fromEnd, Deno.SeekMode.End);
    for (let at = 0; at < length;) at += file.readSync(bytes.subarray(at)) ?? length;
    return bytes;
  };
  if (size < 12) return null;
  const length = new DataView(read(4, 8).buffer).getUint32(0, true);
  return length > size - 12 ? null : read(length, length + 8);
}

/** The column `timestamp` in the schema, and where it is; null if there is none. */
function findTimestamp(footer: Uint8Array<ArrayBuffer>) {
  const reader = { view: new DataView(footer.buffer), offset: footer.indexOf(SCHEMA) + 1 };
  const next = () => deserializeTCompactProtocol(reader) as unknown as Element;
  try {
    // The number of elements; a large one has more bytes.
    if (footer[reader.offset++]! >= 0xf0) { while (footer[reader.offset++]! >= 0x80); }
    for (let left = next().field_5 ?? 0; left > 0; left--) {
      const start = reader.offset;
      const element = next();
      if (new TextDecoder().decode(element.field_4) === "timestamp") {
        return { element, start, end: reader.offset };
      }
      for (let inside = element.field_5 ?? 0; inside > 0; inside--) inside += next().field_5 ?? 0;
    }
  } catch { /* It is not valid, as DuckDB will say. */ }
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

const JULIAN_DAY_OF_1970 = 2_440_588n, NANOSECONDS_PER_DAY = 86_400_000_000_000n;

/** Converts 96 bits, read as a big-endian number: a little-endian time of day, and a Julian day. */
function nanosecondsOfInt96(number: bigint): bigint {
  const view = new DataView(new ArrayBuffer(12));
  view.setBigInt64(0, number >> 32n);
  view.setUint32(8, Number(number & 0xffffffffn));
  const day = BigInt(view.getInt32(8, true)) - JULIAN_DAY_OF_1970;
  return day * NANOSECONDS_PER_DAY + view.getBigInt64(0, true);
}

/**
 * The column as a 64-bit integer; or, in place of 96 bits, as a decimal in 12 bytes (physical type
 * 7, converted type 5, scale 0, precision 38).
 */
function plainElement({ field_1: type, field_3: repetition = 0, field_4: name }: Element) {
  const isInt96 = type === INT96;
  return Uint8Array.of(
    ...isInt96
      ? [0x15, 7 * 2, 0x15, 12 * 2, 0x15, repetition * 2]
      : [0x15, 4, 0x25, repetition * 2],
    ...[0x18, name.length, ...name],
    ...isInt96 ? [0x25, 5 * 2, 0x15, 0, 0x15, 38 * 2] : [],
    0,
  );
}
