/**
 * The tags of a row group, read from the forms in which they are stored: common ones (see
 * `common.ts`) are pairs in the file already, lists, structs and JSON text are made so.
 *
 * @module
 */
import { type Column, distinctTexts, readColumn } from "./columns.ts";
import { type CommonPairs, readCommon } from "./common.ts";
import type { RowGroup } from "./layout.ts";
import {
  type Buffers,
  createCollector,
  FIRST,
  MALFORMED,
  MISSING,
  NEXT,
  NOTHING,
  type TagRows,
} from "./pairs.ts";
import type { Leaf, Schema, TagsShape } from "./schema.ts";
import { parseTags } from "./tags.ts";

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
      ?.map((tag) => known.getOrInsertComputed(JSON.stringify(tag), () => tags.push(tag) - 1));
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
