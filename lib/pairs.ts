/**
 * Tags as one number a pair, in whatever form they are stored.
 *
 * Exporters write a list of [key, value] lists. Two repetition levels say where a pair stands (0 2
 * for the first of a row, 1 2 for the next), and two codes make a pair. Read at double width, both
 * are one number a pair. All other forms are brought into the same.
 *
 * @module
 */
import { Unsupported } from "./codes.ts";
import { type Column, distinctTexts, pairBits, readColumn, type Words } from "./columns.ts";
import type { RowGroup } from "./layout.ts";
import type { Arena } from "./pages.ts";
import type { Scratch } from "./scratch.ts";
import { remember } from "./remember.ts";
import type { Leaf, Schema, TagsShape } from "./schema.ts";
import { MESSAGE_SOURCE, parseTags } from "./tags.ts";

/** A pair's repetition levels as one number: the first of a row, and the next ones. */
export const FIRST = 8, NEXT = 9;

/** The tags of some rows, each of which has a pair at least. */
export interface Pairs {
  /** How many pairs there are. */
  count: number;
  /** Where each stands: {@linkcode FIRST} or {@linkcode NEXT}. */
  levels: Int32Array;
  /** What each is. */
  indices: Int32Array;
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
  const read = (i: number, paired: boolean) =>
    readColumn(chunks[i]!, group.chunks[3 + i]!, leaves[3 + i]!, buffers, `tags ${i}`, paired);
  const { rows } = group;
  const { values } = group.chunks[3]!;
  if (shape.form === "json") return jsonPairs(read(0, false), leaves[3]!, rows, buffers);
  if (shape.form === "lists") {
    return common
      ? commonPairs(read(0, true), values, buffers)
      : listPairs(read(0, false), leaves[3]!, shape, values, rows, buffers);
  }
  if (group.chunks[4]!.values !== values) throw new Error("keys without values");
  const columns = [read(0, false), read(1, false)] as const;
  return structPairs(columns, [leaves[3]!, leaves[4]!], shape, values, rows, buffers);
}

/** The pairs of a list of pairs with nothing missing: whether it is one, the levels will tell. */
function commonPairs(
  { codes: indices, repetition, distinct }: Column,
  values: number,
  buffers: Buffers,
): TagRows {
  if (repetition === null || (values & 1) === 1) {
    throw new Unsupported("tags that are not all pairs");
  }
  const bits = pairBits(distinct);
  const words = distinctTexts(distinct, buffers.words);
  const pairOf = (index: number) =>
    [words[index & ((1 << bits) - 1)], words[index >>> bits]] as const;
  const [count, levels, size] = [values >>> 1, repetition, 1 << (2 * bits)];
  return { count, levels, indices, size, pairOf, bad: null, textOf: () => null };
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
  const [levels, indices] = [scratch("levels", most + rows), scratch("pairs", most + rows)];
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
    if (level !== FIRST || row < 0) return;
    levels[count] = FIRST;
    indices[count++] = 0;
  };
  return {
    row() {
      close();
      if (++row >= rows) throw new Error(`tags of more rows than the ${rows} that there are`);
      level = FIRST;
    },
    pair(key, value) {
      levels[count] = level;
      indices[count++] = indexOf(key, value);
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
      return { count, levels, indices, size: most, pairOf, bad, textOf };
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
  const pairs: (readonly [string, string])[] = [NOTHING];
  const lists = texts.map((text) => {
    const tags = parseTags(text);
    return tags?.map((pair) => remember(known, JSON.stringify(pair), () => pairs.push(pair) - 1));
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
  const [levels, indices] = [scratch("levels", most), scratch("pairs", most)];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const list = lists[codeOf[row]!] ?? [];
    const start = count;
    for (const index of list.length > 0 ? list : [0]) {
      levels[count] = count === start ? FIRST : NEXT;
      indices[count++] = index;
    }
  }
  const textOf = (row: number) => texts[codeOf[row]!] ?? null;
  return { count, levels, indices, size: pairs.length, pairOf: (i) => pairs[i]!, bad, textOf };
}
