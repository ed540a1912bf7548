/**
 * Reads flat columns without nulls as dictionary codes, one per row. Values of pages without a
 * dictionary are given codes as well.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";
import type { Chunk } from "./footer.ts";
import { areAllPresent, readCodes, readWidth } from "./hybrid.ts";
import { openPages, type Page, type PageBuffer } from "./pages.ts";
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
  buffer: PageBuffer,
  texts: TextSet,
  codes: Int32Array,
): void {
  const encode = ({ bytes }: Page, at: number, count: number, out: Int32Array, filled: number) => {
    eachText(bytes, at, count, (source, start, end, i) => {
      out[filled + i] = texts.intern(source, start, end);
    });
  };
  readFlat(bytes, chunk, buffer, codes, encode);
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
  buffer: PageBuffer,
  codes: Int32Array,
): DataView<ArrayBuffer> {
  let dictionary = new DataView(new ArrayBuffer(0));
  /** The values of pages without a dictionary, whose codes follow those of the dictionary. */
  const others = new Map<bigint, number>();
  const encode = (
    { bytes, content }: Page,
    at: number,
    count: number,
    out: Int32Array,
    filled: number,
  ) => {
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
  readFlat(bytes, chunk, buffer, codes, encode);
  if (others.size === 0) return dictionary;
  const all = new BigInt64Array(dictionary.byteLength / 8 + others.size);
  new Uint8Array(all.buffer).set(new Uint8Array(dictionary.buffer));
  all.set([...others.keys()], dictionary.byteLength / 8);
  return new DataView(all.buffer);
}

/** Assigns codes to the `count` values of a page at `at`, and stores them in `out` at `filled`. */
export type Encode = (
  page: Page,
  at: number,
  count: number,
  out: Int32Array,
  filled: number,
) => void;

function readFlat(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  buffer: PageBuffer,
  codes: Int32Array,
  encode: Encode,
): void {
  let ids = new Int32Array(0);
  let row = 0;
  for (const page of openPages(bytes, chunk, buffer)) {
    if (page.content === "dictionary") {
      ids = readDictionary(page, encode);
      continue;
    }
    const at = valuesAt(page, chunk);
    if (page.content === "plain") encode(page, at, page.values, codes, row);
    else readPageCodes(page, at, ids, codes, row);
    row += page.values;
  }
}

/** Reads the bit width and the codes at `at`, and stores the ids of the codes in `out`. */
export function readPageCodes(
  { bytes, values }: Page,
  at: number,
  ids: Int32Array,
  out: Int32Array,
  filled: number,
): void {
  if (values === 0) return;
  const width = readWidth(bytes, at);
  readCodes(bytes, at + 1, bytes.length, width, values, ids, out, filled);
}

/** Returns where a page's values begin, after checking that none of them is null. */
export function valuesAt({ bytes, values, definition: [from, to] }: Page, chunk: Chunk): number {
  const { maxDefinitionLevel } = chunk;
  if (maxDefinitionLevel > 0 && !areAllPresent(bytes, from, to, values, maxDefinitionLevel)) {
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

/** Calls `each` with the bounds of `count` texts, each of which follows its length. */
export function eachText(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  each: (bytes: Uint8Array<ArrayBuffer>, start: number, end: number, index: number) => void,
): void {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  for (let i = 0; i < count; i++) {
    const start = at + 4;
    at = start + (start <= page.length ? view.getUint32(at, true) : Infinity);
    if (at > page.length) throw new Error("a text that is longer than its page");
    each(page, start, at, i);
  }
}
