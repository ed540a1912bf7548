/**
 * How far cells are from the median of their module, row by row.
 *
 * @module
 */
import { leastKnown } from "../../battery/mod.ts";

/** What charts of deviations say if they have nothing to draw. */
export const FEW_CELLS = "no row in which at least three quarters of a module's cells are known";

/** How far each cell is from the median of its module's cells. */
export interface Deviations {
  /** Millivolts for each cell and row; NaN where fewer than three quarters of the cells are known. */
  values: readonly Float32Array[];
  /** The largest minus the smallest cell of each row in millivolts; NaN in the same rows. */
  spread: Float64Array;
  /** Rows that have enough known cells. */
  known: number;
}

/**
 * Measures the cells of a module against their median in each row.
 *
 * @param columns All cell columns of the module, including those without any value: volts for each
 * row; NaN for none.
 */
export function cellDeviations(columns: readonly Float64Array[]): Deviations {
  const rows = columns[0]?.length ?? 0;
  const least = leastKnown(columns.length);
  const spread = new Float64Array(rows).fill(NaN);
  const values = columns.map(() => new Float32Array(rows).fill(NaN));
  const sorted = new Float64Array(columns.length);
  let known = 0;
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k]![i]!;
      sorted[k] = value;
      if (value === value) count++;
    }
    if (count < least) continue;
    known++;
    sorted.sort(); // NaNs come last
    const middle = count >> 1;
    const median = (sorted[middle]! + sorted[(count - 1) >> 1]!) / 2;
    // Rounded to microvolts: anything smaller is floating-point noise.
    spread[i] = Math.round((sorted[count - 1]! - sorted[0]!) * 1e6) / 1e3;
    for (let k = 0; k < columns.length; k++) {
      values[k]![i] = Math.round((columns[k]![i]! - median) * 1e6) / 1e3;
    }
  }
  return { values, spread, known };
}
