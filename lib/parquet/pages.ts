/**
 * The pages of a parquet column chunk, opened without believing them: every size and count is held
 * against the bytes that are there before it is used, so that broken bytes are an exception, never
 * a hang, a huge allocation or a wrong value.
 *
 * @module
 */
import { crc32, gunzipSync, zstdDecompressSync } from "node:zlib";
import { snappyUncompressor } from "hysnappy";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import type { Chunk } from "../telemetry/mod.ts";
import { Unsupported } from "../errors.ts";

/** How deep a column is nested. */
export interface Nesting {
  /** The highest repetition level. */
  repetition: number;
  /** The highest definition level: that of a value that is there. */
  definition: number;
}

/** What a page's header says. */
interface Head {
  dictionary: boolean;
  /** Where the page's bytes begin and end in the chunk. */
  start: number;
  end: number;
  /** Its size, uncompressed. */
  raw: number;
  values: number;
  encoding: number;
  /** The sizes of repetition and definition levels, where they stand uncompressed before the rest. */
  levels: readonly [repetition: number, definition: number] | null;
  packed: boolean;
}

/** A page of a chunk, uncompressed. */
export interface Page {
  /** Whether it is the dictionary: distinct values, which codes refer to. */
  dictionary: boolean;
  /** Levels and values. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many values (levels, for a list) it holds. */
  values: number;
  /** How the values are encoded: see {@linkcode Encoding}. */
  encoding: number;
  /** Bounds of the repetition levels. */
  repetition: readonly [from: number, to: number];
  /** Bounds of the definition levels; the values stand behind them. */
  definition: readonly [from: number, to: number];
}

/** Buffers that are used again for every file: fresh pages cost more than the work done in them. */
export interface Arena {
  /** Room for the uncompressed pages of one file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How much of it is taken. */
  at: number;
}

/** The unpackers read four bytes at a time, so that many may be touched behind a page's end. */
export const SLACK = 8;
/** No snappy stream grows by more than this: a copy of 64 bytes takes 3. */
const SNAPPY_GROWTH = 22;
/** Chunks that grow by more than this, and pages beyond that size, are left to the other reader. */
const MOST_GROWTH = 1000, FREE_GROWTH = 1 << 24, MOST_PAGE = 1 << 27;

/** Thrift's numbers for pages and encodings. */
const DATA_PAGE = 0, INDEX_PAGE = 1, DICTIONARY_PAGE = 2, DATA_PAGE_V2 = 3;
/** How values may be encoded. */
export const Encoding = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinary: 5,
  deltaLength: 6,
  deltaText: 7,
  dictionary: 8,
  streamSplit: 9,
} as const;

/** Whether values are codes into the dictionary. */
export function isDictionary(encoding: number): boolean {
  return encoding === Encoding.dictionary || encoding === Encoding.plainDictionary;
}

/**
 * Opens the pages of a column chunk, one after the other; each is valid until the next one, but
 * for the dictionary, which stays.
 *
 * @param bytes The chunk's bytes.
 * @param chunk What the footer says of it.
 * @param arena Where the uncompressed pages go.
 * @throws {Unsupported} For pages that the fast reader leaves to the general one.
 * @throws {Error} For bytes that can't be pages.
 */
export function* openPages(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  nesting: Nesting,
  arena: Arena,
): Generator<Page> {
  for (const head of readHeads(bytes, chunk, nesting)) {
    const { dictionary, start, end, levels, values, encoding } = head;
    const [room, before] = [arena.bytes, arena.at];
    const page = uncompress(bytes.subarray(start, end), head, chunk.codec, arena);
    const bounds = dictionary ? [0, 0, 0, 0] as const : boundsOf(page, levels, nesting);
    const [a, b, c, d] = bounds;
    yield { dictionary, bytes: page, values, encoding, repetition: [a, b], definition: [c, d] };
    // A data page makes room for the next; a larger arena keeps nothing that is still needed.
    if (!dictionary) arena.at = arena.bytes === room ? before : 0;
  }
}

/**
 * Checks that the page headers of a chunk are sound and say what the footer says.
 *
 * @throws {Unsupported} If the fast reader leaves them to the general one.
 * @throws {Error} If they are not.
 */
export function checkPages(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  nesting: Nesting,
): void {
  readHeads(bytes, chunk, nesting);
}

/** Reads all page headers, before anything is made of the numbers in them. */
function readHeads(
  bytes: Uint8Array<ArrayBuffer>,
  { codec, values }: Chunk,
  nesting: Nesting,
): Head[] {
  const heads: Head[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  let [count, total] = [0, 0];
  while (reader.offset < bytes.length) {
    const header = deserializeTCompactProtocol(reader);
    const [type, raw, size] = [header.field_1, header.field_2, header.field_3];
    const start = reader.offset;
    if (type === undefined) throw new Error("bytes behind the last page of a column");
    if (!(size >= 0) || size > bytes.length - start) {
      throw new Error(`a page claims ${size} bytes, ${bytes.length - start} are left`);
    }
    const limit = codec === "SNAPPY"
      ? size * SNAPPY_GROWTH
      : codec === "UNCOMPRESSED"
      ? size
      : Infinity;
    if (!(raw >= 0) || raw > limit) {
      throw new Error(`a page of ${size} bytes claims to hold ${raw}`);
    }
    total += raw;
    if (total > FREE_GROWTH + MOST_GROWTH * bytes.length || raw > MOST_PAGE) {
      throw new Unsupported(`a page of ${raw} bytes`);
    }
    const end = reader.offset = start + size;
    const sum = header.field_4;
    if (sum !== undefined && crc32(bytes.subarray(start, end)) !== sum >>> 0) {
      throw new Error("a page whose checksum is wrong");
    }
    if (type === INDEX_PAGE) continue;
    const head = headOf(type, header, nesting);
    if (head === null) throw new Unsupported(`a page of type ${type}`);
    if (!Number.isInteger(head.values) || head.values < 0) {
      throw new Error(`a page of ${head.values} values`);
    }
    if (head.dictionary && heads.length > 0) throw new Error("a dictionary behind other pages");
    if (head.levels !== null && !(head.levels[0] + head.levels[1] <= Math.min(raw, size))) {
      throw new Error(`levels claim ${head.levels} bytes`);
    }
    if (!head.dictionary) count += head.values;
    heads.push({ ...head, start, end, raw });
  }
  if (count !== values) {
    throw new Error(`pages of ${count} values where the footer counts ${values}`);
  }
  return heads;
}

function headOf(
  type: number,
  header: ReturnType<typeof deserializeTCompactProtocol>,
  nesting: Nesting,
): Omit<Head, "start" | "end" | "raw"> | null {
  if (type === DICTIONARY_PAGE) {
    const { field_1: values, field_2: encoding } = header.field_7 ?? {};
    return { dictionary: true, values, encoding, levels: null, packed: true };
  }
  if (type === DATA_PAGE) {
    const { field_1: values, field_2: encoding, field_3: definition, field_4: repetition } =
      header.field_5 ?? {};
    // Where there are no levels, some writers name another encoding.
    const isOld = (level: number, coding: number) => level > 0 && coding !== Encoding.rle;
    if (isOld(nesting.definition, definition) || isOld(nesting.repetition, repetition)) {
      throw new Unsupported("levels that are not RLE");
    }
    return { dictionary: false, values, encoding, levels: null, packed: true };
  }
  if (type !== DATA_PAGE_V2) return null;
  const { field_1: values, field_4: encoding, field_5, field_6, field_7 } = header.field_8 ?? {};
  if (!(field_5 >= 0 && field_6 >= 0)) throw new Error("a page without the size of its levels");
  const levels = [field_6, field_5] as const;
  return { dictionary: false, values, encoding, levels, packed: field_7 !== false };
}

/** Where a page's levels stand: repetition levels from a to b, definition levels from c to d. */
function boundsOf(
  page: Uint8Array,
  levels: Head["levels"],
  nesting: Nesting,
): readonly [a: number, b: number, c: number, d: number] {
  if (levels !== null) return [0, levels[0], levels[0], levels[0] + levels[1]];
  // Without the header's help, they stand behind their length in bytes.
  const ends = (at: number, level: number): [from: number, to: number] => {
    if (level === 0) return [at, at];
    if (at + 4 > page.length) throw new Error("a page ends within its levels");
    const size = new DataView(page.buffer, page.byteOffset).getUint32(at, true);
    if (size > page.length - at - 4) throw new Error(`levels claim ${size} bytes`);
    return [at + 4, at + 4 + size];
  };
  const [a, b] = ends(0, nesting.repetition);
  return [a, b, ...ends(b, nesting.definition)];
}

function uncompress(
  bytes: Uint8Array<ArrayBuffer>,
  { raw, levels, packed }: Head,
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
  const plain = (levels?.[0] ?? 0) + (levels?.[1] ?? 0);
  page.set(bytes.subarray(0, plain));
  const [from, to] = [bytes.subarray(plain), page.subarray(plain)];
  const content = packed ? unpackers[codec](from, to.length) : from;
  if (content.length !== to.length) {
    throw new Error(`a page of ${bytes.length} bytes claims to hold ${raw}`);
  }
  to.set(content);
  return page;
}

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array;

/** Unpackers that stop where a page should end, whatever its bytes say. */
const unpackers: Record<Chunk["codec"], Unpack> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: unpackSnappy,
  ZSTD: limited(zstdDecompressSync),
  GZIP: limited(gunzipSync),
};

const uncompressSnappy = snappyUncompressor();

function unpackSnappy(bytes: Uint8Array, size: number): Uint8Array {
  // Where all values are missing there may be nothing at all, not even nothing compressed.
  if (bytes.length === 0) return bytes;
  let claim = 0;
  for (let i = 0; i < 5; i++) {
    claim += (bytes[i]! & 127) * 2 ** (7 * i);
    if (!(bytes[i]! > 127)) break;
  }
  // The library unpacks as much as the bytes claim, and hands out as much as it is asked for.
  if (claim !== size) throw new Error(`a page of ${size} bytes claims to hold ${claim}`);
  return uncompressSnappy(bytes, size);
}

function limited(
  unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
): Unpack {
  return (bytes, size) =>
    bytes.length === 0 ? bytes : unpack(bytes, { maxOutputLength: Math.max(1, size) });
}
