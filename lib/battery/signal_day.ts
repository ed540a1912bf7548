/**
 * Which values a signal keeps while its readings continue to arrive, and when a module reports
 * nothing. Both depend on the rows that have readings, not on held values.
 *
 * @module
 */
import type { RowValues } from "../hours/mod.ts";
import { type Kind, lowerBound, type ValueSet } from "../telemetry/mod.ts";
import type { ConstantRun, ModuleDay, SignalDay, Stretch } from "./figures.ts";

/** A signal that keeps one value for this long may be frozen, in seconds. */
export const FROZEN_AFTER = 7200;

/** A module that reports nothing for longer than this is silent, in seconds. */
export const SILENT_AFTER = 3600;

/** A signal that has this many values outside a run is expected to change. */
export const MANY_VALUES = 10;

/** A day's grid. */
export interface DayGrid {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** How many rows it has. */
  rows: number;
  /** Seconds in a row. */
  interval: number;
  /** The max gap in rows. */
  gap: number;
}

/** Whether numbers are equal except for rounding: a mean of equal readings may differ from them. */
export function isSame(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-12 * Math.abs(a);
}

/** A signal's values and long runs on a day; null if it has no reading. */
export function signalDayOf(
  column: { name: string; rowValues: RowValues; kind: Kind },
  texts: ValueSet,
  grid: DayGrid,
): SignalDay | null {
  const { name, kind, rowValues: { rows, values, length } } = column;
  const from = lowerBound(rows, length, 0);
  const to = lowerBound(rows, length, grid.rows);
  if (from === to) return null;
  const { runs, distinct } = findRuns(column.rowValues, from, to, grid);
  const show = (value: number) => kind === "text" ? texts.text(value) : value;
  return {
    column: name,
    values: distinct && distinct.map(({ value }) => show(value)),
    runs: runs.map(([start, end]): ConstantRun => [
      show(values[start]!),
      grid.day + rows[start]! * grid.interval,
      grid.day + (rows[end - 1]! + 1) * grid.interval,
      distinct?.some(({ value, runs }) => runs > 1 && isSame(value, values[start]!)) ?? true,
    ]),
  };
}

/** Rows with readings that have one value and no gap between them, as indices: [start, end). */
type Run = readonly [start: number, end: number];

/** A value, and how many runs have it. */
interface ValueRuns {
  value: number;
  runs: number;
}

/**
 * Finds the runs of two hours or more, and those at the edges of the day, which may continue across
 * midnight.
 *
 * @returns The runs, and the distinct values in order of first appearance; null if they are many.
 */
function findRuns(
  { rows, values }: RowValues,
  from: number,
  to: number,
  { gap, interval, rows: dayRows }: DayGrid,
): { runs: Run[]; distinct: ValueRuns[] | null } {
  const runs: Run[] = [];
  const distinct: ValueRuns[] = [];
  const add = (start: number, end: number) => {
    const isLong = rows[end - 1]! - rows[start]! + 1 >= FROZEN_AFTER / interval;
    const isFirst = start === from && rows[start]! < gap;
    const isLast = end === to && rows[end - 1]! >= dayRows - gap;
    if (isLong || isFirst || isLast) runs.push([start, end]);
  };
  let end = from;
  while (end < to && distinct.length <= MANY_VALUES) {
    const start = end;
    end = endOfRun(rows, values, start, to, gap);
    let k = 0;
    while (k < distinct.length && !isSame(distinct[k]!.value, values[start]!)) k++;
    if (k === distinct.length) distinct.push({ value: values[start]!, runs: 0 });
    distinct[k]!.runs++;
    add(start, end);
  }
  if (end === to) return { runs, distinct: distinct.length > MANY_VALUES ? null : distinct };
  // Of many values, only long runs matter. They cover two full hours, so that the other rows need
  // not be read.
  const perHour = 3600 / interval;
  let before = end - 1;
  for (let row = Math.ceil(rows[end]! / perHour) * perHour; row <= rows[to - 1]!; row += perHour) {
    const i = lowerBound(rows, to, row + 1) - 1;
    if (i >= end && isSame(values[i]!, values[before]!)) {
      const start = startOfRun(rows, values, i, end, gap);
      end = endOfRun(rows, values, i, to, gap);
      add(start, end);
    }
    before = i;
  }
  if (end < to) add(startOfRun(rows, values, to - 1, end, gap), to);
  return { runs, distinct: null };
}

/** The start of the run around an index, but not before `from`. */
function startOfRun(
  rows: Int32Array,
  values: Float64Array,
  i: number,
  from: number,
  gap: number,
): number {
  const value = values[i]!;
  while (i > from && rows[i]! - rows[i - 1]! <= gap && isSame(values[i - 1]!, value)) i--;
  return i;
}

/** The end of the run around an index, but not after `to`. */
function endOfRun(
  rows: Int32Array,
  values: Float64Array,
  i: number,
  to: number,
  gap: number,
): number {
  const value = values[i++]!;
  while (i < to && rows[i]! - rows[i - 1]! <= gap && isSame(values[i]!, value)) i++;
  return i;
}

/** When a module reported on a day, and the stretches of more than an hour in which it did not. */
export function silenceOf(
  reported: Uint8Array,
  { day, interval }: DayGrid,
): Pick<ModuleDay, "reported" | "silent"> {
  const first = reported.indexOf(1), last = reported.lastIndexOf(1);
  if (first === -1) return { reported: null, silent: [] };
  const seconds = (row: number) => day + row * interval;
  const most = SILENT_AFTER / interval;
  const silent: Stretch[] = [];
  for (let row = first; row < last;) {
    const next = reported.lastIndexOf(1, row + most + 1); // the last one that is near enough
    if (next > row) row = next;
    else {
      const end = reported.indexOf(1, row + 1);
      silent.push([seconds(row + 1), seconds(end)]);
      row = end;
    }
  }
  return { reported: [seconds(first), seconds(last + 1)], silent };
}
