/**
 * How far cells are from the median of their module, row by row.
 *
 * @module
 */

/** The least share of a module's cells that must be known in a row. */
const MIN_KNOWN = 0.75;

/** Room for the values whose median is sought, reused because columns may be long. */
let room = new Float64Array(0);

/**
 * The median of the numbers that are not NaN: the mean of the middle two if their count is even,
 * NaN if there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { medianOf } from "./cells.ts";
 * assert.equal(medianOf([3, 1, NaN, 2]), 2);
 * assert.equal(medianOf([4, 1, 2, 3]), 2.5);
 * ```
 */
export function medianOf(values: ArrayLike<number>): number {
  if (room.length < values.length) room = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === value) room[count++] = value;
  }
  if (count === 0) return NaN;
  const middle = count >> 1;
  partition(room, count, middle);
  if (count % 2 === 1) return room[middle]!;
  let below = room[0]!;
  for (let i = 1; i < middle; i++) if (room[i]! > below) below = room[i]!;
  return (below + room[middle]!) / 2;
}

/**
 * Moves the value that sorting would put at `index` there, and no greater one before it. This is
 * Hoare's quickselect, which takes a fifth of the time of sorting a long column.
 */
function partition(values: Float64Array, count: number, index: number): void {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    // All values between j and i equal the pivot.
    if (index <= j) high = j;
    else if (index >= i) low = i;
    else return;
  }
}

/** How far each cell is from the median of its module's cells. */
export interface Deviations {
  /** Millivolts for each cell and row; NaN where less than three quarters of the cells are known. */
  values: readonly Float32Array[];
  /** The largest minus the smallest cell of each row in millivolts; NaN in the same rows. */
  spread: Float64Array;
  /** Rows that have enough known cells. */
  known: number;
}

/**
 * Measures the cells of a module against their median in each row. A module's cells are the columns
 * in which it has any value.
 *
 * @param columns A value in volts for each row; NaN for none.
 */
export function cellDeviations(columns: readonly Float64Array[]): Deviations {
  const rows = columns[0]?.length ?? 0;
  const cells = columns.filter((column) => column.some((value) => value === value)).length;
  const least = Math.max(2, cells * MIN_KNOWN);
  const spread = new Float64Array(rows).fill(NaN);
  const values = columns.map(() => new Float32Array(rows).fill(NaN));
  const sorted = new Float64Array(columns.length);
  let known = 0;
  for (let i = 0; i < rows; i++) {
    const count = sortRow(columns, i, sorted);
    if (count < least) continue;
    known++;
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

/** Sorts the known values of a row into a buffer; returns how many they are. */
function sortRow(columns: readonly Float64Array[], row: number, sorted: Float64Array): number {
  let count = 0;
  for (let k = 0; k < columns.length; k++) {
    const value = columns[k]![row]!;
    if (value !== value) continue;
    // Insertion sort: a module has few cells, and calling sort() for each row takes longer.
    let at = count++;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return count;
}
