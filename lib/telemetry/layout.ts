/**
 * Where a parquet file's four columns lie, from its footer alone.
 *
 * @module
 */
import type { RowGroup as Group } from "hyparquet";
// A part, for every process loads it: the whole library is 27 files.
import { parquetMetadata } from "hyparquet/src/metadata.js";
import { Unsupported } from "../errors.ts";
import { COLUMNS, type Leaf, readSchema, type Schema } from "./schema.ts";
import { DAY, magnitude, secondAt, type TimeUnit } from "./timestamps.ts";

/** A span of time in whole seconds since the epoch, both ends included. */
export interface Span {
  /** The first second that has a reading. */
  first: number;
  /** The last second that has a reading. */
  last: number;
}

/** How the pages of a chunk may be compressed. */
export const CODECS = ["UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP"] as const;

/** Where one column's bytes of a row group lie in a file. */
export interface Chunk {
  /** The first byte of the first page, counted from the start of the file. */
  offset: number;
  /** The length in bytes of all pages together. */
  size: number;
  /** How the pages are compressed. */
  codec: typeof CODECS[number];
  /** How many values (levels, for a list) the data pages must hold. */
  values: number;
}

/** A stretch of rows whose columns lie together. */
export interface RowGroup extends Span {
  /** How many rows there are. */
  rows: number;
  /** The chunks of the schema's leaves. */
  chunks: Chunk[];
}

/** What the fast reader must know of a file. */
export interface Layout extends Schema, Span {
  /** How many rows there are. */
  rows: number;
  /** The starts of the days that have readings, where the span says too little. */
  days?: number[];
  /** The row groups. */
  groups: RowGroup[];
  /** Whether its rows that are no reading are known, so that they may be passed over. */
  scanned?: true;
}

/** Reads some bytes of a file. */
export type ReadBytes = (offset: number, size: number) => Uint8Array<ArrayBuffer>;

/** Footers are about 3.5 kB; this much is read at once. */
const FOOTER = 8192;

/** Statistics as the plain numbers that are stored, whatever a column's logical type. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  stringFromBytes: () => "",
  dateFromDays: () => 0,
};

/** Reads a parquet file's footer. */
function readFooter(read: ReadBytes, size: number): ReturnType<typeof parquetMetadata> {
  if (size < 12) throw new Error(size === 0 ? "is empty" : `is no parquet file (${size} bytes)`);
  let tail = read(size - Math.min(size, FOOTER), Math.min(size, FOOTER));
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.getUint32(tail.length - 4, true) !== 0x31524150) {
    throw new Error("is no parquet file (it does not end in PAR1), or is cut short");
  }
  const length = view.getUint32(tail.length - 8, true) + 8;
  if (length > size - 4) throw new Error(`claims a footer of ${length} bytes and has ${size}`);
  if (length > tail.length) tail = read(size - length, length);
  try {
    // deno-lint-ignore no-explicit-any -- the parsers' types want what nobody needs here
    return parquetMetadata(tail, { geoparquet: false, parsers: PARSERS as any });
  } catch (error) {
    throw new Error(`has a footer that is broken: ${(error as Error).message}`);
  }
}

/** A span that says nothing. */
const ANY: Span = { first: -Infinity, last: Infinity };

/**
 * Reads a file's footer, and finds where the four columns lie.
 *
 * @param size The file's size in bytes.
 * @param scanning Whether the caller reads all rows before it trusts the spans: they are empty
 * words then.
 * @throws {Unsupported} If the footer says too little, or the general reader must take the file.
 * @throws {Error} If it is no parquet file, a column is missing, or the footer is broken.
 */
export function readLayout(read: ReadBytes, size: number, scanning: boolean = false): Layout {
  const metadata = readFooter(read, size);
  const schema = readSchema(metadata.schema);
  const rows = Number(metadata.num_rows);
  const groups = metadata.row_groups.filter(({ num_rows }) => num_rows > 0n).map((group) => ({
    rows: Number(group.num_rows),
    chunks: schema.leaves.map((leaf, i) =>
      chunkOf(group, leaf, COLUMNS[Math.min(i, 3)]!, size, scanning)
    ),
    ...(scanning ? ANY : spanOf(group, schema)),
  }));
  const sum = groups.reduce((sum, { rows }) => sum + rows, 0);
  if (rows !== sum) throw new Error(`claims ${rows} and ${sum} rows`);
  if (scanning) return { ...schema, ...ANY, rows, groups };
  if (rows === 0) throw new Unsupported("no rows");
  const first = Math.min(...groups.map(({ first }) => first));
  const last = Math.max(...groups.map(({ last }) => last));
  // One row of a clock that was reset must not make a file touch the days of twenty years.
  if (last - first > LONG_SPAN) throw new Unsupported("more days than a footer can name");
  return { ...schema, rows, first, last, groups };
}

/** Files of more seconds than this are looked at more closely. */
const LONG_SPAN = 3 * DAY;

function chunkOf(
  { columns, num_rows }: Group,
  { index, repetition }: Leaf,
  wanted: string,
  size: number,
  scanning: boolean,
): Chunk {
  const column = columns[index];
  const meta = column?.meta_data;
  if (meta?.path_in_schema[0] !== wanted) throw new Error(`has no data for the column '${wanted}'`);
  const name = meta.path_in_schema.join(".");
  if (column?.file_path) throw new Unsupported(`'${name}' in another file`);
  const starts = [meta.dictionary_page_offset, meta.data_page_offset].map(Number)
    .filter((offset) => offset > 0);
  const [offset, length] = [Math.min(...starts), Number(meta.total_compressed_size)];
  if (!(offset >= 4) || !(length > 0) || offset + length > size) {
    throw new Error(`claims bytes for '${name}' that are not there`);
  }
  const codec = CODECS.find((codec) => codec === meta.codec);
  if (codec === undefined) throw new Unsupported(`'${name}' compressed with ${meta.codec}`);
  if (!scanning && (meta.statistics?.null_count ?? 0n) > 0n) {
    throw new Unsupported(`nulls in '${name}'`);
  }
  const [values, rows] = [Number(meta.num_values), Number(num_rows)];
  if (repetition === 0 && values !== rows) {
    throw new Error(`claims ${values} values of '${name}' in ${rows} rows`);
  }
  return { offset, size: length, codec, values };
}

/** The first and the last second of a row group by its statistics. */
function spanOf({ columns }: Group, { leaves, unit }: Schema): Span {
  const { index, type } = leaves[0]!;
  const { min_value, max_value, min, max } = columns[index]?.meta_data?.statistics ?? {};
  const [low, high] = [min_value ?? min, max_value ?? max];
  // Seconds beside milliseconds: the smallest number need not be the earliest instant.
  const mixed = unit === "epoch" && magnitude(Number(low)) !== magnitude(Number(high));
  if (low === undefined || high === undefined || !/^u?int32$|^int64$/.test(type) || mixed) {
    throw new Unsupported("timestamps whose span is not known");
  }
  const [first, last] = [second(low, unit), second(high, unit)];
  if (!(first <= last)) throw new Unsupported("a timestamp before 2000 or after 2100");
  return { first, last };
}

function second(value: unknown, unit: TimeUnit): number {
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value !== "bigint" && !Number.isInteger(value)) return NaN;
  view.setBigInt64(0, BigInt(value as bigint | number), true);
  return secondAt(view, 0, unit);
}
