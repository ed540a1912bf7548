/**
 * From tags to each row's signal: a trie over pairs leads from a row's pairs to its tag list,
 * exactly, without a string or an array in between.
 *
 * @module
 */
import type { Scratch } from "./scratch.ts";
import { END, FIRST, NEXT } from "./pairs.ts";
import { type Readings, signalNumber } from "./series.ts";
import { Unsupported } from "../errors.ts";
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
  return trie.pairNumbers.getOrInsertComputed(name, () => trie.pairs.push([key, value]) - 1);
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

/** The number of a pair that was not met in this row group yet: more than any trie is wide. */
const UNKNOWN = 2 ** 30;

/** Room for the followers of signals, two numbers each: a power of two. */
const FOLLOWERS = 1 << 13;

/** What the rows of a file are walked with. */
export interface Walk {
  /** The tag lists met. */
  trie: TagTrie;
  /** The rows. */
  rows: Rows;
  /** The number of each pair, by its index. */
  numbers: Int32Array;
  /** At `state * types + payload` an index into `signals` + 1, or 0. */
  indexOf: Int32Array;
  /** The signals that were found. */
  signals: number[];
  /** For each row, an index into them. */
  locals: Int32Array;
  /** At {@linkcode placeOf} a signal the row that came behind it last, and that row's first pair. */
  followers: Int32Array;
  /** Where `followers` tells of the row before: 0 for the first row of a block. */
  last: number;
  /** The row at which the walk stopped. */
  row: number;
  /** The state of that row's tags, -1 if they are not known. */
  state: number;
  /** Makes `indexOf` long enough. */
  widen(cell: number): Int32Array;
  /** Finds a signal that was not asked for yet; its index + 1. */
  find(state: number, payload: number): number;
}

/** Gets ready to walk the rows of a file. */
export function createWalk(trie: TagTrie, readings: Readings, rows: Rows, scratch: Scratch): Walk {
  const { count, types, tags } = rows;
  tags.pairs[tags.count] = END;
  const cells = trie.tags.length * types.length;
  const known = types.map((payload) => trie.signals.getOrInsertComputed(payload, () => []));
  const [signals, localOf] = [[] as number[], [] as number[]];
  return {
    trie,
    rows,
    numbers: scratch("pair numbers", tags.size).fill(UNKNOWN, 0, tags.size),
    indexOf: scratch("indices", cells).fill(0),
    signals,
    locals: scratch("locals", count),
    followers: scratch("followers", FOLLOWERS).fill(0, 0, FOLLOWERS),
    last: 0,
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

/**
 * Finds the signals of the rows from `row` to `end`.
 *
 * @param pair Their first pair.
 * @returns The pair behind theirs.
 * @throws {Unsupported} If the tags are not what they were taken for: each row's pairs, whole.
 */
export function findRows(walk: Walk, row: number, end: number, pair: number): number {
  walk.last = 0;
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
  const { numbers, indexOf, locals, followers, trie: { table, width } } = walk;
  const { payloads, types: { length: types }, tags: { pairs } } = walk.rows;
  for (let { last } = walk; row < end; row++) {
    // Mostly what came behind the same signal before comes again.
    const other = followers[last]!;
    const size = other < row && payloads[other] === payloads[row]
      ? sizeIfSame(pairs, followers[last + 1]!, pair)
      : 0;
    followers[last] = row;
    followers[last + 1] = pair;
    if (size > 0) {
      const local = locals[row] = locals[other]!;
      last = placeOf(local);
      pair += size;
      continue;
    }
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
    last = placeOf(local - 1);
  }
  walk.row = end;
  return pair;
}

/** Where the follower of a signal is kept. Some share a place: what is there is only a guess. */
function placeOf(local: number): number {
  return (local * 2 + 2) & (FOLLOWERS - 1);
}

/** How many pairs a row has, if the one whose first pair is `a` has the same; or else 0. */
function sizeIfSame(pairs: Int32Array, a: number, b: number): number {
  let size = 0;
  do {
    if (pairs[a + size] !== pairs[b + size++]) return 0;
  } while ((pairs[b + size]! & 15) === NEXT);
  return (pairs[a + size]! & 15) === NEXT ? 0 : size;
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
  walk.last = placeOf(locals[row]!);
}

function numberOf({ trie, rows, numbers }: Walk, index: number): number {
  if (numbers[index] === UNKNOWN) {
    const [key, value] = rows.tags.pairOf(index);
    numbers[index] = pairNumber(trie, key, value);
  }
  return numbers[index]!;
}
