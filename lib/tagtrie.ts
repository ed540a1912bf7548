/**
 * From tags to each row's signal: a trie over pairs leads from a row's pairs to its tag list,
 * exactly, without a string or an array in between.
 *
 * @module
 */
import { type Runs, Unsupported } from "./codes.ts";
import type { Scratch } from "./scratch.ts";
import { FIRST, NEXT } from "./pairs.ts";
import { type Readings, signalNumber } from "./readings.ts";
import { remember } from "./remember.ts";
import type { Rows } from "./rows.ts";
import { MESSAGE_SOURCE, type Tags } from "./tags.ts";

/** The tag lists of a day as a trie of pairs; a state is a list that was met. */
export interface TagTrie {
  /** Each state's tags, without the message source. State 0 has none. */
  tags: Tags[];
  /** Each pair's key and value. */
  pairs: (readonly [key: string, value: string])[];
  /** Pair numbers by key and value. */
  pairNumbers: Map<string, number>;
  /** The state behind each state and pair, by {@linkcode keyOf}. */
  next: Map<number, number>;
  /** The same as a table: at `state * width + pair` the next state + 1, 0 where `next` must tell. */
  table: Int32Array<ArrayBuffer>;
  /** How many pairs the table has room for: a power of two, small so that it stays in the cache. */
  width: number;
  /** For each payload type, the signal number of each state. */
  signals: Map<string, number[]>;
}

/** The most cells that a trie's table may have. */
const MOST_CELLS = 1 << 24;

/** Makes a trie without any tags. */
export function createTagTrie(): TagTrie {
  return {
    tags: [[]],
    pairs: [],
    pairNumbers: new Map(),
    next: new Map(),
    table: new Int32Array(32 << 9),
    width: 32,
    signals: new Map(),
  };
}

function pairNumber(trie: TagTrie, key: string | undefined, value: string | undefined): number {
  if (key === undefined || value === undefined) throw new Error("a tag that is in no dictionary");
  const name = JSON.stringify([key, value]);
  return remember(trie.pairNumbers, name, () => trie.pairs.push([key, value]) - 1);
}

function keyOf(state: number, pair: number): number {
  return state * 2 ** 26 + pair;
}

/** The state behind a pair that the table does not know; one that says who spoke leads nowhere. */
function follow(trie: TagTrie, state: number, pair: number): number {
  const known = trie.next.get(keyOf(state, pair));
  if (known !== undefined && state * trie.width + pair >= MOST_CELLS) return known;
  const tag = trie.pairs[pair]!;
  const to = known ??
    (tag[0] === MESSAGE_SOURCE ? state : trie.tags.push([...trie.tags[state]!, tag]) - 1);
  trie.next.set(keyOf(state, pair), to);
  while (pair >= trie.width) widen(trie);
  const cell = state * trie.width + pair;
  if (cell >= MOST_CELLS) return to;
  if (cell >= trie.table.length) {
    const table = new Int32Array(cell * 2);
    table.set(trie.table);
    trie.table = table;
  }
  trie.table[cell] = to + 1;
  return to;
}

/** Makes room for twice as many pairs; `next` fills the table again where it is asked. */
function widen(trie: TagTrie): void {
  trie.width *= 2;
  trie.table = new Int32Array(Math.min(MOST_CELLS, trie.table.length * 2));
}

/** Each row's signal. */
export interface RowSignals {
  /** The numbers of the signals that occur in the file. */
  signals: number[];
  /** For each row, an index into them; not for rows that repeat others. */
  locals: Int32Array;
  /** For each stretch of rows of one second, 1 if it repeats an earlier one to the letter. */
  repeats: Int32Array;
}

/**
 * Finds each row's signal.
 *
 * Exporters write everything that is said within a second four or five times, one block behind
 * the other. A block whose codes are those of the block before of the same second holds nothing
 * but duplicates, which a comparison of numbers tells faster than the trie.
 *
 * @param times Stretches of rows of one second.
 * @throws {Unsupported} If the tags are not what they were taken for: each row's pairs, whole.
 */
export function readSignals(
  trie: TagTrie,
  readings: Readings,
  { count: rows, types, payloads, values, pairs }: Rows,
  times: Runs,
  scratch: Scratch,
): RowSignals {
  const { count, levels, indices, size, pairOf } = pairs;
  const numbers = scratch("pair numbers", size).fill(-1, 0, size);
  const room = 2 ** Math.ceil(Math.log2(Math.max(2, types.length)));
  /** [state][payload] to index + 1 into the signals that were found. */
  let indexOf = scratch("indices", trie.tags.length * room).fill(0);
  const known = types.map((payload) => remember(trie.signals, payload, () => []));
  const found = new Map<number, number>();
  const newIndex = (state: number, code: number): number => {
    const number = known[code]![state] ??= signalNumber(
      readings,
      types[code]!,
      trie.tags[state]!,
    );
    return remember(found, number, () => found.size) + 1;
  };

  const locals = scratch("locals", rows);
  const repeats = scratch("repeats", times.length);
  const firstPairs = scratch("first pairs", times.length + 1);
  /** The last block of each second. */
  const blocks = new Map<number, number>();
  let { table, width } = trie;
  let pair = 0;
  for (let i = 0, row = 0; i < times.length; i++) {
    const end = times.ends[i]!;
    firstPairs[i] = pair;
    const before = blocks.get(times.codes[i]!);
    blocks.set(times.codes[i]!, i);
    if (before !== undefined) {
      const rowsBefore = before === 0 ? 0 : times.ends[before - 1]!;
      const size = firstPairs[before + 1]! - firstPairs[before]!;
      const same = times.ends[before]! - rowsBefore === end - row && pair + size <= count &&
        (pair + size === count || levels[pair + size] === FIRST) &&
        isSame(values, rowsBefore, row, end - row) &&
        isSame(payloads, rowsBefore, row, end - row) &&
        isSame(indices, firstPairs[before]!, pair, size) &&
        isSame(levels, firstPairs[before]!, pair, size);
      repeats[i] = same ? 1 : 0;
      if (same) {
        pair += size;
        firstPairs[i + 1] = pair;
        row = end;
        continue;
      }
    } else repeats[i] = 0;
    for (; row < end; row++) {
      if (levels[pair] !== FIRST || pair >= count) throw new Unsupported("tags that are no pairs");
      let state = 0;
      do {
        const index = indices[pair]!;
        let number = numbers[index]!;
        if (number < 0) {
          const [key, value] = pairOf(index);
          number = numbers[index] = pairNumber(trie, key, value);
        }
        const cell = state * width + number;
        const to = number < width && cell < table.length ? table[cell]! : 0;
        if (to !== 0) state = to - 1;
        else {
          state = follow(trie, state, number);
          ({ table, width } = trie);
        }
        pair++;
      } while (levels[pair] === NEXT && pair < count);
      const cell = state * room + payloads[row]!;
      if (cell >= indexOf.length) indexOf = scratch("indices", cell + 1, true);
      if (indexOf[cell] === 0) indexOf[cell] = newIndex(state, payloads[row]!);
      locals[row] = indexOf[cell]! - 1;
    }
    firstPairs[i + 1] = pair;
  }
  if (pair !== count) throw new Unsupported("tags that are no pairs");
  return { signals: [...found.keys()], locals, repeats };
}

/** Whether `length` numbers from `a` on are those from `b` on. */
function isSame(numbers: Int32Array, a: number, b: number, length: number): boolean {
  let i = 0;
  while (i < length && numbers[a + i] === numbers[b + i]) i++;
  return i === length;
}
