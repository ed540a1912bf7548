/**
 * Distinct readings: rows are dealt out by signal, which leaves each signal's in the order of the
 * file, mostly that of time. Equal again at the same instant is a duplicate.
 *
 * @module
 */
import type { RowSignals } from "./blocks.ts";
import type { Runs } from "../parquet/mod.ts";
import { type Readings, reserveReadings } from "./series.ts";
import type { Scratch } from "./scratch.ts";

import { compareValues, type Values } from "./values.ts";

/** The part of time that readings are wanted of, in seconds since the epoch. */
export interface Window {
  /** The start of the day; times are counted from here. */
  day: number;
  /** The first second wanted. */
  from: number;
  /** The first second no longer wanted. */
  to: number;
}

/** The timestamps of a row group. */
export interface Times {
  /** The distinct instants of a row group in order, in seconds since the start of the day. */
  instants: Float64Array<ArrayBuffer>;
  /** For each timestamp, its index among them. */
  ranks: Int32Array<ArrayBuffer>;
}

/** Rows of a file, as codes. */
export interface Placed extends Times, RowSignals {
  /** Where their readings go. */
  readings: Readings;
  /** Room to deal in. */
  scratch: Scratch;
  /** Runs of rows with one timestamp. */
  timeRuns: Runs;
  /** Each row's value, as an index into `ids`. */
  values: Int32Array;
  /** The values' ids. */
  ids: Int32Array;
  /** The part of time that is wanted. */
  window: Window;
  /** The number of the file. */
  file: number;
}

/** Appends the distinct readings that lie in the window, in blocks by signal. */
export function readDistinct(rows: Placed): void {
  const { readings, scratch, signals, window, instants } = rows;
  const first = instants.findIndex((time) => time >= window.from - window.day);
  const last = instants.findLastIndex((time) => time < window.to - window.day);
  if (first < 0) return;
  /** Where each signal's rows end; before they are dealt out, where they begin. */
  const ends = scratch("ends of signals", signals.length + 1).fill(0, 0, signals.length + 1);
  countRows(rows, first, last, ends);
  for (let i = 0; i < signals.length; i++) ends[i + 1]! += ends[i]!;
  const total = ends[signals.length]!;
  const [ranks, ids] = [scratch("dealt ranks", total), scratch("dealt ids", total)];
  dealRows(rows, first, last, ends, ranks, ids);
  reserveReadings(readings, total);
  for (let i = 0, start = 0; i < signals.length; start = ends[i++]!) {
    if (!isOrdered(ranks, start, ends[i]!)) sortRows(ranks, ids, start, ends[i]!);
    appendBlock(readings, signals[i]!, ranks, ids, start, ends[i]!, instants, rows.file);
  }
}

/** Counts each signal's rows in the window that repeat no others, in the place behind it. */
function countRows(
  { timeRuns: { ends, codes, length }, ranks, repeats, locals }: Placed,
  first: number,
  last: number,
  counts: Int32Array,
): void {
  for (let i = 0, row = 0; i < length; i++) {
    const end = ends[i]!;
    const rank = ranks[codes[i]!]!;
    if (rank < first || rank > last || repeats[i] === 1) row = end;
    for (; row < end; row++) counts[locals[row]! + 1]!++;
  }
}

/** Deals the same rows out by signal; `places` says where to. */
function dealRows(
  { timeRuns: { ends, codes, length }, ranks, repeats, locals, values, ids }: Placed,
  first: number,
  last: number,
  places: Int32Array,
  dealtRanks: Int32Array,
  dealtIds: Int32Array,
): void {
  for (let i = 0, row = 0; i < length; i++) {
    const end = ends[i]!;
    const rank = ranks[codes[i]!]!;
    if (rank < first || rank > last || repeats[i] === 1) row = end;
    for (; row < end; row++) {
      const local = locals[row]!;
      const at = places[local]!;
      places[local] = at + 1;
      dealtRanks[at] = rank;
      dealtIds[at] = ids[values[row]!]!;
    }
  }
}

function isOrdered(numbers: Int32Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (numbers[i - 1]! > numbers[i]!) return false;
  return true;
}

/** Orders rows by rank. */
function sortRows(ranks: Int32Array, ids: Int32Array, from: number, to: number): void {
  // Rank and place fit into one number that is exact, as a row group has less than 2^26 rows.
  const keys = new Float64Array(to - from);
  for (let i = from; i < to; i++) keys[i - from] = ranks[i]! * 2 ** 26 + (i - from);
  keys.sort();
  const old = ids.slice(from, to);
  keys.forEach((key, i) => {
    ranks[from + i] = Math.floor(key / 2 ** 26);
    ids[from + i] = old[key % 2 ** 26]!;
  });
}

/** Appends the distinct readings of one signal as a block; there is room for them. */
function appendBlock(
  readings: Readings,
  signal: number,
  ranks: Int32Array,
  ids: Int32Array,
  from: number,
  to: number,
  instants: Float64Array,
  file: number,
): void {
  const start = readings.length;
  let at = start;
  for (let i = from; i < to;) {
    const rank = ranks[i]!;
    let end = i + 1;
    while (end < to && ranks[end] === rank) end++;
    const time = instants[rank]!;
    const count = end - i === 1 ? 1 : orderDistinct(readings.values, ids, i, end);
    for (let k = i; k < i + count; k++) {
      readings.times[at] = time;
      readings.ids[at++] = ids[k]!;
    }
    i = end;
  }
  readings.length = at;
  if (at > start) readings.blocks.push(signal, start, at, file);
}

/** Brings the distinct values of one instant to the front, in order; returns how many they are. */
function orderDistinct(values: Values, ids: Int32Array, from: number, to: number): number {
  let i = from + 1;
  while (i < to && ids[i] === ids[from]) i++;
  if (i === to) return 1;
  const found = [...new Set(ids.subarray(from, to))].sort((a, b) => compareValues(values, a, b));
  ids.set(found, from);
  return found.length;
}
