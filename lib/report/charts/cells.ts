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
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Each cell's distance from the median of its module's cells. */
export interface Deviations {
  /** Millivolts for each cell and row; NaN where less than three quarters of the cells are known. */
  values: Float64Array[];
  /** The largest less the smallest cell of each row in millivolts; NaN in the same rows. */
  spread: Float64Array;
  /** Rows that have enough known cells. */
  known: number;
}

/**
 * Measures cells against the median of their module in each row. A module's cells are the columns
 * in which it has any value.
 *
 * @param columns A value in volts for each row; NaN for none.
 */
export function cellDeviations(
  { series, places }: Rows,
  columns: readonly Float64Array[],
): Deviations {
  const own = places.map(() => new Uint8Array(columns.length));
  columns.forEach((column, k) =>
    column.forEach((value, i) => {
      if (value === value) own[series[i]!]![k] = 1;
    })
  );
  const least = own.map((flags) => Math.max(2, flags.reduce((a, b) => a + b, 0) * MIN_KNOWN));
  const values = columns.map(() => new Float64Array(series.length).fill(NaN));
  const spread = new Float64Array(series.length).fill(NaN);
  const row = new Float64Array(columns.length);
  let known = 0;
  for (let i = 0; i < series.length; i++) {
    let count = 0;
    for (const column of columns) if (column[i] === column[i]) row[count++] = column[i]!;
    if (count < least[series[i]!]!) continue;
    known++;
    const sorted = row.subarray(0, count).sort();
    const median = medianOf(sorted);
    // Rounded to microvolts: what is less is noise of the numbers.
    spread[i] = Math.round((sorted[count - 1]! - sorted[0]!) * 1e6) / 1e3;
    columns.forEach((column, k) => {
      values[k]![i] = Math.round((column[i]! - median) * 1e6) / 1e3;
    });
  }
  return { values, spread, known };
}
