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

/** Thrown for a file that is sound but of a shape that the fast reader leaves to the general one. */
export class Unsupported extends Error {
  /** The name that tells it from a broken file. */
  override name = "Unsupported";
}

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

/**
 * Takes off a page's run of definition levels, which must say that every value is present.
 *
 * @returns Where the levels end.
 * @throws {Unsupported} If anything is missing.
 */
export function skipAllPresent(page: Uint8Array, at: number, count: number, level: number): number {
  const end = levelsEnd(page, at);
  let [header, from] = varint(page, at + 4, end);
  let seen = 0;
  while (seen < count) {
    if ((header & 1) === 1 || page[from] !== level) throw new Unsupported("missing values");
    seen += header >>> 1;
    if (seen < count) [header, from] = varint(page, from + 1, end);
  }
  return end;
}

/** Where the levels that begin at `at` end: they stand behind their length in bytes. */
export function levelsEnd(page: Uint8Array, at: number): number {
  if (at + 4 > page.length) throw new Error("a page ends within its levels");
  const size =
    (page[at]! | (page[at + 1]! << 8) | (page[at + 2]! << 16) | (page[at + 3]! << 24)) >>>
    0;
  if (size > page.length - at - 4) throw new Error(`levels claim ${size} bytes`);
  return at + 4 + size;
}

function varint(bytes: Uint8Array, at: number, end: number): [value: number, at: number] {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= end) throw new Error("a page ends within a run");
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
  throw new Error("a run's length of more than 32 bits");
}

/** Runs of equal codes: run `i` ends before row `ends[i]`. */
export interface Runs {
  /** The row behind each run. */
  ends: Int32Array<ArrayBuffer>;
  /** The code of each run. */
  codes: Int32Array<ArrayBuffer>;
  /** How many runs there are. */
  length: number;
}

/**
 * Reads a hybrid of run-length and bit-packed codes as what it mostly is: runs.
 *
 * @param count How many codes there must be.
 * @param scratch Room for `count` codes.
 */
export function readRuns(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  scratch: Int32Array<ArrayBuffer>,
  runs: Runs,
): void {
  runs.length = 0;
  const width = codeWidth(page, at++);
  const { ends, codes } = runs;
  let row = 0, length = 0, last = -1;
  while (row < count) {
    const [header, from] = varint(page, at, page.length);
    at = from;
    if (header & 1) {
      const here = Math.min((header >>> 1) * 8, count - row);
      at = unpack(page, at, width, header >>> 1, here, scratch, 0);
      for (let i = 0; i < here; i++) {
        const code = scratch[i]!;
        if (code !== last) codes[length++] = last = code;
        ends[length - 1] = ++row;
      }
    } else {
      const code = packedCode(page, at, width);
      at += (width + 7) >>> 3;
      const here = runLength(header, count - row);
      if (code !== last) codes[length++] = last = code;
      ends[length - 1] = row += here;
    }
  }
  runs.length = length;
}

/**
 * Reads a hybrid of run-length and bit-packed codes into an array.
 *
 * With `paired`, two codes of w bits are read as one of 2w bits (first code low), since that is
 * the same bits. Every run must then hold an even number of codes.
 *
 * @param count How many codes (or pairs of them) there must be.
 */
export function readCodes(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  end: number,
  bits: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  paired: boolean,
): void {
  const width = paired ? bits * 2 : bits;
  if (width > 24) throw new Unsupported(`codes of ${width} bits`);
  let filled = 0;
  while (filled < count) {
    const [header, from] = varint(page, at, end);
    at = from;
    if (header & 1) {
      const groups = header >>> 1;
      const here = Math.min(groups * (paired ? 4 : 8), count - filled);
      at = unpack(page, at, bits, groups, here, out, filled, width);
      filled += here;
    } else {
      const code = packedCode(page, at, bits);
      at += (bits + 7) >>> 3;
      if (paired && header & 2) throw new Unsupported("a pair that is split between two runs");
      const here = runLength(paired ? header >>> 1 : header, count - filled);
      out.fill(paired ? code | (code << bits) : code, filled, filled + here);
      filled += here;
    }
  }
}

/** The bit width that stands before a page's codes. */
export function codeWidth(page: Uint8Array, at: number): number {
  const width = page[at];
  if (width === undefined) throw new Error("a page ends before its codes");
  if (width > 24) throw new Unsupported(`codes of ${width} bits`);
  return width;
}

function runLength(header: number, left: number): number {
  const length = header >>> 1;
  if (length === 0 || length > left) throw new Error(`a run of ${length} where ${left} are left`);
  return length;
}

function packedCode(page: Uint8Array, at: number, width: number): number {
  const size = (width + 7) >>> 3;
  if (at + size > page.length) throw new Error("a page ends within a run");
  let code = 0;
  for (let i = 0; i < size; i++) code |= page[at + i]! << (8 * i);
  return code;
}

/** Unpacks `count` codes of `width` bits from `groups` groups of 8 codes of `bits` bits. */
function unpack(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  bits: number,
  groups: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  filled: number,
  width: number = bits,
): number {
  const size = groups * bits;
  // Writers may cut the last group's padding, never its codes.
  if (at + ((count * width + 7) >>> 3) > page.length) throw new Error("a page ends within a run");
  if (groups === 0) throw new Error("an empty run");
  if (width === 4) { // repetition levels of pairs: the half of all there is to unpack
    for (let i = 0; i < count; i += 2) {
      const both = page[at + (i >>> 1)]!;
      out[filled + i] = both & 15;
      out[filled + i + 1] = both >>> 4;
    }
    return at + size;
  }
  const view = new DataView(page.buffer, page.byteOffset);
  const mask = 2 ** width - 1;
  for (let i = 0, bit = at * 8; i < count; i++, bit += width) {
    out[filled + i] = (view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask;
  }
  return at + size;
}

/** Every code must name an entry of its dictionary. */
export function checkCodes(codes: Int32Array, count: number, entries: number): void {
  let most = -1;
  for (let i = 0; i < count; i++) if (codes[i]! > most) most = codes[i]!;
  if (most >= entries) throw new Error(`a code ${most} for a dictionary of ${entries} values`);
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
