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
  /** Those with readings of the module's own; its phase or the system may have the column too. */
  ownRows: RowValues;
}

/** Returns 1 for each row of a day that any of the columns has, otherwise 0. */
export function markRows(columns: readonly RowValues[], dayRows: number): Uint8Array {
  const marks = new Uint8Array(dayRows);
  for (const column of columns) markColumn(column, marks);
  return marks;
}

function markColumn({ rows, length }: RowValues, marks: Uint8Array): void {
  markAll(rows, lowerBound(rows, length, 0), lowerBound(rows, length, marks.length), marks);
}

/**
 * Counts the observed rows and the filled rows of a module on a day.
 *
 * @param columns The module's own columns, without those that it shares with others.
 * @param reported The rows in which the module itself reported; see {@linkcode markRows}.
 * @param hours The hours that have a file; no other has filled rows.
 */
export function coverageOf(
  columns: readonly OwnColumn[],
  reported: Uint8Array,
  hours: readonly number[],
  { interval, maxGap, fill }: Pick<TableOptions, "interval" | "maxGap" | "fill">,
): Coverage {
  const gap = Math.floor(maxGap / interval);
  const perHour = 3600 / interval;
  const held = columns.filter(({ kind }) => fillOf(kind, fill) === "hold");
  // Usually, all that is held is what the module itself reported.
  const isReported = held.length === columns.length &&
    held.every(({ rowValues, ownRows }) => rowValues === ownRows);
  const heldRows = () => markRows(held.map(({ rowValues }) => rowValues), reported.length);
  const marks: RowMarks = {
    reported,
    held: isReported ? reported : heldRows(),
    known: new Uint8Array(reported.length),
  };
  for (const { kind, rowValues, ownRows } of columns) {
    if (fillOf(kind, fill) === "linear") markLines(rowValues, gap, marks.known);
    if (rowValues !== ownRows) markColumn(rowValues, marks.known);
  }
  const coverage: Coverage = { observed: [], filled: [] };
  let until = gap + held.reduce((last, column) => Math.max(last, lastRowBefore(column)), NO_ROW);
  for (let from = 0; from < reported.length; from += perHour) {
    until = countHour(marks, from, from + perHour, until, gap, coverage);
  }
  coverage.filled = coverage.filled.map((rows, hour) => hours.includes(hour) ? rows : 0);
  return coverage;
}

/** Sentinel for no row before the day. An integer, so that V8 stays in integer arithmetic. */
const NO_ROW = -(2 ** 30);

/** Rows of a day that are marked with 1. */
interface RowMarks {
  /** Any column has a reading. */
  reported: Uint8Array;
  /** A column has a reading that is held. */
  held: Uint8Array;
  /** A column has a point on a line between two readings, or one of the phase or the system. */
  known: Uint8Array;
}

/**
 * Counts the rows of an hour.
 *
 * @param until The last row that a reading before the hour is held for.
 * @returns The last row that a reading before the next hour is held for.
 */
function countHour(
  { reported, held, known }: RowMarks,
  from: number,
  to: number,
  until: number,
  gap: number,
  coverage: Coverage,
): number {
  let observed = 0;
  let filled = 0;
  for (let row = from; row < to; row++) {
    // A row is held in some column exactly if it follows a row with a held reading of any of them.
    if (held[row] === 1) until = row + gap;
    if (reported[row] === 1) observed++;
    else if (row <= until || known[row] === 1) filled++;
  }
  coverage.observed.push(observed);
  coverage.filled.push(filled);
  return until;
}

/** Marks some rows. A loop of its own, because V8 compiles a small function sooner. */
function markAll(rows: Int32Array, from: number, to: number, marks: Uint8Array): void {
  for (let i = from; i < to; i++) marks[rows[i]!] = 1;
}

/** The last row with a reading before the day. */
function lastRowBefore({ rowValues: { rows, length } }: OwnColumn): number {
  return rows[lowerBound(rows, length, 0) - 1] ?? NO_ROW;
}

/** Marks the rows between two with readings that are at most `gap` apart. */
function markLines({ rows, length }: RowValues, gap: number, marks: Uint8Array): void {
  // The bounds of fill() count from the end if they are negative, as rows before the day are.
  for (let i = Math.max(1, lowerBound(rows, length, 1)); i < length; i++) {
    if (rows[i]! - rows[i - 1]! <= gap) marks.fill(1, Math.max(0, rows[i - 1]!), rows[i]!);
  }
}
