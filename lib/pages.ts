/**
 * The pages of a parquet column chunk, opened without believing them: every size and count is held
 * against the bytes that are there before it is used, so that broken bytes are an exception, never
 * a hang, a huge allocation or a wrong value.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { snappyUncompress } from "hyparquet";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { Unsupported } from "./codes.ts";

/** Where one column's bytes lie in a file. */
export interface Chunk {
  /** The first byte of the dictionary page, counted from the start of the file. */
  offset: number;
  /** The length in bytes of the dictionary page and the data page together. */
  size: number;
  /** How the two pages are compressed. */
  codec: "SNAPPY" | "UNCOMPRESSED";
  /** How many values (levels, for a list) the data page must hold. */
  values: number;
  /** Whether there are definition levels: the column is optional, even if nothing is missing. */
  levels: boolean;
}

/** A column chunk's two pages, uncompressed. */
export interface Pages {
  /** The dictionary page: values in PLAIN encoding. */
  dictionary: Uint8Array<ArrayBuffer>;
  /** How many values the dictionary claims. */
  entries: number;
  /** The data page: levels and codes. */
  data: Uint8Array<ArrayBuffer>;
}

/** Buffers that are used again for every file: fresh pages cost more than the work done in them. */
export interface Arena {
  /** Room for the uncompressed pages of one file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How much of it is taken. */
  at: number;
}

/** The unpacker reads four bytes at a time, so that many may be touched behind a page's end. */
const SLACK = 8;
/** No snappy stream grows by more than this: a copy of 64 bytes takes 3. */
const SNAPPY_GROWTH = 22;

/** Thrift's numbers for what the fast reader takes. */
const DICTIONARY_PAGE = 2, DATA_PAGE = 0, PLAIN = 0, PLAIN_DICTIONARY = 2, RLE_DICTIONARY = 8;
const RLE = 3;

/**
 * Opens a column chunk of one dictionary page and one v1 data page.
 *
 * @param bytes The chunk's bytes.
 * @param chunk What the footer says of it.
 * @param arena Where the uncompressed pages go; the result points into it.
 * @throws {Unsupported} For other kinds of pages or encodings.
 * @throws {Error} For bytes that can't be a page.
 */
export function openPages(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk, arena: Arena): Pages {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  const next = (type: number) => {
    const header = deserializeTCompactProtocol(reader);
    const [found, raw, size] = [header.field_1, header.field_2, header.field_3];
    if (found !== type) throw new Unsupported(`a page of type ${found} where ${type} was expected`);
    if (!(size >= 0) || size > bytes.length - reader.offset) {
      throw new Error(`a page claims ${size} bytes, ${bytes.length - reader.offset} are left`);
    }
    const limit = chunk.codec === "SNAPPY" ? size * SNAPPY_GROWTH : size;
    if (!(raw >= 0) || raw > limit) {
      throw new Error(`a page of ${size} bytes claims to hold ${raw}`);
    }
    const packed = bytes.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    const sum = header.field_4;
    if (sum !== undefined && crc32(packed) !== sum >>> 0) {
      throw new Error("a page whose checksum is wrong");
    }
    return { header, page: uncompress(packed, raw, chunk.codec, arena) };
  };
  const first = next(DICTIONARY_PAGE);
  const { field_1: entries, field_2: plain } = first.header.field_7 ?? {};
  if (plain !== PLAIN && plain !== PLAIN_DICTIONARY) {
    throw new Unsupported(`a dictionary in encoding ${plain}`);
  }
  if (!(entries >= 0)) throw new Error(`a dictionary of ${entries} values`);
  const second = next(DATA_PAGE);
  const { field_1: values, field_2: coding, field_3: definition, field_4: repetition } =
    second.header.field_5 ?? {};
  if (coding !== RLE_DICTIONARY && coding !== PLAIN_DICTIONARY) {
    throw new Unsupported(`a data page in encoding ${coding}`);
  }
  if (definition !== RLE || repetition !== RLE) throw new Unsupported("levels that are not RLE");
  if (values !== chunk.values) {
    if (reader.offset < bytes.length) throw new Unsupported("several data pages");
    throw new Error(`a data page of ${values} values where the footer counts ${chunk.values}`);
  }
  if (reader.offset !== bytes.length) throw new Error("bytes behind the last page of a column");
  return { dictionary: first.page, entries, data: second.page };
}

function uncompress(
  packed: Uint8Array<ArrayBuffer>,
  raw: number,
  codec: Chunk["codec"],
  arena: Arena,
): Uint8Array<ArrayBuffer> {
  if (arena.at + raw + SLACK > arena.bytes.length) {
    // Pages handed out before keep the old buffer alive for as long as they are needed.
    arena.bytes = new Uint8Array((arena.at + raw + SLACK) * 2);
    arena.at = 0;
  }
  const page = arena.bytes.subarray(arena.at, arena.at + raw);
  arena.at += raw + SLACK;
  if (codec === "SNAPPY") snappyUncompress(packed, page);
  else page.set(packed);
  return page;
}

/** Calls `each` with the bounds of every text of a dictionary of byte arrays. */
export function eachText(
  { dictionary, entries }: Pages,
  each: (index: number, start: number, end: number) => void,
): void {
  const view = new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
  if (entries > dictionary.length / 4) {
    throw new Error(`a dictionary of ${dictionary.length} bytes claims ${entries} texts`);
  }
  let at = 0;
  for (let i = 0; i < entries; i++) {
    const start = at + 4;
    const end = start + (start <= dictionary.length ? view.getUint32(at, true) : Infinity);
    if (end > dictionary.length) throw new Error("a text that is longer than its dictionary");
    each(i, start, end);
    at = end;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The texts of a dictionary of byte arrays. */
export function dictionaryTexts(pages: Pages): string[] {
  const found: string[] = [];
  eachText(pages, (i, start, end) => found[i] = utf8.decode(pages.dictionary.subarray(start, end)));
  return found;
}

/**
 * Hands out arrays of 32-bit numbers by name, the same ones for every file. What is in them is
 * left over, but with `keep` the old array's numbers are kept, and zeros follow.
 */
export type Scratch = (name: string, length: number, keep?: boolean) => Int32Array<ArrayBuffer>;

/** Makes an empty set of scratch arrays. */
export function createScratch(): Scratch {
  const arrays = new Map<string, Int32Array<ArrayBuffer>>();
  return (name, length, keep = false) => {
    const old = arrays.get(name);
    if (old !== undefined && old.length >= length) return old;
    const array = new Int32Array(Math.ceil(length * 1.5));
    if (keep && old !== undefined) array.set(old);
    arrays.set(name, array);
    return array;
  };
}
