/**
 * Reads the pairs in a column of lists as one number each, for its levels and its texts.
 *
 * A pair has two repetition levels, 0 2 for the first pair of a row and 1 2 for a later one, and
 * two codes. Exporters bit-pack both in runs of the same lengths. So the two levels of 2 bits can
 * be read as one number of 4 bits, and the two codes of w bits as one of 2w bits. If a page is
 * packed in another way, levels and codes are read one by one.
 *
 * @module
 */
import { internIn, LEVEL_BITS, readCoded, readDictionary, valuesAt } from "./columns.ts";
import type { Chunk } from "./footer.ts";
import { bitWidth, codesAt, Hybrid } from "./hybrid.ts";
import { IntBuffer } from "./int_buffer.ts";
import type { ListDictionary } from "./list_dictionary.ts";
import { NeedsImport } from "../errors.ts";
import { openPages, type Page } from "./pages.ts";

/** The two levels of the first pair of a row, of a later pair, and a mark after the last pair. */
export const FIRST = 0b1000, NEXT = 0b1001, END = 0b1111;

/**
 * Wider codes are not read in pairs, because the table of all possible pairs would be too large.
 */
const MAX_BITS = 10;

/** The pairs of a chunk. */
export interface Pairs {
  /** How many there are. */
  count: number;
  /** For each pair, its index times 16 plus its two levels; {@linkcode END} follows the last. */
  entries: Int32Array<ArrayBuffer>;
  /** For each index, the number of the pair in the dictionary + 1, or 0 if it is not known yet. */
  numbers: Int32Array<ArrayBuffer>;
  /** Looks up the number of an index, and stores it in `numbers`. */
  resolve(index: number): number;
}

/** Reads pairs, and reuses the memory that they are stored in. */
export class PairReader {
  readonly #pairs = new IntBuffer();
  readonly #numbers = new IntBuffer();
  readonly #levels = new IntBuffer();
  readonly #texts = new IntBuffer();

  /**
   * Reads the pairs of a chunk; they are valid until the next call.
   *
   * @throws {NeedsImport} If a list is null, or has a null or an odd number of texts.
   * @throws {Error} If the bytes are broken.
   */
  read(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk, dictionary: ListDictionary): Pairs {
    if (chunk.values % 2 === 1) throw new NeedsImport("lists that are not pairs");
    const pairs = this.#readPacked(bytes, chunk, dictionary) ??
      this.#readSingly(bytes, chunk, dictionary);
    pairs.entries[pairs.count] = END;
    return pairs;
  }

  /** Reads pairs whose levels and codes are bit-packed in the same runs; null if they are not. */
  #readPacked(
    bytes: Uint8Array<ArrayBuffer>,
    chunk: Chunk,
    dictionary: ListDictionary,
  ): Pairs | null {
    const pages = openPages(bytes, chunk); // checks, before memory is allocated, that so many exist
    const count = chunk.values / 2;
    const entries = this.#pairs.atLeast(count + 1);
    let ids = new Int32Array(0);
    let filled = 0;
    for (const page of pages) {
      if (page.content === "dictionary") {
        ids = readDictionary(page, internIn(dictionary.texts));
        if (bitWidth(ids.length) > MAX_BITS) return null;
        continue;
      }
      if (page.content === "plain" || page.values % 2 === 1 || ids.length === 0) return null;
      if (!readPackedPage(page, chunk, bitWidth(ids.length), entries, filled)) return null;
      filled += page.values / 2;
    }
    const bits = bitWidth(ids.length);
    const numbers = this.#numbers.zeros(1 << (2 * bits));
    return {
      count,
      entries,
      numbers,
      resolve(index) {
        const first = ids[index & ((1 << bits) - 1)];
        const second = ids[index >>> bits];
        if (first === undefined || second === undefined) {
          throw new Error(`a code for a dictionary of ${ids.length} values is too large`);
        }
        const number = dictionary.numberOf(first, second);
        numbers[index] = number + 1;
        return number;
      },
    };
  }

  /** Reads pairs level by level and text by text. */
  #readSingly(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk, dictionary: ListDictionary): Pairs {
    const count = chunk.values / 2;
    const levels = this.#levels.atLeast(2 * count);
    const texts = this.#texts.atLeast(2 * count);
    readCoded(bytes, chunk, internIn(dictionary.texts), texts, levels);
    const entries = this.#pairs.atLeast(count + 1);
    for (let i = 0; i < count; i++) {
      const number = dictionary.numberOf(texts[2 * i]!, texts[2 * i + 1]!);
      entries[i] = (number << 4) | levels[2 * i]! | (levels[2 * i + 1]! << LEVEL_BITS);
    }
    // Here an index is the number of the pair.
    const numbers = this.#numbers.atLeast(dictionary.pairCount);
    for (let i = 0; i < dictionary.pairCount; i++) numbers[i] = i + 1;
    return { count, entries, numbers, resolve: (index) => index };
  }
}

/**
 * Reads a page's pairs; returns false if its levels and codes are not packed in the same runs, or
 * its codes do not have `bits` bits.
 */
function readPackedPage(
  page: Page,
  chunk: Chunk,
  bits: number,
  out: Int32Array<ArrayBuffer>,
  filled: number,
): boolean {
  const { bytes, values, repetition } = page;
  const at = valuesAt(page, chunk);
  if (values === 0) return true;
  const levels = new Hybrid(bytes, ...repetition, LEVEL_BITS);
  const codes = codesAt(bytes, at);
  if (codes.width !== bits) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const last = filled + values / 2; filled < last;) {
    const header = levels.header();
    const groups = header >>> 1;
    if (header !== codes.header() || (header & 1) === 0 || groups === 0) return false;
    const count = Math.min(groups * 4, last - filled);
    const levelEnd = (count + 1) >>> 1;
    const codeEnd = (count * bits * 2 + 7) >>> 3;
    if (levels.at + levelEnd > levels.end || codes.at + codeEnd > codes.end) return false;
    unpackPairs(view, levels.at, codes.at, bits * 2, count, out, filled);
    levels.at += groups * LEVEL_BITS;
    codes.at += groups * bits;
    filled += count;
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
  const fours = width === 10 ? count & ~3 : 0; // up to 32 texts, the usual case: 4 pairs are 5 bytes
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
