/**
 * How much of each hour of a module was observed. Hour files do not distinguish readings from
 * filled values, so this is recorded when they are made.
 *
 * @module
 */
import { lowerBound } from "../telemetry/mod.ts";
import type { RowValues, Runs } from "./grid.ts";

/** Rows of a module on a day, by hour: 24 numbers each. */
export interface Coverage {
  /** Rows in which the module itself reported anything. */
  observed: number[];
  /** Other rows in which a column of the module's own has a value. */
  filled: number[];
}

/** Returns 1 for each row of a day in which any of the columns has readings, otherwise 0. */
export function markRows(columns: readonly RowValues[], dayRows: number): Uint8Array {
  const marks = new Uint8Array(dayRows);
  for (const { rows, length } of columns) {
    markAll(rows, lowerBound(rows, length, 0), lowerBound(rows, length, dayRows), marks);
  }
  return marks;
}

/** Marks some rows. A loop of its own, because V8 compiles a small function sooner. */
function markAll(rows: Int32Array, from: number, to: number, marks: Uint8Array): void {
  for (let i = from; i < to; i++) marks[rows[i]!] = 1;
}

/**
 * Counts the observed rows and the filled rows of a module on a day.
 *
 * @param columns The module's own columns, without those that it shares with others.
 * @param reported The rows in which the module itself reported; see {@linkcode markRows}.
 * @param hours The hours that have a file; no other has filled rows.
 */
export function coverageOf(
  columns: readonly Runs[],
  reported: Uint8Array,
  hours: readonly number[],
): Coverage {
  const known = new Uint8Array(reported.length);
  for (const column of columns) markKnown(column, known);
  const coverage: Coverage = { observed: [], filled: [] };
  const perHour = reported.length / 24;
  for (let hour = 0; hour < 24; hour++) {
    const from = hour * perHour;
    const [observed, filled] = countRows(reported, known, from, from + perHour);
    coverage.observed.push(observed);
    coverage.filled.push(hours.includes(hour) ? filled : 0);
  }
  return coverage;
}

/** Marks the rows in which a column has a value. */
function markKnown({ ends, values, length }: Runs, marks: Uint8Array): void {
  let from = 0; // the first row after the last null
  let row = 0;
  for (let i = 0; i < length; i++) {
    if (values[i] !== values[i]) {
      marks.fill(1, from, row);
      from = ends[i]!;
    }
    row = ends[i]!;
  }
  marks.fill(1, from, row);
}

/** Counts the rows that were reported, and those that are only known. */
function countRows(
  reported: Uint8Array,
  known: Uint8Array,
  from: number,
  to: number,
): [observed: number, filled: number] {
  let observed = 0;
  let filled = 0;
  for (let row = from; row < to; row++) {
    if (reported[row] === 1) observed++;
    else if (known[row] === 1) filled++;
  }
  return [observed, filled];
}
