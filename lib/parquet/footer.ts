/**
 * The footer of a parquet file: where the chunks of the wanted columns are, and whether the file
 * is in the dialect that exporters write.
 *
 * @module
 */
import type { ColumnMetaData, FileMetaData, RowGroup as RowGroupMetaData } from "hyparquet";
// Every process loads this module: importing two files of the library is faster than all 27.
import { parquetMetadata } from "hyparquet/src/metadata.js";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { NeedsImport } from "../errors.ts";
import { Encoding } from "./enums.ts";
import { type ColumnType, findColumns, type FoundColumn, type TimestampUnit } from "./schema.ts";

/** How the pages of a chunk may be compressed. */
export type Codec = "UNCOMPRESSED" | "SNAPPY" | "ZSTD" | "GZIP" | "LZ4_RAW";

/** A column chunk: one column's pages in one row group. */
export interface Chunk {
  /** The first byte, counted from the start of the file. */
  offset: number;
  /** The length in bytes. */
  size: number;
  /** How its pages are compressed. */
  codec: Codec;
  /** How many values its data pages hold; for a list, how many levels. */
  values: number;
  /** The definition level of a value that is present. */
  maxDefinitionLevel: number;
  /** How deeply lists are nested; 0 if the column is not a list. */
  maxRepetitionLevel: number;
}

/** A row group. */
export interface RowGroup {
  /** How many rows it has. */
  rows: number;
  /** The chunks of the wanted columns, in the order in which they were asked for. */
  chunks: Chunk[];
  /** The smallest and largest integer of each chunk; null for texts, and if the footer has none. */
  bounds: (readonly [min: bigint, max: bigint] | null)[];
}

/** What a footer says about the wanted columns. */
export interface Footer {
  /** How many rows the file has. */
  rows: number;
  /** The unit of each wanted column; null if it is not a timestamp. */
  units: (TimestampUnit | null)[];
  /** The row groups that have rows. */
  groups: RowGroup[];
}

/** Reads some bytes of a file. */
export type ReadBytes = (offset: number, size: number) => Uint8Array<ArrayBuffer>;

/** How many bytes at a file's end are read first; most footers are smaller. */
const TAIL = 8192;
/** Files with more row groups are imported: their pages are so small that reading them is slow. */
const MAX_ROW_GROUPS = 10_000;

/**
 * Reads a footer.
 *
 * @param size The file's size in bytes.
 * @param wanted The columns' names and types.
 * @throws {NeedsImport} If the footer shows that the file is not in the dialect.
 * @throws {Error} If it is not a parquet file, lacks a column, or its footer is broken.
 */
export function readFooter(
  read: ReadBytes,
  size: number,
  wanted: Readonly<Record<string, ColumnType>>,
): Footer {
  const { schema, row_groups, num_rows } = readMetadata(read, size);
  // The library would count the root as a column, and so mix up the statistics of all columns.
  if (schema[0]?.type !== undefined) throw new NeedsImport("a schema whose root has a type");
  const columns = findColumns(schema, wanted);
  if (row_groups.length > MAX_ROW_GROUPS) throw new NeedsImport("more than 10,000 row groups");
  const groups = row_groups.filter(({ num_rows }) => Number(num_rows) > 0)
    .map((group) => readRowGroup(group, columns, size));
  const rows = Number(num_rows);
  const sum = groups.reduce((sum, { rows }) => sum + rows, 0);
  if (rows !== sum) throw new Error(`claims ${rows} rows, its row groups have ${sum}`);
  return { rows, units: columns.map(({ unit }) => unit), groups };
}

/** Keeps statistics as the numbers that are stored, whatever the logical type of a column. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  stringFromBytes: () => "",
  dateFromDays: () => 0,
};

function readMetadata(read: ReadBytes, size: number): FileMetaData {
  const footer = readFooterBytes(read, size);
  try {
    return parquetMetadata(footer, { geoparquet: false, parsers: PARSERS });
  } catch {
    checkThrift(footer, size - footer.length);
    throw new NeedsImport("an unusual footer");
  }
}

/**
 * Reads the bytes of a footer, and after them its length and the magic number.
 *
 * @param size The file's size in bytes.
 * @throws {Error} If it is not a parquet file.
 */
export function readFooterBytes(read: ReadBytes, size: number): Uint8Array<ArrayBuffer> {
  if (size === 0) throw new Error("is empty");
  if (size < 12) throw new Error(`is not a parquet file (${size} bytes)`);
  let tail = read(size - Math.min(size, TAIL), Math.min(size, TAIL));
  const magic = String.fromCharCode(...tail.subarray(-4));
  if (magic === "PARE") throw new Error("is an encrypted parquet file");
  if (magic !== "PAR1") {
    throw new Error("is not a parquet file (it does not end in PAR1), or is cut short");
  }
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const length = view.getUint32(tail.length - 8, true) + 8;
  if (length > size - 4) throw new Error(`claims a footer of ${length} bytes and has ${size}`);
  if (length > tail.length) tail = read(size - length, length);
  return tail.subarray(tail.length - length);
}

/** Checks that a footer that hyparquet rejects is at least valid Thrift. */
function checkThrift(footer: Uint8Array<ArrayBuffer>, at: number): void {
  const reader = { view: new DataView(footer.buffer, footer.byteOffset), offset: 0 };
  try {
    const { field_2: schema, field_4: groups } = deserializeTCompactProtocol(reader);
    if (Array.isArray(schema) && Array.isArray(groups)) return;
  } catch {
    // The library's message says nothing useful about the file.
  }
  throw new Error(`is broken at byte ${at + reader.offset}: its footer can't be parsed`);
}

function readRowGroup(
  { columns, num_rows }: RowGroupMetaData,
  wanted: readonly FoundColumn[],
  fileSize: number,
): RowGroup {
  const rows = Number(num_rows);
  const metas = wanted.map(({ index, path }) => {
    const { meta_data: meta, file_path, crypto_metadata } = columns[index] ?? {};
    if (crypto_metadata !== undefined) throw new Error(`has an encrypted column '${path}'`);
    if (meta?.path_in_schema.join(".") !== path) throw new Error(`has no data for '${path}'`);
    if (file_path) throw new NeedsImport(`'${path}' in another file`);
    return meta;
  });
  return {
    rows,
    chunks: metas.map((meta, i) => chunkOf(meta, wanted[i]!, rows, fileSize)),
    bounds: metas.map(boundsOf),
  };
}

/** LZ4 is for hour files only: its streams don't say how long they are, so a torn one looks whole. */
const CODECS: ReadonlySet<string> = new Set<Codec>(["UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP"]);
/** The encodings that a chunk may name; BIT_PACKED is of levels, which the pages are checked for. */
const ENCODINGS: ReadonlySet<string> = new Set([...Object.keys(Encoding), "BIT_PACKED"]);

function chunkOf(
  meta: ColumnMetaData,
  { path, maxDefinitionLevel, maxRepetitionLevel }: FoundColumn,
  rows: number,
  fileSize: number,
): Chunk {
  const { codec, encodings, encoding_stats, statistics } = meta;
  const starts = [meta.dictionary_page_offset, meta.data_page_offset].map(Number)
    .filter((at) => at > 0);
  const offset = Math.min(...starts);
  const size = Number(meta.total_compressed_size);
  if (!(offset >= 4) || !(size > 0) || offset + size > fileSize) {
    throw new Error(`claims bytes for '${path}' that are not there`);
  }
  if (!CODECS.has(codec)) {
    throw new NeedsImport(`'${path}' compressed with ${codec ?? "an unknown codec"}`);
  }
  if (Number(statistics?.null_count ?? 0) > 0) throw new NeedsImport(`nulls in '${path}'`);
  const other = encodings?.find((encoding) => !ENCODINGS.has(encoding));
  if (other !== undefined) throw new NeedsImport(`'${path}' in encoding ${other}`);
  if (encoding_stats?.some(({ page_type }) => page_type === "DATA_PAGE_V2")) {
    throw new NeedsImport(`'${path}' in pages of version 2`);
  }
  const values = Number(meta.num_values);
  if (maxRepetitionLevel === 0 && values !== rows) {
    throw new Error(`claims ${values} values of '${path}' in ${rows} rows`);
  }
  return { offset, size, codec: codec as Codec, values, maxDefinitionLevel, maxRepetitionLevel };
}

function boundsOf({ type, statistics }: ColumnMetaData): RowGroup["bounds"][number] {
  const min = statistics?.min_value ?? statistics?.min;
  const max = statistics?.max_value ?? statistics?.max;
  return type === "INT64" && typeof min === "bigint" && typeof max === "bigint" ? [min, max] : null;
}
