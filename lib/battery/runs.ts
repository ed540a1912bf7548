/**
 * Columns over a whole day as runs of equal values. Rows of hours without a file are null.
 *
 * @module
 */
import { createRuns, type ModuleColumn, type Runs } from "../hours/mod.ts";
import { lowerBound } from "../telemetry/mod.ts";
import { consecutive } from "./consecutive.ts";
import type { Extreme, Range } from "./figures.ts";

/** The grid of a day's rows. */
export interface Grid {
  /** Seconds in a row. */
  interval: number;
  /** How long a value is held, in seconds. */
  maxGap: number;
}

/** Consecutive rows: the first, and the one after the last. */
export type Rows = readonly [from: number, to: number];

/** The rows of some hours of a day; neighbouring hours are joined. */
export function rowsOfHours(hours: readonly number[], perHour: number): Rows[] {
  return consecutive(hours).map(([from, to]) => [from * perHour, to * perHour]);
}

/**
 * Replaces the rows outside some stretches with nulls: those of hours without a file.
 *
 * @param rows How many rows the day has.
 * @param out Room for the result; not used if the stretches cover the whole day.
 */
export function withinStretches(
  runs: Runs,
  stretches: readonly Rows[],
  rows: number,
  out: Runs,
): Runs {
  const [from, to] = stretches[0] ?? [0, 0];
  if (from === 0 && to === rows) return runs;
  const most = runs.length + 2 * stretches.length + 1;
  if (out.ends.length < most) Object.assign(out, createRuns(Math.ceil(most * 1.25)));
  let length = 0;
  const put = (end: number, value: number) => {
    out.ends[length] = end;
    out.values[length++] = value;
  };
  let i = 0, at = 0;
  for (const [from, to] of stretches) {
    if (from > at) put(from, NaN);
    while (runs.ends[i]! <= from) i++;
    for (at = from; at < to; i++) {
      at = Math.min(runs.ends[i]!, to);
      put(at, runs.values[i]!);
      if (at === to) break; // the run may continue in the next stretch
    }
  }
  if (at < rows) put(rows, NaN);
  out.length = length;
  return out;
}

/** Where the extremes of a column are. */
export interface Extremes {
  /** The index of the least number, the first of several; -1 if there is none. */
  least: number;
  /** The index of the greatest number, the first of several; -1 if there is none. */
  greatest: number;
}

/** Finds the extremes of the numbers that are not NaN. */
export function extremesIn(values: Float64Array, length: number = values.length): Extremes {
  let least = -1, greatest = -1, min = Infinity, max = -Infinity;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (value < min) {
      min = value;
      least = i;
    }
    if (value > max) {
      max = value;
      greatest = i;
    }
  }
  return { least, greatest };
}

/** What is found in a column: how many of its rows are not null, and the runs of its extremes. */
export interface Survey extends Extremes {
  /** How many rows are not null. */
  known: number;
}

/** A column with its rows over a day, and what is found in them. */
export interface DayColumn extends Pick<ModuleColumn, "name" | "kind" | "runs">, Survey {}

/** Finds how many rows of a column are known, and its extremes. */
export function survey(runs: Runs): Survey {
  return { known: countKnown(runs), ...extremesIn(runs.values, runs.length) };
}

function countKnown({ ends, values, length }: Runs): number {
  let known = 0, from = 0;
  for (let i = 0; i < length; i++) {
    const end = ends[i]!;
    if (values[i] === values[i]) known += end - from;
    from = end;
  }
  return known;
}

/** The value of a row. */
export function valueAt({ ends, values, length }: Runs, row: number): number {
  return values[lowerBound(ends, length, row + 1)]!;
}

/** The mean of the known rows in each hour, rounded; null for an hour without such rows. */
export function meanByHour(runs: Runs, perHour: number, decimals: number): (number | null)[] {
  const sums = new Float64Array(24);
  const counts = new Int32Array(24);
  addByHour(runs, perHour, sums, counts);
  return Array.from(sums, (sum, hour) => {
    return counts[hour] === 0 ? null : roundTo(sum / counts[hour]!, decimals);
  });
}

function addByHour(
  { ends, values, length }: Runs,
  perHour: number,
  sums: Float64Array,
  counts: Int32Array,
): void {
  let row = 0, hour = 0, hourEnd = perHour;
  for (let i = 0; i < length; i++) {
    const end = ends[i]!;
    const value = values[i]!;
    while (row < end) {
      const until = end < hourEnd ? end : hourEnd;
      if (value === value) {
        sums[hour]! += value * (until - row);
        counts[hour]! += until - row;
      }
      row = until;
      if (row < hourEnd) continue;
      hour++;
      hourEnd += perHour;
    }
  }
}

/** Rounds a number to a number of decimals. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/**
 * The least and the greatest value of several columns, each with its first occurrence; null if no
 * value is known.
 *
 * @param day The start of the day in seconds.
 */
export function extremesOf(
  columns: readonly DayColumn[],
  day: number,
  interval: number,
): Range | null {
  const extremeOf = (end: "least" | "greatest"): Extreme | null => {
    let found: Extreme | null = null;
    for (const { name, runs, [end]: i } of columns) {
      if (i === -1) continue;
      const value = runs.values[i]!;
      const at = day + (i === 0 ? 0 : runs.ends[i - 1]!) * interval;
      if (found === null || (end === "least" ? value < found.value : value > found.value)) {
        found = { value, column: name, at, columns: 1 };
      } else if (value === found.value) {
        found.columns++;
        if (at < found.at) Object.assign(found, { column: name, at });
      }
    }
    return found;
  };
  const min = extremeOf("least");
  const max = extremeOf("greatest");
  return min && max && { min, max };
}
