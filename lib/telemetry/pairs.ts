/**
 * Rows' tags as one number a pair, in whatever form they were stored.
 *
 * @module
 */
import type { Words } from "./columns.ts";
import type { Arena } from "../parquet/mod.ts";
import type { Scratch } from "./scratch.ts";
import { MESSAGE_SOURCE } from "./tags.ts";

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
export const NOTHING = [MESSAGE_SOURCE, ""] as const;

/** Buffers that are used again. */
export interface Buffers {
  /** Room for uncompressed pages. */
  arena: Arena;
  /** Room for codes. */
  scratch: Scratch;
  /** Payload types, keys and values of tags. */
  words: Words;
}

/** Takes pairs and what stands for none, row after row. */
export interface Collector {
  /** Begins a row. */
  row(): void;
  /** Adds a pair to the row. */
  pair(key: number, value: number): void;
  /** Says that the row is bad. */
  spoil(how: number): void;
  /** Hands out what was collected. */
  end(textOf: TagRows["textOf"]): TagRows;
}

/**
 * Makes a collector.
 *
 * @param most How many pairs there may be.
 * @param rows How many rows there must be.
 * @param keys What pairs' keys stand for, and `texts` their values.
 */
export function createCollector(
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
      1 + known.getOrInsertComputed(key * 2 ** 26 + value, () => found.push([key, value]) - 1);
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
