/**
 * Tags as they mostly are: a list of [key, value] lists, all of them there, in dictionary codes.
 * Two repetition levels say where a pair stands (0 2 for the first of a row, 1 2 for the next), and
 * two codes make a pair: read at double width, both become one number a pair.
 *
 * @module
 */
import {
  areAllPresent,
  type Arena,
  bitsOf,
  codeWidth,
  endOfHeader,
  headerOf,
  isDictionary,
  openPages,
  type Page,
  readCodes,
} from "../parquet/mod.ts";
import { createDistinct, type Distinct, readDictionary } from "./columns.ts";
import type { Chunk } from "./layout.ts";
import { Unsupported } from "../errors.ts";
import type { Scratch } from "./scratch.ts";
import type { Leaf } from "./schema.ts";

/** Wider codes than this are not read in pairs: a table of all pairs would be too large. */
const MOST_BITS = 10;

/** The bits of a repetition level: two levels are repeated. */
const LEVEL_BITS = 2;

/** Pairs as numbers. */
export interface CommonPairs {
  /** Each pair's levels, and times 16 its index: the two codes, the first one low. */
  pairs: Int32Array<ArrayBuffer>;
  /** The bits of a code. */
  bits: number;
  /** What the codes stand for. */
  distinct: Distinct;
}

/**
 * Reads a chunk of common tags. Whether they are pairs the levels will tell.
 *
 * @throws {Unsupported} If values are missing, or pairs don't lie whole in runs and pages of
 * dictionary codes.
 * @throws {Error} If the bytes are broken.
 */
export function readCommon(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  leaf: Leaf,
  { arena, scratch }: { arena: Arena; scratch: Scratch },
): CommonPairs {
  if (chunk.values % 2 === 1) throw new Unsupported("tags that are not all pairs");
  const distinct = createDistinct(leaf);
  let [at, bits] = [0, 0];
  let pairs = new Int32Array(0);
  for (const page of openPages(bytes, chunk, leaf, arena)) {
    if (page.dictionary) {
      readDictionary(page, distinct);
      continue;
    }
    if (at === 0) {
      // Not before the pages are known to hold that many.
      pairs = scratch("common pairs", chunk.values / 2 + 1);
      bits = Math.max(1, bitsOf(distinct.entries));
      if (bits > MOST_BITS) throw new Unsupported("too many distinct tags for pairs");
    }
    readPage(page, leaf, bits, pairs.subarray(at));
    at += page.values / 2;
  }
  return { pairs, bits, distinct };
}

function readPage(
  { bytes, values, encoding, repetition, definition }: Page,
  leaf: Leaf,
  wanted: number,
  out: Int32Array<ArrayBuffer>,
): void {
  if (values % 2 === 1) throw new Unsupported("a pair in two pages");
  if (!areAllPresent(bytes, definition, values, leaf.definition)) {
    throw new Unsupported("missing tags");
  }
  if (!isDictionary(encoding)) throw new Unsupported("tags without a dictionary");
  if (values === 0) return;
  const bits = codeWidth(bytes, definition[1]);
  const codes = [definition[1] + 1, bytes.length] as const;
  if (!readPacked(bytes, repetition, codes, bits, values / 2, out)) {
    const pairs = { count: values / 2, paired: true };
    readCodes(bytes, repetition, { ...pairs, bits: LEVEL_BITS }, out);
    const indices = new Int32Array(values / 2);
    readCodes(bytes, codes, { ...pairs, bits }, indices);
    for (let i = 0; i < indices.length; i++) out[i]! |= indices[i]! << 4;
  }
  if (bits !== wanted) spread(out, values / 2, bits, wanted);
}

/**
 * Reads levels and codes at once, where both lie in bit-packed runs of the same lengths: there is
 * little else, and once is faster than twice.
 *
 * @returns Whether they do; or else nothing is said of what is wrong.
 */
function readPacked(
  page: Uint8Array<ArrayBuffer>,
  [from, to]: readonly [from: number, to: number],
  codes: readonly [from: number, to: number],
  bits: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
): boolean {
  if (bits > 12) return false; // four bytes must hold a pair, wherever in a byte it begins
  const view = new DataView(page.buffer, page.byteOffset);
  let levelAt = from;
  let codeAt = codes[0];
  for (let filled = 0; filled < count;) {
    const levels = endOfHeader(page, levelAt, to);
    const start = endOfHeader(page, codeAt, codes[1]);
    const header = headerOf(page, levelAt, levels);
    const isSame = header === headerOf(page, codeAt, start);
    if (!isSame || (header & 1) === 0 || header === 1) return false;
    const groups = header >>> 1;
    const here = Math.min(groups * 4, count - filled);
    levelAt = levels + groups * LEVEL_BITS;
    codeAt = start + groups * bits;
    const end = start + ((here * bits * 2 + 7) >>> 3);
    if (end > page.length || levels + ((here + 1) >>> 1) > page.length) return false;
    unpackPairs(view, levels, start, bits * 2, here, out, filled);
    filled += here;
  }
  return true;
}

function unpackPairs(
  view: DataView<ArrayBuffer>,
  levels: number,
  codes: number,
  width: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  filled: number,
): void {
  const fours = width === 10 ? count & ~3 : 0; // of up to 32 tags: four pairs are 5 bytes
  const end = filled + fours;
  for (let o = filled, at = codes, l = levels; o < end; o += 4, at += 5, l += 2) {
    const level = view.getUint16(l, true);
    const low = view.getInt32(at, true);
    const high = view.getUint8(at + 4);
    out[o] = (level & 15) | ((low & 1023) << 4);
    out[o + 1] = ((level >>> 4) & 15) | ((low >>> 6) & (1023 << 4));
    out[o + 2] = ((level >>> 8) & 15) | ((low >>> 16) & (1023 << 4));
    out[o + 3] = (level >>> 12) | (((low >>> 30) | (high << 2)) << 4);
  }
  const mask = (1 << width) - 1;
  for (let i = fours, bit = codes * 8 + i * width; i < count; i++, bit += width) {
    const level = (view.getUint8(levels + (i >>> 1)) >>> ((i & 1) * 4)) & 15;
    out[filled + i] = level | (((view.getInt32(bit >> 3, true) >>> (bit & 7)) & mask) << 4);
  }
}

/** Gives the first code of each pair the bits that it has in other pages. */
function spread(pairs: Int32Array, count: number, bits: number, wanted: number): void {
  const mask = (1 << bits) - 1;
  for (let i = 0; i < count; i++) {
    const [level, index] = [pairs[i]! & 15, pairs[i]! >>> 4];
    const [first, second] = [index & mask, index >>> bits];
    if (first >>> wanted !== 0 || second >>> wanted !== 0) {
      throw new Error(`a code ${first} or ${second} of more than ${wanted} bits`);
    }
    pairs[i] = level | ((first | (second << wanted)) << 4);
  }
}
