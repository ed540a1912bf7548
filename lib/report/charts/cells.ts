/**
 * How far cells lie from the median of their module, row by row.
 *
 * @module
 */
import type { Rows } from "./frame.ts";

/** The least share of a module's cells that must be known in a row. */
const MIN_KNOWN = 0.75;

/**
 * The median of some numbers, the mean of the middle two of an even count; NaN of none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { medianOf } from "./cells.ts";
 * assert.equal(medianOf([3, 1, 2]), 2);
 * assert.equal(medianOf([4, 1, 2, 3]), 2.5);
 * ```
 */
export function medianOf(values: ArrayLike<number>): number {
  return middleOf(Float64Array.from(values).sort(), values.length);
}

/** The median of the first so many numbers, which are sorted. */
function middleOf(sorted: Float64Array, count: number): number {
  const middle = count >> 1;
  if (count === 0) return NaN;
  return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Each cell's distance from the median of its module's cells. */
export interface Deviations {
  /** Millivolts for each cell and row; NaN where less than three quarters of the cells are known. */
  values: readonly Float64Array[];
  /** The largest less the smallest cell of each row in millivolts; NaN in the same rows. */
  spread: Float64Array;
  /** Rows that have enough known cells. */
  known: number;
}

/**
 * Measures cells against the median of their module in each row. A module's cells are the columns
 * in which it has any value.
 *
 * @param columns A value in volts for each row; NaN for none. The deviations take their place, since
 * the columns of a long history are large.
 */
export function cellDeviations(
  { series, places }: Rows,
  columns: readonly Float64Array[],
): Deviations {
  const own = places.map(() => new Uint8Array(columns.length));
  const counts = new Uint16Array(series.length);
  columns.forEach((column, k) => {
    for (let i = 0; i < column.length; i++) {
      if (column[i] !== column[i]) continue;
      counts[i]!++;
      own[series[i]!]![k] = 1;
    }
  });
  const least = own.map((flags) => Math.max(2, flags.reduce((a, b) => a + b, 0) * MIN_KNOWN));
  const spread = new Float64Array(series.length).fill(NaN);
  const row = new Float64Array(columns.length);
  let known = 0;
  for (let i = 0; i < series.length; i++) {
    if (counts[i]! < least[series[i]!]!) {
      for (const column of columns) column[i] = NaN;
      continue;
    }
    known++;
    const count = sortRow(columns, i, row);
    const median = middleOf(row, count);
    // Rounded to microvolts: what is less is noise of the numbers.
    spread[i] = Math.round((row[count - 1]! - row[0]!) * 1e6) / 1e3;
    for (const column of columns) column[i] = Math.round((column[i]! - median) * 1e6) / 1e3;
  }
  return { values: columns, spread, known };
}

/**
 * The median of each column over some rows; NaN where none of them has a value.
 *
 * @param rows The numbers of the rows.
 */
export function columnMedians(
  columns: readonly Float64Array[],
  rows: Uint32Array | Float64Array,
): number[] {
  const buffer = new Float64Array(rows.length);
  return columns.map((column) => {
    let count = 0;
    for (const row of rows) if (column[row] === column[row]) buffer[count++] = column[row]!;
    return middleOf(buffer.subarray(0, count).sort(), count);
  });
}

/** Sorts the known values of a row into a buffer; returns how many they are. */
function sortRow(columns: readonly Float64Array[], row: number, sorted: Float64Array): number {
  let count = 0;
  for (const column of columns) {
    const value = column[row]!;
    if (value !== value) continue;
    // By insertion: a module has few cells, and a call of sort() for each row takes longer.
    let at = count++;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return count;
}
