/**
 * The parts of the parquet format that both of our writers need: page headers, run-length codes,
 * schema and footer, in Thrift's compact protocol. Field numbers are those of parquet.thrift.
 *
 * @module
 */
import { crc32, zstdCompressSync } from "node:zlib";
import {
  putByte,
  putBytes,
  putField,
  putInt,
  putList,
  putStop,
  putText,
  putUint32,
  putVarint,
  type Sink,
  sink,
  Thrift,
  written,
} from "./byte_writer.ts";
import { putSnappy } from "./snappy.ts";

/** Codecs of our own writers. */
export type Codec = "snappy" | "zstd" | "none";

const CODECS = { none: 0, snappy: 1, zstd: 6 } as const;
/** Physical types. */
export const Type = { int64: 2, double: 5, text: 6 } as const;
/** Encodings. */
export const Encoding = { plain: 0, rle: 3, dictionary: 8 } as const;
const DATA_PAGE = 0, DICTIONARY_PAGE = 2;

/** Four bytes that every parquet file begins and ends with. */
export const MAGIC: Uint8Array = new TextEncoder().encode("PAR1");

/** A column chunk, ready to be put into a file. */
export interface EncodedChunk {
  /** The pages with their headers. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where in them the data page begins; 0 if there is no dictionary page. */
  dataAt: number;
  /** The size that the pages and headers would have uncompressed. */
  raw: number;
  /** How many values (levels, for a list) there are, nulls included. */
  values: number;
  /** How many of them are null. */
  nulls: number;
  /** The smallest and the largest value in PLAIN encoding, where they are known. */
  bounds?: readonly [min: Uint8Array, max: Uint8Array];
}

/** A column in a file's footer. */
export interface FooterColumn {
  /** The path of names from the root of the schema. */
  path: readonly string[];
  /** The physical type. */
  type: number;
  /** Where the chunk begins in the file. */
  offset: number;
  /** The chunk. */
  chunk: EncodedChunk;
}

/** Compressed pages wait here for their headers, which need their size. */
const waiting = sink();

/** Compresses a page; the result is valid until the next one. */
function compress(bytes: Uint8Array<ArrayBuffer>, codec: Codec): Uint8Array {
  if (codec === "none") return bytes;
  if (codec === "zstd") return zstdCompressSync(bytes);
  waiting.at = 0;
  putSnappy(waiting, bytes);
  return written(waiting);
}

/**
 * Writes a dictionary page, with the checksum of its bytes.
 *
 * @returns The page's uncompressed size, header included.
 */
export function putDictionaryPage(
  out: Sink,
  page: Uint8Array<ArrayBuffer>,
  entries: number,
  codec: Codec,
): number {
  return putPage(out, DICTIONARY_PAGE, page, codec, () => {
    putField(out, 3, Thrift.struct); // 7: dictionary_page_header
    putInt(out, 1, entries);
    putInt(out, 1, Encoding.plain);
    putStop(out);
  });
}

/**
 * Writes a v1 data page, with the checksum of its bytes.
 *
 * @returns The page's uncompressed size, header included.
 */
export function putDataPage(
  out: Sink,
  page: Uint8Array<ArrayBuffer>,
  values: number,
  encoding: number,
  codec: Codec,
): number {
  return putPage(out, DATA_PAGE, page, codec, () => {
    putField(out, 1, Thrift.struct); // 5: data_page_header
    putInt(out, 1, values);
    putInt(out, 1, encoding);
    putInt(out, 1, Encoding.rle); // definition levels
    putInt(out, 1, Encoding.rle); // repetition levels
    putStop(out);
  });
}

function putPage(
  out: Sink,
  type: number,
  page: Uint8Array<ArrayBuffer>,
  codec: Codec,
  putSpecific: () => void,
): number {
  const packed = compress(page, codec);
  const start = out.at;
  putInt(out, 1, type);
  putInt(out, 1, page.length);
  putInt(out, 1, packed.length);
  putField(out, 1, Thrift.i32); // 4: crc, as a signed number
  const sum = crc32(packed) | 0;
  putVarint(out, ((sum << 1) ^ (sum >> 31)) >>> 0);
  putSpecific();
  putStop(out);
  const header = out.at - start;
  putBytes(out, packed);
  return header + page.length;
}

/** How many bits a code below `count` takes; at least one. */
export function bitWidth(count: number): number {
  return Math.max(1, 32 - Math.clz32(count - 1));
}

/** Writes a run of one code in the hybrid run-length encoding. */
export function putRun(out: Sink, length: number, code: number, width: number): void {
  putVarint(out, length << 1);
  for (let bits = 0; bits < width; bits += 8) putByte(out, (code >>> bits) & 255);
}

/** Writes levels or codes behind their length in bytes. */
export function putSized(out: Sink, put: () => void): void {
  const at = out.at;
  putUint32(out, 0);
  put();
  out.view.setUint32(at, out.at - at - 4, true);
}

/** An element of a schema: a column or a group. */
export interface Element {
  /** Its name. */
  name: string;
  /** 0 for required, 1 for optional, 2 for repeated. */
  repetition: 0 | 1 | 2;
  /** The physical type; groups have none. */
  type?: number;
  /** How many of the elements behind it belong to it. */
  children?: number;
  /** What the values mean. */
  logical?: "text" | "timestamp" | "list";
}

/** Encodes the footer's first fields: the format's version and the schema. */
export function putSchema(out: Sink, elements: readonly Element[]): void {
  putInt(out, 1, 2); // 1: version
  putList(out, 1, Thrift.struct, elements.length + 1);
  const columns = elements.length - elements.reduce((sum, e) => sum + (e.children ?? 0), 0);
  putElement(out, { name: "schema", repetition: 0, children: columns });
  for (const element of elements) putElement(out, element);
}

function putElement(out: Sink, { name, repetition, type, children, logical }: Element): void {
  let last = 0;
  const field = (number: number, put: (step: number) => void) => {
    put(number - last);
    last = number;
  };
  if (type !== undefined) field(1, (step) => putInt(out, step, type));
  field(3, (step) => putInt(out, step, repetition));
  field(4, (step) => putField(out, step, Thrift.binary));
  putText(out, name);
  if (children !== undefined) field(5, (step) => putInt(out, step, children));
  if (logical !== undefined) {
    const converted = { text: 0, list: 3, timestamp: 10 }[logical];
    field(6, (step) => putInt(out, step, converted));
    field(10, (step) => putField(out, step, Thrift.struct));
    putField(out, { text: 1, list: 3, timestamp: 8 }[logical], Thrift.struct);
    if (logical === "timestamp") {
      putField(out, 1, Thrift.true); // is adjusted to UTC
      putField(out, 1, Thrift.struct); // unit
      putField(out, 2, Thrift.struct); // microseconds
      putStop(out);
      putStop(out);
    }
    putStop(out);
    putStop(out);
  }
  putStop(out);
}

/**
 * Writes what stands behind the pages: the footer, its length, and the magic number.
 *
 * @param schema The bytes that {@linkcode putSchema} wrote.
 */
export function putFooter(
  out: Sink,
  schema: Uint8Array,
  rows: number,
  columns: readonly FooterColumn[],
  codec: Codec,
  createdBy: string,
): void {
  const start = out.at;
  putBytes(out, schema);
  putInt(out, 1, rows, Thrift.i64); // 3: num_rows
  putList(out, 1, Thrift.struct, 1); // 4: row_groups
  putList(out, 1, Thrift.struct, columns.length);
  let [raw, size] = [0, 0];
  for (const column of columns) {
    putColumn(out, column, codec);
    raw += column.chunk.raw;
    size += column.chunk.bytes.length;
  }
  putInt(out, 1, raw, Thrift.i64); // 2: total_byte_size
  putInt(out, 1, rows, Thrift.i64);
  putInt(out, 2, columns[0]!.offset, Thrift.i64); // 5: file_offset
  putInt(out, 1, size, Thrift.i64); // 6: total_compressed_size
  putStop(out);
  putField(out, 2, Thrift.binary); // 6: created_by
  putText(out, createdBy);
  putList(out, 1, Thrift.struct, columns.length); // 7: column_orders: by type, so bounds count
  for (let i = 0; i < columns.length; i++) {
    putField(out, 1, Thrift.struct);
    putStop(out);
    putStop(out);
  }
  putStop(out);
  putUint32(out, out.at - start);
  putBytes(out, MAGIC);
}

function putColumn(out: Sink, { path, type, offset, chunk }: FooterColumn, codec: Codec): void {
  const dictionary = chunk.dataAt > 0;
  putInt(out, 2, offset, Thrift.i64); // 2: file_offset
  putField(out, 1, Thrift.struct); // 3: meta_data
  putInt(out, 1, type);
  putList(out, 1, Thrift.i32, dictionary ? 3 : 2);
  putVarint(out, Encoding.plain << 1);
  putVarint(out, Encoding.rle << 1);
  if (dictionary) putVarint(out, Encoding.dictionary << 1);
  putList(out, 1, Thrift.binary, path.length);
  for (const name of path) putText(out, name);
  putInt(out, 1, CODECS[codec]);
  putInt(out, 1, chunk.values, Thrift.i64);
  putInt(out, 1, chunk.raw, Thrift.i64);
  putInt(out, 1, chunk.bytes.length, Thrift.i64);
  putInt(out, 2, offset + chunk.dataAt, Thrift.i64); // 9: data_page_offset
  if (dictionary) putInt(out, 2, offset, Thrift.i64); // 11: dictionary_page_offset
  putField(out, dictionary ? 1 : 3, Thrift.struct); // 12: statistics
  putInt(out, 3, chunk.nulls, Thrift.i64);
  if (chunk.bounds !== undefined) {
    for (const [step, value] of [[2, chunk.bounds[1]], [1, chunk.bounds[0]]] as const) {
      putField(out, step, Thrift.binary);
      putVarint(out, value.length);
      putBytes(out, value);
    }
  }
  putStop(out);
  putStop(out);
  putStop(out);
}
