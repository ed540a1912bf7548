/**
 * How much of each hour of a module was observed. Hour files do not distinguish readings from
 * filled values, so this is recorded when they are made.
 *
 * @module
 */
import { type Kind, lowerBound } from "../telemetry/mod.ts";
import { fillOf, type RowValues } from "./grid.ts";
import type { TableOptions } from "./options.ts";

/** Rows of a module on a day, by hour: 24 numbers each. */
export interface Coverage {
  /** Rows in which the module itself reported anything. */
  observed: number[];
  /** Other rows in which a column of the module's own has a filled value. */
  filled: number[];
}

/** A column of a module's own. */
export interface OwnColumn {
  /** What it holds. */
  kind: Kind;
  /** Its rows with readings. */
  rowValues: RowValues;
}

/** The rows of a day in which any of some columns has a reading are marked with 1. */
export function reportedRows(columns: readonly OwnColumn[], dayRows: number): Uint8Array {
  const marks = new Uint8Array(dayRows);
  for (const { rowValues: { rows, length } } of columns) {
    markAll(rows, lowerBound(rows, length, 0), lowerBound(rows, length, dayRows), marks);
  }
  return marks;
}

/**
 * Counts the observed rows and the filled rows of a module on a day.
 *
 * @param columns The module's own columns, without those that it shares with others.
 * @param reported The rows in which any of them has a reading; see {@linkcode reportedRows}.
 */
export function coverageOf(
  columns: readonly OwnColumn[],
  reported: Uint8Array,
  { interval, maxGap, fill }: Pick<TableOptions, "interval" | "maxGap" | "fill">,
): Coverage {
  const gap = Math.floor(maxGap / interval);
  const covered = reported.slice(); // rows with a reading or a filled value
  const held = columns.filter(({ kind }) => fillOf(kind, fill) === "hold");
  if (held.length > 0) {
    const marks = held.length === columns.length ? reported : reportedRows(held, reported.length);
    markHeld(marks, Math.max(...held.map(lastRowBefore)), gap, covered);
  }
  for (const { kind, rowValues } of columns) {
    if (fillOf(kind, fill) === "linear") markLines(rowValues, gap, covered);
  }
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const [from, to] = [hour, hour + 1].map((hour) => hour * 3600 / interval);
    return [reported, covered].map((marks) => count(marks, from!, to!));
  });
  return {
    observed: hours.map(([observed]) => observed!),
    filled: hours.map(([observed, covered]) => covered! - observed!),
  };
}

function markAll(rows: Int32Array, from: number, to: number, marks: Uint8Array): void {
  for (let i = from; i < to; i++) marks[rows[i]!] = 1;
}

/** The last row with a reading before the day; -Infinity if there is none. */
function lastRowBefore({ rowValues: { rows, length } }: OwnColumn): number {
  return rows[lowerBound(rows, length, 0) - 1] ?? -Infinity;
}

/** Marks each row that is at most `gap` rows after one with a held reading of any column. */
function markHeld(held: Uint8Array, lastBefore: number, gap: number, marks: Uint8Array): void {
  let row = 0;
  for (let until = lastBefore + gap; row < marks.length; row++) {
    if (held[row] === 1) until = row + gap;
    if (row <= until) marks[row] = 1;
  }
}

/** Marks the rows between two with readings that are at most `gap` apart. */
function markLines({ rows, length }: RowValues, gap: number, marks: Uint8Array): void {
  for (let i = 1; i < length; i++) {
    if (rows[i]! - rows[i - 1]! <= gap) marks.fill(1, Math.max(0, rows[i - 1]!), rows[i]!);
  }
}

function count(marks: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let row = from; row < to; row++) sum += marks[row]!;
  return sum;
}
