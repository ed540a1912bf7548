/**
 * The pages of a column chunk, opened without trusting them: before a size or a count is used, it
 * is checked against the bytes that exist. So broken bytes cause an error, but never a hang, a huge
 * allocation or a wrong value.
 *
 * @module
 */
import { crc32, gunzipSync, zstdDecompressSync } from "node:zlib";
import { decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { NeedsImport } from "../errors.ts";
import { Encoding, PageType } from "./enums.ts";
import type { Chunk, Codec } from "./footer.ts";
import { snappyUncompress } from "./snappy_reader.ts";

/** An uncompressed page. */
export interface Page {
  /**
   * Levels, then values; a dictionary page has only values. Their buffer goes on for at least
   * {@linkcode SLACK} bytes after their end.
   */
  bytes: Uint8Array<ArrayBuffer>;
  /** Distinct values, codes into a dictionary, or PLAIN values. */
  content: "dictionary" | "codes" | "plain";
  /** How many values it holds; for a list, how many levels. */
  values: number;
  /** Where the repetition levels begin, and where they end. */
  repetition: readonly [from: number, to: number];
  /** Where the definition levels begin, and where they end; the values follow. */
  definition: readonly [from: number, to: number];
}

/** Bytes that may be read after the end of a page, because codes are read four bytes at a time. */
const SLACK = 8;
/**
 * Chunks that uncompress to more than FREE_GROWTH bytes plus MAX_GROWTH times their size are
 * imported.
 */
const MAX_GROWTH = 1000, FREE_GROWTH = 1 << 24;
/** Larger pages are imported. */
const MAX_PAGE_SIZE = 1 << 27;

const { DATA_PAGE, INDEX_PAGE, DICTIONARY_PAGE } = PageType;
const { PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY } = Encoding;

interface PageHeader extends Pick<Page, "content" | "values"> {
  /** Where the page's bytes begin and end in the chunk. */
  start: number;
  end: number;
  rawSize: number;
}

/**
 * Checks all page headers of a chunk, and then opens its dictionary page, if it has one, and its
 * data pages, one after the other.
 *
 * @param bytes The chunk's bytes.
 * @throws {NeedsImport} For pages that exporters do not write.
 * @throws {Error} If the bytes are broken, or the headers do not agree with the footer.
 */
export function openPages(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk): Generator<Page> {
  return uncompressPages(bytes, chunk, readHeaders(bytes, chunk));
}

function* uncompressPages(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  headers: readonly PageHeader[],
): Generator<Page> {
  for (const { content, values, start, end, rawSize } of headers) {
    const page = uncompress(bytes.subarray(start, end), rawSize, chunk.codec);
    if (content === "dictionary") {
      yield { bytes: page, content, values, repetition: [0, 0], definition: [0, 0] };
      continue;
    }
    const repetition = levelsAt(page, 0, chunk.maxRepetitionLevel);
    const definition = levelsAt(page, repetition[1], chunk.maxDefinitionLevel);
    yield { bytes: page, content, values, repetition, definition };
  }
}

function readHeaders(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk): PageHeader[] {
  const headers: PageHeader[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  let values = 0;
  let total = 0;
  while (reader.offset < bytes.length) {
    const header = readHeader(reader, chunk.offset);
    const { field_1: type, field_2: rawSize, field_3: size, field_4: checksum } = header;
    const start = reader.offset;
    if (!(size >= 0) || size > bytes.length - start) {
      throw new Error(`a page claims ${size} bytes, ${bytes.length - start} are left`);
    }
    if (!(rawSize >= 0) || rawSize / CODECS[chunk.codec].maxGrowth > size) {
      throw new Error(`a page of ${size} bytes claims to hold ${rawSize}`);
    }
    total += rawSize;
    if (total > FREE_GROWTH + MAX_GROWTH * bytes.length || rawSize > MAX_PAGE_SIZE) {
      throw new NeedsImport(`a page of ${rawSize} bytes`);
    }
    const end = reader.offset = start + size;
    if (checksum !== undefined && crc32(bytes.subarray(start, end)) !== checksum >>> 0) {
      throw new Error(`a page whose checksum is wrong, at byte ${chunk.offset + start}`);
    }
    if (type === INDEX_PAGE) continue;
    const page = pageOf(header, chunk);
    if (!Number.isInteger(page.values) || page.values < 0) {
      throw new Error(`a page of ${page.values} values`);
    }
    if (page.content !== "dictionary") values += page.values;
    else if (headers.length > 0) throw new Error("a dictionary page after other pages");
    headers.push({ ...page, start, end, rawSize });
  }
  if (values !== chunk.values) {
    throw new Error(`pages of ${values} values where the footer counts ${chunk.values}`);
  }
  return headers;
}

type Fields = ReturnType<typeof deserializeTCompactProtocol>;

function readHeader(reader: { view: DataView; offset: number }, chunkOffset: number): Fields {
  const at = chunkOffset + reader.offset;
  try {
    const fields = deserializeTCompactProtocol(reader);
    const { field_1: type, field_2: rawSize, field_3: size } = fields;
    const content = { [DATA_PAGE]: fields.field_5, [DICTIONARY_PAGE]: fields.field_7 };
    const isWhole = !(type in content) || content[type as 0 | 2]?.field_2 !== undefined;
    if ([type, rawSize, size].every(Number.isInteger) && isWhole) return fields;
  } catch {
    // The library's message says nothing useful about the file.
  }
  throw new Error(`is broken at byte ${at}: no page header`);
}

function pageOf(header: Fields, chunk: Chunk): Pick<Page, "content" | "values"> {
  if (header.field_1 === DICTIONARY_PAGE) {
    const { field_1: values, field_2: encoding } = header.field_7 ?? {};
    if (encoding === PLAIN || encoding === PLAIN_DICTIONARY) {
      return { content: "dictionary", values };
    }
    throw new NeedsImport(`a dictionary in encoding ${encoding}`);
  }
  if (header.field_1 !== DATA_PAGE) throw new NeedsImport(`pages of type ${header.field_1}`);
  const { field_1: values, field_2: encoding, field_3, field_4 } = header.field_5 ?? {};
  // Some writers name another encoding for levels that do not exist.
  const isOld = (level: number, encoding: number) => level > 0 && encoding !== RLE;
  if (isOld(chunk.maxDefinitionLevel, field_3) || isOld(chunk.maxRepetitionLevel, field_4)) {
    throw new NeedsImport("levels that are not RLE");
  }
  if (encoding === PLAIN) return { content: "plain", values };
  if (encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY) {
    return { content: "codes", values };
  }
  throw new NeedsImport(`values in encoding ${encoding}`);
}

/** Finds the bounds of levels, which follow their length in bytes. */
function levelsAt(page: Uint8Array, at: number, maxLevel: number): [from: number, to: number] {
  if (maxLevel === 0) return [at, at];
  if (at + 4 > page.length) throw new Error("a page ends within its levels");
  const size = new DataView(page.buffer, page.byteOffset).getUint32(at, true);
  if (size > page.length - at - 4) throw new Error(`levels claim ${size} bytes`);
  return [at + 4, at + 4 + size];
}

function uncompress(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  codec: Codec,
): Uint8Array<ArrayBuffer> {
  let page: Uint8Array = bytes;
  try {
    // A page without values may be empty, without even the header of a compressed stream.
    if (bytes.length > 0) page = CODECS[codec].uncompress(bytes, size);
  } catch {
    throw new Error(`a page that ${codec.toLowerCase()} can't uncompress`);
  }
  if (page.length !== size) {
    throw new Error(`a page of ${bytes.length} bytes claims to hold ${size}`);
  }
  const { buffer, byteOffset } = page as Uint8Array<ArrayBuffer>;
  if (byteOffset + size + SLACK <= buffer.byteLength) {
    return new Uint8Array(buffer, byteOffset, size); // not a Buffer, whose `slice` does not copy
  }
  const copy = new Uint8Array(size + SLACK).subarray(0, size);
  copy.set(page);
  return copy;
}

/** What is known of a codec. */
interface KnownCodec {
  /** By which factor it shrinks bytes at most. */
  maxGrowth: number;
  /** Produces no more bytes than the header announces, whatever the page contains. */
  uncompress(bytes: Uint8Array, size: number): Uint8Array;
}

const CODECS: Readonly<Record<Codec, KnownCodec>> = {
  UNCOMPRESSED: { maxGrowth: 1, uncompress: (bytes) => bytes },
  // A copy of 64 bytes takes 3 bytes.
  SNAPPY: { maxGrowth: 22, uncompress: snappyUncompress },
  GZIP: {
    maxGrowth: Infinity,
    uncompress: (bytes, size) => gunzipSync(bytes, { maxOutputLength: Math.max(1, size) }),
  },
  ZSTD: {
    maxGrowth: Infinity,
    uncompress: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, size) }),
  },
  LZ4_RAW: {
    maxGrowth: 255, // each byte of a length adds as many
    // The library does not read a stream of nothing.
    uncompress: (bytes, size) => size === 0 ? bytes.subarray(0, 0) : decompressLz4Raw(bytes, size),
  },
};
