/**
 * A column chunk as levels, and as codes into its distinct values, however it is encoded. Values
 * that stand in pages without a dictionary are given codes behind those of the dictionary.
 *
 * @module
 */
import {
  areAllPresent,
  type Arena,
  bitsOf,
  clearTexts,
  codeWidth,
  createTexts,
  isDictionary,
  openPages,
  type Page,
  PageEncoding as Encoding,
  readCodes,
  textId,
  type Texts,
} from "../parquet/mod.ts";
import type { Chunk } from "./layout.ts";
import type { Scratch } from "./scratch.ts";
import type { Leaf } from "./schema.ts";
import { type Each, eachFixed, eachText, eachValue, WIDTHS } from "./encodings.ts";
import { Unsupported } from "../errors.ts";

/** The distinct values of a column chunk. */
export interface Distinct {
  /** The bytes of each value, or 0 if they are texts. */
  width: number;
  /** The dictionary page: values in PLAIN encoding. */
  dictionary: Uint8Array<ArrayBuffer>;
  /** How many values the dictionary has. */
  entries: number;
  /** Those that no dictionary holds, if there are any. */
  others: Texts | null;
  /** How many there are together: codes are below. */
  size: number;
}

/** A column chunk. */
export interface Column {
  /** The repetition levels, or null if nothing is repeated. */
  repetition: Int32Array<ArrayBuffer> | null;
  /** The definition levels, or null if everything is there. */
  definition: Int32Array<ArrayBuffer> | null;
  /** The codes of the values that are there. */
  codes: Int32Array<ArrayBuffer>;
  /** What the codes stand for. */
  distinct: Distinct;
}

const NONE = new Uint8Array(0), NO_CODES = new Int32Array(0);

/** A column chunk's distinct values, of which none is known yet. */
export function createDistinct(leaf: Leaf): Distinct {
  return { width: WIDTHS[leaf.type], dictionary: NONE, entries: 0, others: null, size: 0 };
}

/**
 * Reads a column chunk.
 *
 * @param name A name for its scratch arrays.
 * @throws {Unsupported} If the fast reader does not take it.
 * @throws {Error} If the bytes are broken.
 */
export function readColumn(
  bytes: Uint8Array<ArrayBuffer>,
  chunk: Chunk,
  leaf: Leaf,
  { arena, scratch }: { arena: Arena; scratch: Scratch },
  name: string,
): Column {
  const distinct = createDistinct(leaf);
  const column: Column = { repetition: null, definition: null, codes: NO_CODES, distinct };
  let [values, present] = [0, 0];
  for (const page of openPages(bytes, chunk, leaf, arena)) {
    if (page.dictionary) {
      readDictionary(page, distinct);
      continue;
    }
    const { values: count, repetition, definition } = page;
    if (values === 0) {
      // Not before the pages are known to hold that many.
      column.codes = scratch(`${name} codes`, chunk.values + 1);
      if (leaf.repetition > 0) column.repetition = scratch(`${name} repetition`, chunk.values);
    }
    if (column.repetition !== null) {
      const coding = { bits: bitsOf(leaf.repetition + 1), count };
      readCodes(page.bytes, repetition, coding, column.repetition.subarray(values));
    }
    const room = () => scratch(`${name} definition`, chunk.values);
    const there = readDefinition(page, leaf, column, values, room);
    values += count;
    if (there === 0) continue;
    readValues(page, definition[1], there, leaf, column, present);
    present += there;
  }
  return column;
}

/** Reads a dictionary page. */
export function readDictionary({ bytes, values, encoding }: Page, distinct: Distinct): void {
  if (encoding !== Encoding.plain && encoding !== Encoding.plainDictionary) {
    throw new Unsupported(`a dictionary in encoding ${encoding}`);
  }
  const { width } = distinct;
  if (width > 0 ? bytes.length !== values * width : values > bytes.length / 4) {
    throw new Error(`a dictionary of ${bytes.length} bytes claims ${values} values`);
  }
  Object.assign(distinct, { dictionary: bytes, entries: values, size: values });
}

/** Reads a page's definition levels; returns how many values are there. */
function readDefinition(
  { bytes, values, definition }: Page,
  leaf: Leaf,
  column: Column,
  before: number,
  room: () => Int32Array<ArrayBuffer>,
): number {
  const level = leaf.definition;
  if (level === 0 || areAllPresent(bytes, definition, values, level)) {
    column.definition?.fill(level, before, before + values);
    return values;
  }
  column.definition ??= room().fill(level, 0, before);
  const levels = column.definition.subarray(before, before + values);
  readCodes(bytes, definition, { bits: bitsOf(level + 1), count: values }, levels);
  let there = 0;
  for (const found of levels) if (found === level) there++;
  return there;
}

function readValues(
  { bytes, encoding }: Page,
  at: number,
  count: number,
  { type }: Leaf,
  { codes, distinct }: Column,
  before: number,
): void {
  const out = codes.subarray(before);
  if (isDictionary(encoding)) {
    const coding = { bits: codeWidth(bytes, at), count, entries: distinct.entries };
    return readCodes(bytes, [at + 1, bytes.length], coding, out);
  }
  const { entries } = distinct;
  const others = distinct.others ??= createTexts();
  eachValue(bytes, at, count, encoding, type, (source, from, to, i) => {
    out[i] = entries + textId(others, source, from, to);
  });
  distinct.size = entries + others.size;
}

/** Calls `each` with every distinct value and its code, in the order of the codes. */
export function eachDistinct(
  { width, dictionary, entries, others }: Distinct,
  each: Each,
): void {
  if (width > 0) eachFixed(dictionary, 0, entries, width, each);
  else eachText(dictionary, 0, entries, each);
  if (others === null) return;
  const { bytes, starts, size } = others;
  for (let i = 0; i < size; i++) each(bytes, starts[i]!, starts[i + 1]!, entries + i);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Texts that come again in file after file, each decoded once. */
export interface Words {
  /** The texts. */
  texts: Texts;
  /** The same as strings. */
  strings: string[];
}

/** Makes an empty set of words. */
export function createWords(): Words {
  return { texts: createTexts(), strings: [] };
}

/** With more words than this, none is worth keeping. */
const MOST_WORDS = 1 << 14;

/** The distinct values of a column of texts. */
export function distinctTexts(distinct: Distinct, words: Words = createWords()): string[] {
  const { texts, strings } = words;
  if (texts.size > MOST_WORDS) {
    clearTexts(texts);
    strings.length = 0;
  }
  const found: string[] = [];
  eachDistinct(distinct, (bytes, start, end) => {
    const id = textId(texts, bytes, start, end);
    found.push(strings[id] ??= utf8.decode(bytes.subarray(start, end)));
  });
  return found;
}

/** The codes of a column that is not nested: one a row, -1 where nothing is there. */
export function rowCodes(
  { definition, codes }: Column,
  leaf: Leaf,
  rows: number,
  makeRoom: () => Int32Array,
): Int32Array {
  if (definition === null) return codes;
  const room = makeRoom();
  for (let row = 0, i = 0; row < rows; row++) {
    room[row] = definition[row] === leaf.definition ? codes[i++]! : -1;
  }
  return room;
}
