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
  on: DayGrid,
): SignalDay | null {
  const { name, kind, rowValues: { rows, values, length } } = column;
  const [from, to] = [lowerBound(rows, length, 0), lowerBound(rows, length, on.rows)];
  if (from === to) return null;
  const least = FROZEN_AFTER / on.interval;
  const runs = findRuns(column.rowValues, from, to, on).filter(([start, end]) => {
    // The first and the last run of the day may continue across midnight.
    const isFirst = start === from && rows[start]! < on.gap;
    const isLast = end === to && rows[end - 1]! >= on.rows - on.gap;
    return isFirst || isLast || rows[end - 1]! - rows[start]! + 1 >= least;
  });
  const isOne = runs.length === 1 && runs[0]![0] === from && runs[0]![1] === to;
  const found = isOne ? [values[from]!] : distinct(values, from, to);
  const isMany = found.length > MANY_VALUES;
  const show = (value: number) => kind === "text" ? texts.text(value) : value;
  return {
    column: name,
    values: isMany ? null : found.map(show),
    runs: runs.map(([start, end]): ConstantRun => [
      show(values[start]!),
      on.day + rows[start]! * on.interval,
      on.day + (rows[end - 1]! + 1) * on.interval,
      isMany || has(values, from, start, values[start]!) || has(values, end, to, values[start]!),
    ]),
  };
}

/** Rows with readings that have one value and no gap between them, as indices: [start, end). */
type Run = readonly [start: number, end: number];

/** Finds the first and the last run, and all runs of two hours or more. */
function findRuns(readings: RowValues, from: number, to: number, on: DayGrid): Run[] {
  const { rows, values } = readings;
  const perHour = 3600 / on.interval;
  let run = runAround(readings, from, from, to, on.gap);
  const runs = [run];
  // A run of two hours covers two full hours, so only rows at full hours are examined.
  const firstHour = Math.ceil(rows[from]! / perHour) * perHour;
  for (let row = firstHour, before = from; row <= rows[to - 1]!; row += perHour) {
    const i = lowerBound(rows, to, row + 1) - 1;
    if (i >= run[1] && isSame(values[i]!, values[before]!)) {
      run = runAround(readings, i, from, to, on.gap);
      runs.push(run);
    }
    before = i;
  }
  if (run[1] < to) runs.push(runAround(readings, to - 1, from, to, on.gap));
  return runs;
}

/** The run around an index. */
function runAround(
  { rows, values }: RowValues,
  i: number,
  from: number,
  to: number,
  gap: number,
): Run {
  const value = values[i]!;
  let start = i, end = i + 1;
  while (
    start > from && rows[start]! - rows[start - 1]! <= gap && isSame(values[start - 1]!, value)
  ) start--;
  while (end < to && rows[end]! - rows[end - 1]! <= gap && isSame(values[end]!, value)) end++;
  return [start, end];
}

/** The distinct values between two indices; stops after one more than {@linkcode MANY_VALUES}. */
function distinct(values: Float64Array, from: number, to: number): number[] {
  const found = [values[from]!];
  let last = found[0]!;
  for (let i = from + 1; i < to && found.length <= MANY_VALUES; i++) {
    const value = values[i]!;
    if (value === last) continue;
    last = value;
    if (!found.some((known) => isSame(known, value))) found.push(value);
  }
  return found;
}

/** Whether a value occurs between two indices. */
function has(values: Float64Array, from: number, to: number, value: number): boolean {
  for (let i = from; i < to; i++) if (isSame(values[i]!, value)) return true;
  return false;
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
