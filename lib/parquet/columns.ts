/**
 * Reads flat columns without nulls as dictionary codes, one per row. Values of pages without a
 * dictionary are given codes as well.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";
import type { Chunk } from "./footer.ts";
import { areAllPresent, bitWidth, codesAt, Hybrid, readCodes } from "./hybrid.ts";
import { openPages, type Page } from "./pages.ts";
import type { TextSet } from "./text_set.ts";

/** A column, dictionary-coded. */
export interface Coded<T> {
  /** One code per row. */
  codes: Int32Array<ArrayBuffer>;
  /** What each code stands for. */
  dictionary: T;
}

/**
 * Reads a chunk of texts.
 *
 * @param texts Assigns the codes.
 * @param codes Receives each row's code.
 * @throws {NeedsImport} If values are missing, or the pages are of a kind that exporters do not
 * write.
 * @throws {Error} If the bytes are broken.
 */
export function readTexts(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  texts: TextSet,
  codes: Int32Array,
): void {
  readCoded(bytes, chunk, internIn(texts), codes);
}

/**
 * Reads a chunk of 64-bit integers.
 *
 * @param codes Receives each row's code.
 * @returns The integer of each code, 8 bytes each.
 * @throws {NeedsImport} If values are missing, or the pages are of a kind that exporters do not
 * write.
 * @throws {Error} If the bytes are broken.
 */
export function readIntegers(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  codes: Int32Array,
): DataView<ArrayBuffer> {
  let dictionary = new DataView(new ArrayBuffer(0));
  /** The values of pages without a dictionary, whose codes follow those of the dictionary. */
  const others = new Map<bigint, number>();
  const encode: Encode = ({ bytes, content }, at, count, out, filled) => {
    if (at + count * 8 > bytes.length) throw new Error(`a page too short for ${count} integers`);
    if (content === "dictionary") {
      dictionary = new DataView(bytes.slice(0, count * 8).buffer);
      for (let i = 0; i < count; i++) out[i] = i;
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const known = dictionary.byteLength / 8;
    for (let i = 0; i < count; i++) {
      const integer = view.getBigInt64(at + i * 8, true);
      out[filled + i] = known + others.getOrInsert(integer, others.size);
    }
  };
  readCoded(bytes, chunk, encode, codes);
  if (others.size === 0) return dictionary;
  const all = new BigInt64Array(dictionary.byteLength / 8 + others.size);
  new Uint8Array(all.buffer).set(new Uint8Array(dictionary.buffer));
  all.set([...others.keys()], dictionary.byteLength / 8);
  return new DataView(all.buffer);
}

/** Assigns codes to the `count` PLAIN values of a page at `at`; stores them in `out` at `filled`. */
export type Encode = (
  page: Page,
  at: number,
  count: number,
  out: Int32Array,
  filled: number,
) => void;

/** Encodes texts, each of which follows its length, by the ids that they have in a set. */
export function internIn(texts: TextSet): Encode {
  return ({ bytes }, at, count, out, filled) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < count; i++) {
      const start = at + 4;
      at = start + (start <= bytes.length ? view.getUint32(at, true) : Infinity);
      if (at > bytes.length) throw new Error("a text that is longer than its page");
      out[filled + i] = texts.intern(bytes, start, at);
    }
  };
}

/**
 * Reads a chunk whose values are all present.
 *
 * @param codes Receives the code of each value.
 * @param levels Receives the repetition level of each value of a list.
 */
export function readCoded(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  encode: Encode,
  codes: Int32Array,
  levels?: Int32Array,
): void {
  let ids = new Int32Array(0);
  let filled = 0;
  for (const page of openPages(bytes, chunk)) {
    const { content, values, repetition: [from, to] } = page;
    if (content === "dictionary") {
      ids = readDictionary(page, encode);
      continue;
    }
    if (levels !== undefined) {
      readCodes(new Hybrid(page.bytes, from, to, LEVEL_BITS), values, LEVELS, levels, filled);
    }
    const at = valuesAt(page, chunk);
    if (content === "plain") encode(page, at, values, codes, filled);
    else if (values > 0) readCodes(codesAt(page.bytes, at), values, ids, codes, filled);
    filled += values;
  }
}

/** Bits per repetition level: lists in lists have the levels 0, 1 and 2. */
export const LEVEL_BITS = 2;
/** The "ids" of repetition levels for readCodes(): the levels themselves. */
const LEVELS = Int32Array.of(0, 1, 2);

/** Returns where a page's values begin, after checking that none of them is null. */
export function valuesAt({ bytes, values, definition: [from, to] }: Page, chunk: Chunk): number {
  const { maxDefinitionLevel: max } = chunk;
  if (max > 0 && !areAllPresent(new Hybrid(bytes, from, to, bitWidth(max + 1)), values, max)) {
    throw new NeedsImport("values that are missing");
  }
  return to;
}

/** Reads a dictionary page, and returns the id of each of its codes. */
export function readDictionary(page: Page, encode: Encode): Int32Array<ArrayBuffer> {
  const { bytes, values } = page;
  // Each value takes at least 4 bytes.
  if (values > bytes.length / 4) {
    throw new Error(`a dictionary of ${bytes.length} bytes claims ${values} values`);
  }
  const ids = new Int32Array(values);
  encode(page, 0, values, ids, 0);
  return ids;
}
