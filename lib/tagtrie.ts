/**
 * From tags to each row's signal: a trie over pairs leads from a row's pairs to its tag list,
 * exactly, without a string or an array in between.
 *
 * @module
 */
import { type Runs, Unsupported } from "./codes.ts";
import type { Scratch } from "./scratch.ts";
import { END, FIRST, NEXT } from "./pairs.ts";
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

/** The most tags that a row may have: each list that begins a longer one is kept too. */
const MOST_TAGS = 1000;
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
  const [tag, tags] = [trie.pairs[pair]!, trie.tags[state]!];
  if (tags.length >= MOST_TAGS) throw new Unsupported(`more than ${MOST_TAGS} tags in a row`);
  const to = known ??
    (tag[0] === MESSAGE_SOURCE ? state : trie.tags.push([...tags, tag]) - 1);
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

/** The number of a pair that was not met in this row group yet: more than any trie is wide. */
const UNKNOWN = 2 ** 30;

/** What rows are walked with. */
interface Walk {
  trie: TagTrie;
  rows: Rows;
  /** The number of each pair, by its index. */
  numbers: Int32Array;
  /** At `state * types + payload` an index into `signals` + 1, or 0. */
  indexOf: Int32Array;
  /** The signals that were found. */
  signals: number[];
  /** For each row, an index into them. */
  locals: Int32Array;
  /** The row at which {@linkcode walkRows} stopped, and the state of its tags, -1 if unknown. */
  row: number;
  state: number;
  /** Makes `indexOf` long enough. */
  widen(cell: number): Int32Array;
  /** Finds a signal that was not asked for yet; its index + 1. */
  find(state: number, payload: number): number;
}

function createWalk(trie: TagTrie, readings: Readings, rows: Rows, scratch: Scratch): Walk {
  const { count, types, tags } = rows;
  tags.pairs[tags.count] = END;
  const cells = trie.tags.length * types.length;
  const known = types.map((payload) => remember(trie.signals, payload, () => []));
  const [signals, localOf] = [[] as number[], [] as number[]];
  return {
    trie,
    rows,
    numbers: scratch("pair numbers", tags.size).fill(UNKNOWN, 0, tags.size),
    indexOf: scratch("indices", cells).fill(0),
    signals,
    locals: scratch("locals", count),
    row: 0,
    state: 0,
    widen: (cell) => scratch("indices", cell + 1, true),
    find(state, payload) {
      const tags = trie.tags[state]!;
      const number = known[payload]![state] ??= signalNumber(readings, types[payload]!, tags);
      return localOf[number] ??= signals.push(number);
    },
  };
}

/** Finds the signals of the rows from `row` to `end`; returns the pair behind theirs. */
function findRows(walk: Walk, row: number, end: number, pair: number): number {
  while (true) {
    pair = walkRows(walk, row, end, pair);
    row = walk.row;
    if (row === end) return pair;
    if (walk.state < 0) pair = learnTags(walk, pair);
    setLocal(walk, row++);
  }
}

/**
 * Finds the signals of rows until one is not known yet. It is short and does nothing that is rare,
 * as compilers like it.
 *
 * @returns The pair behind the row's tags if these are known, or else their first.
 */
function walkRows(walk: Walk, row: number, end: number, pair: number): number {
  const { numbers, indexOf, locals, trie: { table, width } } = walk;
  const { payloads, types: { length: types }, tags: { pairs } } = walk.rows;
  for (; row < end; row++) {
    const first = pair;
    let state = (pairs[pair]! & 15) === FIRST ? 0 : -1;
    while (state >= 0) {
      const number = numbers[pairs[pair++]! >>> 4]!;
      const cell = state * width + number;
      state = (number < width && cell < table.length ? table[cell]! : 0) - 1;
      if ((pairs[pair]! & 15) !== NEXT) break;
    }
    const cell = state * types + payloads[row]!;
    const local = state >= 0 && cell < indexOf.length ? indexOf[cell]! : 0;
    if (local === 0) {
      walk.row = row;
      walk.state = state;
      return state < 0 ? first : pair;
    }
    locals[row] = local - 1;
  }
  walk.row = end;
  return pair;
}

/** Finds the state of a row's tags, of which some may be new; returns the pair behind them. */
function learnTags(walk: Walk, pair: number): number {
  const { trie, rows: { tags: { pairs } } } = walk;
  if ((pairs[pair]! & 15) !== FIRST) throw new Unsupported("tags that are no pairs");
  walk.state = 0;
  do walk.state = follow(trie, walk.state, numberOf(walk, pairs[pair++]! >>> 4)); while (
    (pairs[pair]! & 15) === NEXT
  );
  return pair;
}

/** Sets the signal of the row whose tags are those of `walk.state`. */
function setLocal(walk: Walk, row: number): void {
  const { state, rows: { payloads, types }, locals } = walk;
  const cell = state * types.length + payloads[row]!;
  if (cell >= walk.indexOf.length) walk.indexOf = walk.widen(cell);
  if (walk.indexOf[cell] === 0) walk.indexOf[cell] = walk.find(state, payloads[row]!);
  locals[row] = walk.indexOf[cell]! - 1;
}

function numberOf({ trie, rows, numbers }: Walk, index: number): number {
  if (numbers[index] === UNKNOWN) {
    const [key, value] = rows.tags.pairOf(index);
    numbers[index] = pairNumber(trie, key, value);
  }
  return numbers[index]!;
}

/** Blocks are found again by their first pairs, as many as this. */
const SHAPE = 16;
/** Room for blocks by shape: a power of two. */
const SHAPES = 1 << 12;

/**
 * Finds each row's signal.
 *
 * Exporters write everything that is said within a second four or five times, one block behind
 * the other, and much the same things second after second. So a block is held against the last
 * ones of the same second and of the same shape: one that repeats all codes of the same second
 * holds nothing but duplicates, and one that repeats the tags has the same signals. Comparing
 * numbers tells so faster than the trie.
 *
 * @param times Blocks: stretches of rows of one second.
 * @throws {Unsupported} If the tags are not what they were taken for: each row's pairs, whole.
 */
export function readSignals(
  trie: TagTrie,
  readings: Readings,
  rows: Rows,
  times: Runs,
  scratch: Scratch,
): RowSignals {
  const walk = createWalk(trie, readings, rows, scratch);
  const { locals } = walk;
  const blocks = {
    rows,
    times,
    firstPairs: scratch("first pairs", times.length + 1),
    pairs: viewOf(rows.tags.pairs),
    payloads: viewOf(rows.payloads),
  };
  const { firstPairs } = blocks;
  const values = viewOf(rows.values);
  const repeats = scratch("repeats", times.length).fill(0, 0, times.length);
  const stamps = rows.stamps.byteLength / 8;
  /** The last blocks, counted from 1, that are no duplicates. */
  const bySecond = scratch("blocks by second", stamps).fill(0, 0, stamps);
  const byShape = scratch("blocks by shape", SHAPES).fill(0, 0, SHAPES);
  let pair = 0;
  for (let i = 0, row = 0; i < times.length; row = times.ends[i++]!) {
    const code = times.codes[i]!;
    const end = times.ends[i]!;
    const shape = shapeOf(rows, row, end, pair);
    firstPairs[i] = pair;
    let block = bySecond[code]! - 1;
    let size = sizeIfSame(blocks, block, row, end, pair);
    if (size < 0) {
      block = byShape[shape]! - 1;
      size = sizeIfSame(blocks, block, row, end, pair);
    }
    const from = block > 0 ? times.ends[block - 1]! : 0;
    if (
      size >= 0 && times.codes[block] === code && isSame(values, from, row, end - row)
    ) repeats[i] = 1;
    else {
      bySecond[code] = byShape[shape] = i + 1;
      if (size < 0) size = findRows(walk, row, end, pair) - pair;
      else for (let k = row; k < end; k++) locals[k] = locals[from + k - row]!;
    }
    firstPairs[i + 1] = pair += size;
  }
  if (pair !== rows.tags.count) throw new Unsupported("tags that are no pairs");
  return { signals: walk.signals, locals, repeats };
}

/** A number below {@linkcode SHAPES} that is the same for blocks with the same tags. */
function shapeOf({ tags: { pairs, count } }: Rows, row: number, end: number, pair: number): number {
  let hash = end - row;
  for (let i = pair; i < pair + SHAPE && i < count; i++) {
    hash = Math.imul(hash ^ pairs[i]!, 0x9e3779b1);
  }
  return (hash ^ (hash >>> 15)) & (SHAPES - 1);
}

/** What blocks are compared by. */
interface Blocks {
  rows: Rows;
  times: Runs;
  /** Each block's first pair. */
  firstPairs: Int32Array;
  pairs: DataView;
  payloads: DataView;
}

function viewOf({ buffer, byteOffset, byteLength }: Int32Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** How many pairs a block has, if the rows from `row` to `end` have the same tags; or else -1. */
function sizeIfSame(
  { rows: { tags }, times, firstPairs, pairs, payloads }: Blocks,
  block: number,
  row: number,
  end: number,
  pair: number,
): number {
  if (block < 0) return -1;
  const from = block === 0 ? 0 : times.ends[block - 1]!;
  const first = firstPairs[block]!;
  const size = firstPairs[block + 1]! - first;
  const isSo = times.ends[block]! - from === end - row && pair + size <= tags.count &&
    (tags.pairs[pair + size]! & 15) !== NEXT && isSame(payloads, from, row, end - row) &&
    isSame(pairs, first, pair, size);
  return isSo ? size : -1;
}

/** Whether `length` numbers from `a` on are those from `b` on: two at a time, as one of 64 bits. */
function isSame(numbers: DataView, a: number, b: number, length: number): boolean {
  const end = (a + length) * 4;
  let at = a * 4;
  for (let other = b * 4; at + 8 <= end; at += 8, other += 8) {
    if (numbers.getBigInt64(at, true) !== numbers.getBigInt64(other, true)) return false;
  }
  return at === end || numbers.getInt32(at, true) === numbers.getInt32((b + length - 1) * 4, true);
}
