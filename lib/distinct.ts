/**
 * Distinct readings: a table of [signal][second] holds the value, and equal again is a duplicate.
 * Read out in order it gives sorted readings.
 *
 * @module
 */
import type { Runs } from "./codes.ts";
import { type Readings, reserveReadings } from "./readings.ts";
import type { Scratch } from "./scratch.ts";
import type { RowSignals } from "./tagtrie.ts";
import { compareValues } from "./values.ts";

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

/** The most cells that the table of distinct readings may have; more seconds take more passes. */
const MOST_CELLS = 1 << 22;

/** Rows of a file, as codes. */
export interface Placed extends Times, RowSignals {
  /** Where their readings go. */
  readings: Readings;
  /** Room for the table. */
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
  const { readings, scratch, timeRuns, locals, repeats, values, ids, signals, window } = rows;
  const { instants, ranks } = rows;
  const from = instants.findIndex((time) => time >= window.from - window.day);
  const to = instants.findLastIndex((time) => time < window.to - window.day) + 1;
  if (from < 0) return;
  const cells = signals.length * (to - from);
  const isSparse = cells > MOST_CELLS && cells > SPARSE * timeRuns.ends[timeRuns.length - 1]!;
  if (isSparse && to < MOST_RANKS) return sortDistinct(rows, from, to);
  const step = Math.max(1, Math.floor(MOST_CELLS / signals.length));
  for (let low = from; low < to; low += step) {
    const width = Math.min(step, to - low);
    const table = scratch("table", signals.length * width).fill(0, 0, signals.length * width);
    // Where one signal has several values in one second, the cell points here.
    const several: number[][] = [];
    for (let i = 0, row = 0; i < timeRuns.length; i++) {
      const end = timeRuns.ends[i]!;
      const rank = ranks[timeRuns.codes[i]!]! - low;
      if (rank < 0 || rank >= width || repeats[i] === 1) row = end;
      for (; row < end; row++) {
        const cell = locals[row]! * width + rank;
        const entry = ids[values[row]!]! + 1;
        const seen = table[cell]!;
        if (seen === 0) table[cell] = entry;
        else if (seen > 0) {
          if (seen !== entry) table[cell] = -several.push([seen - 1, entry - 1]);
        } else if (!several[-seen - 1]!.includes(entry - 1)) several[-seen - 1]!.push(entry - 1);
      }
    }
    for (const list of several) list.sort((a, b) => compareValues(readings.values, a, b));
    signals.forEach((signal, i) => {
      const cells = table.subarray(i * width, (i + 1) * width);
      appendBlock(readings, signal, cells, instants.subarray(low), several, rows.file);
    });
  }
}

/** A table of more cells a row than this would be walked through mostly in vain. */
const SPARSE = 64;
/** Ranks below this and ids below 2^31 fit into one number that is exact. */
const MOST_RANKS = 2 ** 22;

/** Does the same by sorting each signal's rows: for more signals and instants than rows. */
function sortDistinct(rows: Placed, from: number, to: number): void {
  const { readings, timeRuns, locals, repeats, values, ids, signals, instants, ranks } = rows;
  const keys: number[][] = signals.map(() => []);
  for (let i = 0, row = 0; i < timeRuns.length; i++) {
    const end = timeRuns.ends[i]!;
    const rank = ranks[timeRuns.codes[i]!]!;
    if (rank < from || rank >= to || repeats[i] === 1) row = end;
    for (; row < end; row++) keys[locals[row]!]!.push(rank * 2 ** 31 + ids[values[row]!]!);
  }
  signals.forEach((signal, i) => {
    const sorted = Float64Array.from(keys[i]!).sort();
    reserveReadings(readings, sorted.length);
    const start = readings.length;
    for (let k = 0; k < sorted.length;) {
      const rank = Math.floor(sorted[k]! / 2 ** 31);
      const list: number[] = [];
      for (; k < sorted.length && sorted[k]! < (rank + 1) * 2 ** 31; k++) {
        if (k === 0 || sorted[k] !== sorted[k - 1]) list.push(sorted[k]! - rank * 2 ** 31);
      }
      if (list.length > 1) list.sort((a, b) => compareValues(readings.values, a, b));
      for (const id of list) {
        readings.times[readings.length] = instants[rank]!;
        readings.ids[readings.length++] = id;
      }
    }
    const end = readings.length;
    if (end > start) readings.blocks.push(signal, start, end, rows.file);
  });
}

/** Appends the readings of one signal in one stretch of the table as a block. */
function appendBlock(
  readings: Readings,
  signal: number,
  cells: Int32Array,
  instants: Float64Array,
  several: readonly number[][],
  file: number,
): void {
  const start = readings.length;
  reserveReadings(readings, cells.length);
  let { times, ids } = readings;
  let at = start;
  for (let i = 0; i < cells.length; i++) {
    const entry = cells[i]!;
    if (entry > 0) {
      times[at] = instants[i]!;
      ids[at++] = entry - 1;
    } else if (entry < 0) {
      const list = several[-entry - 1]!;
      readings.length = at;
      reserveReadings(readings, list.length + cells.length - i);
      ({ times, ids } = readings);
      for (const id of list) {
        times[at] = instants[i]!;
        ids[at++] = id;
      }
    }
  }
  readings.length = at;
  if (at > start) readings.blocks.push(signal, start, at, file);
}
