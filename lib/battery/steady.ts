/**
 * Readings that went on arriving and said nothing new, and modules that said nothing at all.
 *
 * Both go by the rows with readings, not by held ones.
 *
 * @module
 */
import type { RowValues } from "../hours/mod.ts";
import { type Kind, lowerBound, type Values, valueText } from "../telemetry/mod.ts";
import type { SteadyRun, SteadySignal, Stretch } from "./figures.ts";

/** A signal is frozen from this time on, in seconds. */
export const FROZEN_AFTER = 7200;

/** A module is silent after this time, in seconds. */
const SILENT_AFTER = 3600;

/** A signal that takes so many values elsewhere is one that should move. */
export const MANY_VALUES = 10;

/** A day's grid. */
export interface DayGrid {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** How many rows it has. */
  rows: number;
  /** Seconds in a row. */
  interval: number;
  /** How many rows a value reaches. */
  gap: number;
}

/** The same number but for rounding: the mean of three equal readings need not be their value. */
function isSame(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-12 * Math.abs(a);
}

/** Adds a value to some distinct ones; more than {@linkcode MANY_VALUES} and one need not be known. */
function note(seen: number[], value: number): void {
  if (seen.length <= MANY_VALUES && !seen.some((other) => isSame(other, value))) seen.push(value);
}

/** A signal's runs of one value on a day; null if it has no reading. */
export function steadyOf(
  column: string,
  { rows, values, length }: RowValues,
  kind: Kind,
  texts: Values,
  { day, rows: end, interval, gap }: DayGrid,
): SteadySignal | null {
  const first = lowerBound(rows, length, 0);
  if (first === length || rows[first]! >= end) return null;
  const long = Math.ceil(FROZEN_AFTER / interval);
  const seen: number[] = [];
  const runs: { start: number; last: number }[] = []; // indices into the rowValues
  let [start, value, i] = [first, values[first]!, first];
  const close = () => {
    if (start === first || rows[i - 1]! - rows[start]! + 1 >= long) {
      runs.push({ start, last: i - 1 });
    }
  };
  note(seen, value);
  for (i = first + 1; i < length && rows[i]! < end; i++) {
    if (isSame(value, values[i]!) && rows[i]! - rows[i - 1]! <= gap) continue;
    close();
    [start, value] = [i, values[i]!];
    if (seen.length <= MANY_VALUES) note(seen, value);
  }
  close();
  if (runs.at(-1)!.start !== start) runs.push({ start, last: i - 1 });
  const isMany = seen.length > MANY_VALUES;
  const show = (value: number) => kind === "text" ? valueText(texts, value) : value;
  const isElsewhere = ({ start, last }: { start: number; last: number }) => {
    for (let k = first; k < i; k++) {
      if ((k < start || k > last) && isSame(values[start]!, values[k]!)) return true;
    }
    return false;
  };
  return {
    column,
    values: isMany ? null : seen.map(show),
    runs: runs.map((run): SteadyRun => ({
      value: show(values[run.start]!),
      from: day + rows[run.start]! * interval,
      to: day + (rows[run.last]! + 1) * interval,
      again: isMany || isElsewhere(run),
    })),
  };
}

/**
 * When a module was heard on a day, and the stretches of more than an hour in which it was not.
 *
 * @param tracks Its own, without those that it shares with others.
 */
export function silenceOf(
  tracks: readonly RowValues[],
  { day, rows: end, interval }: DayGrid,
): { heard: Stretch | null; silent: Stretch[] } {
  const own = tracks.map(({ rows, length }) => {
    return rows.subarray(lowerBound(rows, length, 0), lowerBound(rows, length, end));
  }).filter(({ length }) => length > 0).sort((a, b) => b.length - a.length);
  if (own.length === 0) return { heard: null, silent: [] };
  const first = own.reduce((least, rows) => Math.min(least, rows[0]!), end);
  const last = own.reduce((most, rows) => Math.max(most, rows.at(-1)!), 0);
  // The busiest rowValues first: it leaves little open for the others to be looked at.
  const open = own.reduce((open, rows) => gapsOf(rows, open, interval), [
    [first, last + 1] as Stretch,
  ]);
  const seconds = (row: number) => day + row * interval;
  return {
    heard: [seconds(first), seconds(last + 1)],
    silent: open.map(([from, to]) => [seconds(from), seconds(to)]),
  };
}

/** What some rows leave of some stretches, where that is longer than an hour. */
function gapsOf(rows: Int32Array, stretches: readonly Stretch[], interval: number): Stretch[] {
  const found: Stretch[] = [];
  for (const [from, to] of stretches) {
    let open = from;
    const close = (at: number) => {
      if ((at - open) * interval > SILENT_AFTER) found.push([open, at]);
    };
    for (let i = lowerBound(rows, rows.length, from); i < rows.length && rows[i]! < to; i++) {
      if (rows[i]! > open) close(rows[i]!);
      open = rows[i]! + 1;
    }
    close(to);
  }
  return found;
}
