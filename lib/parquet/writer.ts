/**
 * Writes files of one row group: encoded chunks one after another, then the footer. Field ids are
 * those of parquet.thrift.
 *
 * @module
 */
import { ByteWriter } from "./byte_writer.ts";
import type { EncodedChunk, WriterCodec } from "./chunk_writer.ts";
import { CompressionCodec, ConvertedType, Encoding, Repetition } from "./enums.ts";
import { ThriftType, ThriftWriter } from "./thrift_writer.ts";

const CONVERTED_TYPES = {
  text: ConvertedType.UTF8,
  list: ConvertedType.LIST,
  timestamp: ConvertedType.TIMESTAMP_MICROS,
} as const;
const LOGICAL_TYPES = { text: 1, list: 3, timestamp: 8 } as const;
const MAGIC = new TextEncoder().encode("PAR1");

/** An element of a schema: a column or a group. */
export interface SchemaElement {
  /** Its name. */
  name: string;
  /** One of `Repetition`. */
  repetition: number;
  /** One of `PhysicalType`; groups have none. */
  type?: number;
  /** How many of the elements after it are its children. */
  children?: number;
  /** What the values mean; a timestamp is in microseconds, UTC. */
  logical?: "text" | "list" | "timestamp";
}

/** A schema, encoded once for many files. */
export interface Schema {
  /** The first two fields of a footer: the format's version and the elements. */
  bytes: Uint8Array;
  /** The physical type of each column, and the UTF-8 names from the root to it. */
  columns: { type: number; path: Uint8Array[] }[];
}

/** Encodes a schema. */
export function encodeSchema(elements: readonly SchemaElement[]): Schema {
  const out = new ByteWriter(1 << 12);
  const thrift = new ThriftWriter(out);
  thrift.beginStruct(); // FileMetaData, which FileWriter ends
  thrift.i32(1, 2); // version
  thrift.list(2, ThriftType.STRUCT, elements.length + 1);
  const children = elements.length - elements.reduce((sum, e) => sum + (e.children ?? 0), 0);
  writeElement(thrift, { name: "schema", repetition: Repetition.REQUIRED, children });
  for (const element of elements) writeElement(thrift, element);
  return { bytes: out.getBytes(), columns: leavesOf(elements) };
}

function leavesOf(elements: readonly SchemaElement[]): Schema["columns"] {
  const columns: Schema["columns"] = [];
  /** The groups that are not complete, and how many of their children are missing. */
  const open: { name: Uint8Array; missing: number }[] = [];
  for (const { name, type, children: missing = 0 } of elements) {
    open.push({ name: new TextEncoder().encode(name), missing });
    if (type !== undefined) columns.push({ type, path: open.map(({ name }) => name) });
    while (open.at(-1)?.missing === 0) {
      open.pop();
      if (open.length > 0) open.at(-1)!.missing--;
    }
  }
  return columns;
}

function writeElement(
  thrift: ThriftWriter,
  { name, repetition, type, children, logical }: SchemaElement,
): void {
  thrift.beginStruct();
  if (type !== undefined) thrift.i32(1, type);
  thrift.i32(3, repetition);
  thrift.string(4, name);
  if (children !== undefined) thrift.i32(5, children);
  if (logical !== undefined) {
    thrift.i32(6, CONVERTED_TYPES[logical]);
    thrift.beginStruct(10); // logicalType
    thrift.beginStruct(LOGICAL_TYPES[logical]);
    if (logical === "timestamp") {
      thrift.bool(1, true); // isAdjustedToUTC
      thrift.beginStruct(2); // unit
      thrift.emptyStruct(2); // MICROS
      thrift.endStruct();
    }
    thrift.endStruct();
    thrift.endStruct();
  }
  thrift.endStruct();
}

/** What a file's footer holds besides its columns. */
export interface FooterOptions {
  /** How many rows the file has. */
  rows: number;
  /** Who wrote the file. */
  createdBy: string;
  /** The index of the column by which the rows are sorted in ascending order, if there is one. */
  sortedBy?: number;
}

/**
 * Puts a file together: {@linkcode FileWriter.begin}, {@linkcode FileWriter.add} for each column of
 * the schema, {@linkcode FileWriter.end}. It can be used for one file after another.
 */
export class FileWriter {
  readonly #out = new ByteWriter();
  readonly #thrift = new ThriftWriter(this.#out);
  /** The footer's list of column chunks, which grows as they are added. */
  readonly #columns = new ByteWriter(1 << 14);
  readonly #columnThrift = new ThriftWriter(this.#columns);
  readonly #codec: WriterCodec;
  #schema: Schema = encodeSchema([]);
  #count = 0;
  #size = 0;
  #uncompressedSize = 0;

  /** Makes a writer of files whose chunks are compressed with `codec`. */
  constructor(codec: WriterCodec) {
    this.#codec = codec;
  }

  /** Begins a new file. */
  begin(schema: Schema): void {
    this.#schema = schema;
    this.#count = this.#size = this.#uncompressedSize = 0;
    this.#columns.clear();
    this.#out.clear();
    this.#out.appendBytes(MAGIC);
  }

  /** Copies the chunk of the next column into the file. */
  add(chunk: EncodedChunk): void {
    const column = this.#schema.columns[this.#count++]!;
    writeColumn(this.#columnThrift, column, this.#codec, this.#out.length, chunk);
    this.#out.appendBytes(chunk.bytes);
    this.#size += chunk.bytes.length;
    this.#uncompressedSize += chunk.uncompressedSize;
  }

  /**
   * Ends the file: the footer, its length, and the magic number.
   *
   * @returns The file's bytes, valid until the next file begins.
   */
  end({ rows, createdBy, sortedBy }: FooterOptions): Uint8Array<ArrayBuffer> {
    const out = this.#out;
    const thrift = this.#thrift;
    const count = this.#count;
    const start = out.length;
    thrift.beginStruct();
    thrift.encodedFields(this.#schema.bytes, 2);
    thrift.i64(3, rows); // num_rows
    thrift.list(4, ThriftType.STRUCT, 1); // row_groups
    thrift.beginStruct();
    thrift.list(1, ThriftType.STRUCT, count); // columns
    out.appendBytes(this.#columns.getBytes());
    thrift.i64(2, this.#uncompressedSize); // total_byte_size
    thrift.i64(3, rows); // num_rows
    if (sortedBy !== undefined) {
      thrift.list(4, ThriftType.STRUCT, 1); // sorting_columns
      thrift.beginStruct();
      thrift.i32(1, sortedBy);
      thrift.bool(2, false); // descending
      thrift.bool(3, false); // nulls_first
      thrift.endStruct();
    }
    thrift.i64(5, MAGIC.length); // file_offset
    thrift.i64(6, this.#size); // total_compressed_size
    thrift.endStruct();
    thrift.string(6, createdBy);
    thrift.list(7, ThriftType.STRUCT, count); // column_orders; readers ignore bounds without them
    for (let i = 0; i < count; i++) {
      thrift.beginStruct();
      thrift.emptyStruct(1); // TYPE_ORDER
      thrift.endStruct();
    }
    thrift.endStruct();
    out.appendUint32(out.length - start);
    out.appendBytes(MAGIC);
    return out.getBytes();
  }
}

function writeColumn(
  thrift: ThriftWriter,
  { type, path }: Schema["columns"][number],
  codec: WriterCodec,
  offset: number,
  { bytes, dataPageOffset, bounds, numValues, nullCount, uncompressedSize }: EncodedChunk,
): void {
  const hasDictionary = dataPageOffset > 0;
  thrift.beginStruct();
  thrift.i64(2, offset); // file_offset
  thrift.beginStruct(3); // meta_data
  thrift.i32(1, type);
  thrift.list(2, ThriftType.I32, hasDictionary ? 3 : 2); // encodings
  thrift.i32Element(Encoding.PLAIN);
  thrift.i32Element(Encoding.RLE);
  if (hasDictionary) thrift.i32Element(Encoding.RLE_DICTIONARY);
  thrift.list(3, ThriftType.BINARY, path.length); // path_in_schema
  for (const name of path) thrift.binaryElement(name);
  thrift.i32(4, CompressionCodec[codec]);
  thrift.i64(5, numValues);
  thrift.i64(6, uncompressedSize); // total_uncompressed_size
  thrift.i64(7, bytes.length); // total_compressed_size
  thrift.i64(9, offset + dataPageOffset); // data_page_offset
  if (hasDictionary) thrift.i64(11, offset); // dictionary_page_offset
  thrift.beginStruct(12); // statistics
  thrift.i64(3, nullCount); // null_count
  if (bounds !== undefined) {
    thrift.binary(5, bounds[1]); // max_value
    thrift.binary(6, bounds[0]); // min_value
  }
  thrift.endStruct();
  thrift.endStruct();
  thrift.endStruct();
}
