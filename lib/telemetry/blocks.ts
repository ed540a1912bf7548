/**
 * Each row's signal, found once for blocks of rows that say the same again.
 *
 * @module
 */
import type { Runs } from "../parquet/mod.ts";
import { NEXT } from "./pairs.ts";
import type { Readings } from "./series.ts";
import { Unsupported } from "../errors.ts";
import type { Rows } from "./rows.ts";
import type { Scratch } from "./scratch.ts";
import { createWalk, findRows, type TagTrie } from "./tagtrie.ts";

/** Each row's signal. */
export interface RowSignals {
  /** The numbers of the signals that occur in the file. */
  signals: number[];
  /** For each row, an index into them; not for rows that repeat others. */
  locals: Int32Array;
  /** For each stretch of rows of one second, 1 if it repeats an earlier one to the letter. */
  repeats: Int32Array;
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
