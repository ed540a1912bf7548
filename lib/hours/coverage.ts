/**
 * How much of each hour of a module was observed. Hour files do not distinguish readings from
 * filled values, so this is recorded when they are made.
 *
 * @module
 */
import { DAY, type Kind, lowerBound } from "../telemetry/mod.ts";
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

/** Sentinel for no row before the day. An integer, so that V8 stays in integer arithmetic. */
const NO_ROW = -(2 ** 30);

/** Marks of a row; an observed row may be marked as filled as well. */
const [FILLED, OBSERVED] = [1, 2];

/**
 * Counts the observed rows and the filled rows of a module on a day.
 *
 * @param columns The module's own columns, without those that it shares with others.
 */
export function coverageOf(
  columns: readonly OwnColumn[],
  { interval, maxGap, fill }: Pick<TableOptions, "interval" | "maxGap" | "fill">,
): Coverage {
  const marks = new Uint8Array(DAY / interval);
  const gap = Math.floor(maxGap / interval);
  const isHeld = ({ kind }: OwnColumn) => fillOf(kind, fill) === "hold";
  // A row is held in some column exactly if it follows an observed row of any of them.
  holdRows(markObserved(columns.filter(isHeld), marks), marks, gap);
  const others = columns.filter((column) => !isHeld(column));
  markObserved(others, marks);
  if (fill === "linear") others.forEach(({ rowValues }) => markLines(rowValues, marks, gap));
  const perHour = 3600 / interval;
  const coverage: Coverage = { observed: [], filled: [] };
  for (let from = 0; from < marks.length; from += perHour) {
    const counts = countMarks(marks, from, from + perHour);
    coverage.observed.push(counts[OBSERVED]! + counts[OBSERVED | FILLED]!);
    coverage.filled.push(counts[FILLED]!);
  }
  return coverage;
}

function countMarks(marks: Uint8Array, from: number, to: number): Int32Array {
  const counts = new Int32Array(4);
  for (let row = from; row < to; row++) counts[marks[row]!]!++;
  return counts;
}

/** Marks the rows with readings in any of the columns; returns the last such row before the day. */
function markObserved(columns: readonly OwnColumn[], marks: Uint8Array): number {
  return columns.reduce((last, { rowValues: { rows, length } }) => {
    const first = lowerBound(rows, length, 0);
    for (let i = first; i < length; i++) if (rows[i]! < marks.length) marks[rows[i]!] = OBSERVED;
    return first === 0 ? last : Math.max(last, rows[first - 1]!);
  }, NO_ROW);
}

/** Marks the rows at most `gap` after an observed one, which may be the last before the day. */
function holdRows(before: number, marks: Uint8Array, gap: number): void {
  let until = before + gap;
  for (let row = 0; row < marks.length; row++) {
    if (marks[row] === OBSERVED) until = row + gap;
    else if (row <= until) marks[row] = FILLED;
  }
}

/** Marks the rows on a line between two observed ones at most `gap` apart. */
function markLines({ rows, length }: RowValues, marks: Uint8Array, gap: number): void {
  for (let i = 1; i < length; i++) {
    const [from, to] = [rows[i - 1]!, rows[i]!];
    if (to - from > gap) continue;
    for (let row = Math.max(0, from + 1); row < Math.min(to, marks.length); row++) {
      marks[row]! |= FILLED;
    }
  }
}
