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

/** Marks of a row: it has a reading, one that is held, or a point on a line between two. */
const [OBSERVED, HELD, ON_LINE] = [1, 2, 4];

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
  let lastHeld = NO_ROW;
  for (const { kind, rowValues } of columns) {
    const how = fillOf(kind, fill);
    const before = markRows(rowValues, marks, how === "hold" ? OBSERVED | HELD : OBSERVED);
    if (how === "hold") lastHeld = Math.max(lastHeld, before);
    if (how === "linear") markLines(rowValues, marks, gap);
  }
  const [observed, filled]: number[][] = [[], []];
  const perHour = 3600 / interval;
  // A row is held in some column exactly if it follows a row with a held reading of any of them.
  let until = lastHeld + gap;
  for (let from = 0; from < marks.length; from += perHour) {
    let [observedRows, filledRows] = [0, 0];
    for (let row = from; row < from + perHour; row++) {
      const mark = marks[row]!;
      if ((mark & HELD) !== 0) until = row + gap;
      if ((mark & OBSERVED) !== 0) observedRows++;
      else if (row <= until || mark === ON_LINE) filledRows++;
    }
    observed!.push(observedRows);
    filled!.push(filledRows);
  }
  return { observed: observed!, filled: filled! };
}

/** Marks the day's rows with readings; returns the last one before the day. */
function markRows({ rows, length }: RowValues, marks: Uint8Array, mark: number): number {
  const first = lowerBound(rows, length, 0);
  const end = lowerBound(rows, length, marks.length);
  for (let i = first; i < end; i++) marks[rows[i]!]! |= mark;
  return first === 0 ? NO_ROW : rows[first - 1]!;
}

/** Marks the rows between two observed ones at most `gap` apart. */
function markLines({ rows, length }: RowValues, marks: Uint8Array, gap: number): void {
  for (let i = 1; i < length; i++) {
    const [from, to] = [rows[i - 1]!, rows[i]!];
    if (to - from > gap) continue;
    for (let row = Math.max(0, from + 1); row < Math.min(to, marks.length); row++) {
      marks[row]! |= ON_LINE;
    }
  }
}
