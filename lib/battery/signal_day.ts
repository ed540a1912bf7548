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
  const least = Math.ceil(FROZEN_AFTER / on.interval);
  const runs: Run[] = [];
  const chains = chainStarts(column.rowValues, on.gap);
  for (let k = 1; k < chains.length; k++) {
    const start = Math.max(from, chains[k - 1]!);
    const end = Math.min(to, chains[k]!);
    if (start >= end) continue;
    // The first and the last run of the day may continue across midnight.
    const isFirst = start === from && rows[start]! < on.gap;
    const isLast = end === to && rows[end - 1]! >= on.rows - on.gap;
    if (!isFirst && !isLast && rows[end - 1]! - rows[start]! + 1 < least) continue;
    findRuns(column.rowValues, start, end, 3600 / on.interval, (run) => {
      const isLong = rows[run[1] - 1]! - rows[run[0]]! + 1 >= least;
      if (isLong || (isFirst && run[0] === from) || (isLast && run[1] === to)) runs.push(run);
    });
  }
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

/**
 * Divides rows into chains whose neighbours are no further apart than the max gap.
 *
 * @returns The index of the first row of each chain, and the index after the last row.
 */
function chainStarts({ rows, length }: RowValues, gap: number): number[] {
  const starts = [0];
  for (let i = 1; i < length; i++) if (rows[i]! - rows[i - 1]! > gap) starts.push(i);
  starts.push(length);
  return starts;
}

/** A run of rows with one value, as indices: [start, end). */
type Run = readonly [start: number, end: number];

/** Finds the first and the last run of a chain, and all runs of two hours. */
function findRuns(
  { rows, values }: RowValues,
  start: number,
  end: number,
  perHour: number,
  found: (run: Run) => void,
): void {
  let run = runAt(values, start, start, end);
  found(run);
  let before = start;
  // A run of two hours covers two full hours, so only rows at full hours are examined.
  for (
    let row = Math.ceil(rows[start]! / perHour) * perHour;
    row <= rows[end - 1]!;
    row += perHour
  ) {
    const i = lowerBound(rows, end, row + 1) - 1;
    if (i >= run[1] && isSame(values[i]!, values[before]!)) {
      run = runAt(values, i, start, end);
      found(run);
    }
    before = i;
  }
  if (run[1] < end) found(runAt(values, end - 1, start, end));
}

/** The run around an index. */
function runAt(values: Float64Array, i: number, from: number, to: number): Run {
  let start = i, end = i + 1;
  const value = values[i]!;
  while (start > from && (values[start - 1] === value || isSame(values[start - 1]!, value))) {
    start--;
  }
  while (end < to && (values[end] === value || isSame(values[end]!, value))) end++;
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
    let k = 0;
    while (k < found.length && found[k] !== value) k++;
    if (k === found.length && !found.some((known) => isSame(known, value))) found.push(value);
  }
  return found;
}

/** Whether a value occurs between two indices. */
function has(values: Float64Array, from: number, to: number, value: number): boolean {
  for (let i = from; i < to; i++) if (isSame(values[i]!, value)) return true;
  return false;
}

/**
 * When a module reported on a day, and the stretches of more than an hour in which it did not.
 *
 * @param columns The module's own columns, without those that it shares with other modules.
 */
export function silenceOf(
  columns: readonly RowValues[],
  { day, rows: end, interval }: DayGrid,
): Pick<ModuleDay, "reported" | "silent"> {
  const own = columns.map(({ rows, length }) => {
    return rows.subarray(lowerBound(rows, length, 0), lowerBound(rows, length, end));
  }).filter(({ length }) => length > 0).sort((a, b) => b.length - a.length);
  if (own.length === 0) return { reported: null, silent: [] };
  const first = own.reduce((least, rows) => Math.min(least, rows[0]!), end);
  const last = own.reduce((most, rows) => Math.max(most, rows.at(-1)!), 0);
  // The busiest column first, because it leaves few stretches for the others to fill.
  const open = own.reduce((open, rows) => gapsOf(rows, open, interval), [
    [first, last + 1] as Stretch,
  ]);
  const seconds = (row: number) => day + row * interval;
  return {
    reported: [seconds(first), seconds(last + 1)],
    silent: open.map(([from, to]) => [seconds(from), seconds(to)]),
  };
}

/** Removes rows from stretches, and keeps the remaining parts longer than an hour. */
function gapsOf(rows: Int32Array, stretches: readonly Stretch[], interval: number): Stretch[] {
  const most = SILENT_AFTER / interval;
  const found: Stretch[] = [];
  for (const [from, to] of stretches) {
    let open = from;
    for (let i = lowerBound(rows, rows.length, from); i < rows.length && rows[i]! < to; i++) {
      const row = rows[i]!;
      if (row - open > most) found.push([open, row]);
      open = row + 1;
    }
    if (to - open > most) found.push([open, to]);
  }
  return found;
}
