/**
 * Tags as one number a pair, in whatever form they are stored: common ones (see `common.ts`) stand
 * so in the file, all other forms are brought into the same.
 *
 * @module
 */
import { type Column, distinctTexts, readColumn, type Words } from "./columns.ts";
import { type CommonPairs, readCommon } from "./common.ts";
import type { RowGroup } from "./layout.ts";
import type { Arena } from "./pages.ts";
import type { Scratch } from "./scratch.ts";
import { remember } from "./remember.ts";
import type { Leaf, Schema, TagsShape } from "./schema.ts";
import { MESSAGE_SOURCE, parseTags } from "./tags.ts";

/** The levels of a pair: the first of a row, a next one, and what stands behind all pairs. */
export const FIRST = 8, NEXT = 9, END = 15;

/** The tags of some rows, each of which has a pair at least. */
export interface Pairs {
  /** How many pairs there are. */
  count: number;
  /**
   * What each is, its index times 16, and where it stands: {@linkcode FIRST} or {@linkcode NEXT}.
   * There is room for one more.
   */
  pairs: Int32Array;
  /** Indices are below. */
  size: number;
  /** What an index stands for. */
  pairOf(index: number): readonly [key: string | undefined, value: string | undefined];
}

/** The tags of a row group. */
export interface TagRows extends Pairs {
  /** For each row {@linkcode MISSING}, {@linkcode MALFORMED} or 0; null if all have tags. */
  bad: Uint8Array | null;
  /** A row's tags as JSON text. */
  textOf(row: number): string | null;
}

/** A row without tags, and one with tags that are none. */
export const MISSING = 1, MALFORMED = 2;

/** Up to so many pairs of a key and a value are told apart by a table rather than a map. */
const MOST_PAIRS = 1 << 20;

/** What stands for no tags: who spoke says nothing. */
const NOTHING = [MESSAGE_SOURCE, ""] as const;

/** Buffers that are used again. */
export interface Buffers {
  /** Room for uncompressed pages. */
  arena: Arena;
  /** Room for codes. */
  scratch: Scratch;
  /** Payload types, keys and values of tags. */
  words: Words;
}

/**
 * Reads the tags of a row group.
 *
 * @param chunks The bytes of the tags' one chunk or two.
 * @param common Whether to take lists for what they mostly are: pairs, and all of them there.
 * @throws {Unsupported} If the fast reader does not take them, or they turn out not to be common.
 * @throws {Error} If the bytes are broken.
 */
export function readTags(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  { leaves, tags: shape }: Schema,
  group: RowGroup,
  buffers: Buffers,
  common: boolean,
): TagRows {
  const read = (i: number) =>
    readColumn(chunks[i]!, group.chunks[3 + i]!, leaves[3 + i]!, buffers, `tags ${i}`);
  const { rows } = group;
  const { values } = group.chunks[3]!;
  if (shape.form === "json") return jsonPairs(read(0), leaves[3]!, rows, buffers);
  if (shape.form === "lists") {
    return common
      ? commonPairs(readCommon(chunks[0]!, group.chunks[3]!, leaves[3]!, buffers), values, buffers)
      : listPairs(read(0), leaves[3]!, shape, values, rows, buffers);
  }
  if (group.chunks[4]!.values !== values) throw new Error("keys without values");
  const columns = [read(0), read(1)] as const;
  return structPairs(columns, [leaves[3]!, leaves[4]!], shape, values, rows, buffers);
}

function commonPairs(
  { pairs, bits, distinct }: CommonPairs,
  values: number,
  buffers: Buffers,
): TagRows {
  const words = distinctTexts(distinct, buffers.words);
  const pairOf = (index: number) =>
    [words[index & ((1 << bits) - 1)], words[index >>> bits]] as const;
  return { count: values / 2, pairs, size: 1 << (2 * bits), pairOf, bad: null, textOf: () => null };
}

/** Takes pairs and what stands for none, row after row. */
interface Collector {
  /** Begins a row. */
  row(): void;
  /** Adds a pair to the row. */
  pair(key: number, value: number): void;
  /** Says that the row is bad. */
  spoil(how: number): void;
  /** Hands out what was collected. */
  end(textOf: TagRows["textOf"]): TagRows;
}

function createCollector(
  most: number,
  rows: number,
  keys: readonly string[],
  texts: readonly string[],
  { scratch }: Buffers,
): Collector {
  // A row without pairs has one that says nothing.
  const pairs = scratch("pairs", most + rows + 1);
  const size = keys.length * texts.length;
  const isTable = size <= MOST_PAIRS;
  const [known, found] = [new Map<number, number>(), [] as [number, number][]];
  const indexOf = isTable
    ? (key: number, value: number) => 1 + key * texts.length + value
    : (key: number, value: number) =>
      1 + remember(known, key * 2 ** 26 + value, () => found.push([key, value]) - 1);
  let [count, row, level] = [0, -1, NEXT];
  let bad: Uint8Array | null = null;
  const close = () => {
    if (level === FIRST && row >= 0) pairs[count++] = FIRST;
  };
  return {
    row() {
      close();
      if (++row >= rows) throw new Error(`tags of more rows than the ${rows} that there are`);
      level = FIRST;
    },
    pair(key, value) {
      pairs[count++] = indexOf(key, value) * 16 + level;
      level = NEXT;
    },
    spoil(how) {
      bad ??= new Uint8Array(rows);
      bad[row] = how;
    },
    end(textOf) {
      close();
      if (row + 1 !== rows) throw new Error(`tags of ${row + 1} rows where there are ${rows}`);
      const pairOf = (index: number) => {
        if (index === 0) return NOTHING;
        const [key, value] = isTable
          ? [Math.floor((index - 1) / texts.length), (index - 1) % texts.length]
          : found[index - 1]!;
        return [keys[key], texts[value]] as const;
      };
      const most = 1 + (isTable ? size : found.length);
      return { count, pairs, size: most, pairOf, bad, textOf };
    },
  };
}

function listPairs(
  { repetition, definition, codes, distinct }: Column,
  leaf: Leaf,
  shape: TagsShape,
  values: number,
  rows: number,
  buffers: Buffers,
): TagRows {
  const words = distinctTexts(distinct, buffers.words);
  const collector = createCollector(values, rows, words, words, buffers);
  const starts = buffers.scratch("tag starts", rows * 2 + 2);
  const levelOf = (i: number) => definition === null ? leaf.definition : definition[i]!;
  let [row, code, i] = [0, 0, 0];
  while (i < values) {
    if (repetition![i] !== 0) throw new Error("tags that begin within a row");
    if (row < rows) [starts[row * 2], starts[row * 2 + 1]] = [i, code];
    row++;
    collector.row();
    if (levelOf(i) < shape.item) {
      if (levelOf(i) < shape.list) collector.spoil(MISSING);
      i++;
      if (i < values && repetition![i] !== 0) throw new Error("tags behind none");
      continue;
    }
    do { // one tag
      const from = i;
      const first = code;
      do if (levelOf(i++) === leaf.definition) code++; while (i < values && repetition![i] === 2);
      if (i - from === 2 && code - first === 2) collector.pair(codes[first]!, codes[first + 1]!);
      else collector.spoil(MALFORMED);
    } while (i < values && repetition![i] === 1);
  }
  const textOf = (row: number) => {
    let [i, code] = [starts[row * 2]!, starts[row * 2 + 1]!];
    if (levelOf(i) < shape.list) return null;
    const list: (null | (string | null)[])[] = [];
    for (let more = levelOf(i) >= shape.item; more; more = i < values && repetition![i] !== 0) {
      if (repetition![i]! < 2) list.push(levelOf(i) < shape.tag ? null : []);
      // Behind a tag that is there, its list may have no element.
      if (levelOf(i) > shape.tag) {
        list.at(-1)?.push(levelOf(i) === leaf.definition ? words[codes[code++]!]! : null);
      }
      i++;
    }
    return JSON.stringify(list);
  };
  return collector.end(textOf);
}

function structPairs(
  [keys, texts]: readonly [keys: Column, values: Column],
  [keyLeaf, textLeaf]: readonly [Leaf, Leaf],
  shape: TagsShape,
  values: number,
  rows: number,
  buffers: Buffers,
): TagRows {
  const [keyTexts, valueTexts] = [keys, texts].map(({ distinct }) =>
    distinctTexts(distinct, buffers.words)
  ) as [string[], string[]];
  const collector = createCollector(values, rows, keyTexts, valueTexts, buffers);
  const starts = buffers.scratch("tag starts", rows * 3 + 3);
  const levelOf = ({ definition }: Column, leaf: Leaf, i: number) =>
    definition === null ? leaf.definition : definition[i]!;
  let [row, key, text] = [0, 0, 0];
  for (let i = 0; i < values; i++) {
    const repeats = keys.repetition![i]!;
    if (repeats !== texts.repetition![i]) {
      throw new Error("keys that are not where their values are");
    }
    const level = levelOf(keys, keyLeaf, i);
    if (repeats === 0) {
      if (row < rows) starts.set([i, key, text], row * 3);
      row++;
      collector.row();
    } else if (i === 0) throw new Error("tags that begin within a row");
    if (level < shape.item) {
      if (repeats !== 0) throw new Error("tags behind none");
      if (level < shape.list) collector.spoil(MISSING);
      continue;
    }
    const hasKey = level === keyLeaf.definition;
    const hasText = levelOf(texts, textLeaf, i) === textLeaf.definition;
    if (hasKey && hasText) collector.pair(keys.codes[key]!, texts.codes[text]!);
    else collector.spoil(MALFORMED);
    if (hasKey) key++;
    if (hasText) text++;
  }
  const textOf = (row: number) => {
    let [i, key, text] = starts.subarray(row * 3) as unknown as [number, number, number];
    const level = () => levelOf(keys, keyLeaf, i);
    if (level() < shape.list) return null;
    const list: unknown[] = [];
    for (let more = level() >= shape.item; more; more = i < values && keys.repetition![i] !== 0) {
      const found = {
        key: level() === keyLeaf.definition ? keyTexts[keys.codes[key++]!] : null,
        value: levelOf(texts, textLeaf, i) === textLeaf.definition
          ? valueTexts[texts.codes[text++]!]
          : null,
      };
      const ordered = shape.keyFirst ? found : { value: found.value, key: found.key };
      list.push(level() < shape.tag ? null : ordered);
      i++;
    }
    return JSON.stringify(list);
  };
  return collector.end(textOf);
}

/** Tags as JSON text: each distinct text is parsed once. */
function jsonPairs(column: Column, leaf: Leaf, rows: number, { scratch }: Buffers): TagRows {
  const texts = distinctTexts(column.distinct);
  const known = new Map<string, number>();
  const tags: (readonly [string, string])[] = [NOTHING];
  const lists = texts.map((text) => {
    return parseTags(text)
      ?.map((tag) => remember(known, JSON.stringify(tag), () => tags.push(tag) - 1));
  });
  const codes = column.codes;
  const codeOf = scratch("tag codes", rows);
  let bad: Uint8Array | null = null;
  let most = rows;
  for (let row = 0, i = 0; row < rows; row++) {
    const isThere = column.definition === null || column.definition[row] === leaf.definition;
    codeOf[row] = isThere ? codes[i++]! : -1;
    const list = isThere ? lists[codeOf[row]!] : undefined;
    if (list === undefined) {
      bad ??= new Uint8Array(rows);
      bad[row] = isThere ? MALFORMED : MISSING;
    } else most += list.length;
  }
  const pairs = scratch("pairs", most + 1);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const list = lists[codeOf[row]!] ?? [];
    const start = count;
    for (const index of list.length > 0 ? list : [0]) {
      pairs[count] = index * 16 + (count++ === start ? FIRST : NEXT);
    }
  }
  const textOf = (row: number) => texts[codeOf[row]!] ?? null;
  return { count, pairs, size: tags.length, pairOf: (i) => tags[i]!, bad, textOf };
}
