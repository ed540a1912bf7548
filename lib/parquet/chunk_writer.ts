/**
 * Turns values into pages, and pages into a column chunk, with headers and checksums.
 *
 * @module
 */
import { crc32, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "./byte_writer.ts";
import { type CompressionCodec, Encoding, PageType } from "./enums.ts";
import { snappyCompress } from "./snappy.ts";
import { ThriftWriter } from "./thrift_writer.ts";

/** The codecs that the writer supports. */
export type WriterCodec = keyof typeof CompressionCodec;

/** What a column chunk holds, before compression. */
export interface Pages {
  /** The distinct values in PLAIN encoding, and how many there are. */
  dictionary?: { bytes: Uint8Array<ArrayBuffer>; count: number } | undefined;
  /** The data page: levels, then dictionary codes, or PLAIN values if there is no dictionary. */
  data: Uint8Array<ArrayBuffer>;
  /** How many values (levels, for a list) there are, nulls included. */
  numValues: number;
  /** How many of them are null. */
  nullCount: number;
  /** The smallest and the largest value, if they are known. */
  bounds?: Bounds | undefined;
}

/**
 * The smallest and the largest value of a chunk in PLAIN encoding, without the length of a text.
 */
export type Bounds = readonly [min: Uint8Array, max: Uint8Array];

/** A column chunk, ready to be copied into a file. */
export interface EncodedChunk extends Pick<Pages, "numValues" | "nullCount" | "bounds"> {
  /** The pages with their headers. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The offset of the data page in `bytes`; 0 if there is no dictionary page. */
  dataPageOffset: number;
  /** The size of the pages and their headers before compression. */
  uncompressedSize: number;
}

/**
 * Encodes a column chunk: a dictionary page, if there is a dictionary, and one v1 data page.
 *
 * @param out Receives the bytes; cleared first. The chunk is valid until its next use.
 */
export function encodeChunk(
  { dictionary, data, numValues, nullCount, bounds }: Pages,
  codec: WriterCodec,
  out: ByteWriter = new ByteWriter(1 << 13),
): EncodedChunk {
  out.clear();
  let uncompressedSize = 0;
  if (dictionary !== undefined) {
    uncompressedSize += writeDictionaryPage(out, dictionary.bytes, dictionary.count, codec);
  }
  const dataPageOffset = out.length;
  const encoding = dictionary === undefined ? Encoding.PLAIN : Encoding.RLE_DICTIONARY;
  uncompressedSize += writeDataPage(out, data, numValues, encoding, codec);
  return { bytes: out.getBytes(), dataPageOffset, uncompressedSize, numValues, nullCount, bounds };
}

/** Pages and their headers are built here, because a header holds its page's compressed size. */
const pageHeader = new ByteWriter(64);
const compressedPage = new ByteWriter();
const thrift = new ThriftWriter(pageHeader);

/**
 * Writes a dictionary page of `count` values.
 *
 * @returns The page's uncompressed size, header included.
 */
export function writeDictionaryPage(
  out: ByteWriter,
  page: Uint8Array<ArrayBuffer>,
  count: number,
  codec: WriterCodec,
): number {
  const compressed = beginHeader(PageType.DICTIONARY_PAGE, page, codec);
  thrift.beginStruct(7); // dictionary_page_header
  thrift.i32(1, count); // num_values
  thrift.i32(2, Encoding.PLAIN);
  thrift.endStruct();
  return endPage(out, page, compressed);
}

/**
 * Writes a v1 data page of `numValues` values or levels.
 *
 * @returns The page's uncompressed size, header included.
 */
export function writeDataPage(
  out: ByteWriter,
  page: Uint8Array<ArrayBuffer>,
  numValues: number,
  encoding: number,
  codec: WriterCodec,
): number {
  const compressed = beginHeader(PageType.DATA_PAGE, page, codec);
  thrift.beginStruct(5); // data_page_header
  thrift.i32(1, numValues);
  thrift.i32(2, encoding);
  thrift.i32(3, Encoding.RLE); // definition_level_encoding
  thrift.i32(4, Encoding.RLE); // repetition_level_encoding
  thrift.endStruct();
  return endPage(out, page, compressed);
}

/**
 * Begins a page header with what all types of pages have, among it a checksum.
 *
 * @returns The compressed page.
 */
function beginHeader(type: number, page: Uint8Array<ArrayBuffer>, codec: WriterCodec): Uint8Array {
  const compressed = compress(page, codec);
  pageHeader.clear();
  thrift.beginStruct();
  thrift.i32(1, type);
  thrift.i32(2, page.length); // uncompressed_page_size
  thrift.i32(3, compressed.length); // compressed_page_size
  thrift.i32(4, crc32(compressed) | 0); // crc
  return compressed;
}

/** Ends the header, and writes it and the page; returns their size before compression. */
function endPage(out: ByteWriter, page: Uint8Array, compressed: Uint8Array): number {
  thrift.endStruct();
  out.append(pageHeader);
  out.appendBytes(compressed);
  return pageHeader.length + page.length;
}

/** Compresses a page; the result is valid until the next one is compressed. */
function compress(page: Uint8Array<ArrayBuffer>, codec: WriterCodec): Uint8Array {
  if (codec === "UNCOMPRESSED") return page;
  if (codec === "ZSTD") return zstdCompressSync(page);
  compressedPage.clear();
  snappyCompress(compressedPage, page);
  return compressedPage.getBytes();
}
