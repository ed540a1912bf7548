/**
 * Tags as they mostly are: a list of [key, value] lists, all of them there, in dictionary codes.
 * Two repetition levels say where a pair stands (0 2 for the first of a row, 1 2 for the next), and
 * two codes make a pair: read at double width, both become one number a pair.
 *
 * @module
 */
import { areAllPresent, bitsOf, codeWidth, readCodes, Unsupported } from "./codes.ts";
import { createDistinct, type Distinct, readDictionary } from "./columns.ts";
import { type Arena, type Chunk, isDictionary, openPages, type Page } from "./pages.ts";
import type { Scratch } from "./scratch.ts";
import type { Leaf } from "./schema.ts";

/** Wider codes than this are not read in pairs: a table of all pairs would be too large. */
const MOST_BITS = 10;

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
  const pairs = { count: values / 2, paired: true };
  readCodes(bytes, repetition, { ...pairs, bits: bitsOf(leaf.repetition + 1) }, out);
  const bits = codeWidth(bytes, definition[1]);
  const codes = [definition[1] + 1, bytes.length] as const;
  readCodes(bytes, codes, { ...pairs, bits, onto: true }, out);
  if (bits !== wanted) spread(out, values / 2, bits, wanted);
}

/** Gives the first code of each pair the bits that it has in other pages. */
function spread(pairs: Int32Array, count: number, bits: number, wanted: number): void {
  const mask = 2 ** bits - 1;
  for (let i = 0; i < count; i++) {
    const [level, index] = [pairs[i]! & 15, pairs[i]! >>> 4];
    const [first, second] = [index & mask, index >>> bits];
    if (first >>> wanted !== 0 || second >>> wanted !== 0) {
      throw new Error(`a code ${first} or ${second} of more than ${wanted} bits`);
    }
    pairs[i] = level | ((first | (second << wanted)) << 4);
  }
}
