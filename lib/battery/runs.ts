/**
 * Columns over a whole day as runs of equal values. Rows of hours without a file are null.
 *
 * @module
 */
import { createRuns, type ModuleColumn, type Runs } from "../hours/mod.ts";
import { lowerBound } from "../telemetry/mod.ts";
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
  const found: [number, number][] = [];
  for (const hour of hours) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === hour * perHour) last[1] += perHour;
    else found.push([hour * perHour, (hour + 1) * perHour]);
  }
  return found;
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

/** How many rows are not null. */
export function countKnown({ ends, values, length }: Runs): number {
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
  const [sums, counts] = [new Float64Array(24), new Int32Array(24)];
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

/** A column with its rows. */
export type NamedRuns = Pick<ModuleColumn, "name" | "runs">;

/**
 * The least and the greatest value of several columns, each with its first occurrence; null if no
 * value is known.
 *
 * @param day The start of the day in seconds.
 */
export function extremesOf(
  columns: readonly NamedRuns[],
  day: number,
  interval: number,
): Range | null {
  const [min, max] = [-1, 1].map((sign): Extreme | null => {
    const extremes = columns.flatMap(({ name, runs }) => {
      const i = indexOfExtreme(runs, sign as 1 | -1);
      if (i === -1) return [];
      return [{ value: runs.values[i]!, row: i === 0 ? 0 : runs.ends[i - 1]!, name }];
    });
    if (extremes.length === 0) return null;
    const value = extremes.reduce((best, other) =>
      sign * other.value > sign * best.value ? other : best
    ).value;
    const equal = extremes.filter((extreme) => extreme.value === value);
    const { row, name } = equal.reduce((first, other) => other.row < first.row ? other : first);
    return { value, column: name, at: day + row * interval, columns: equal.length };
  });
  return min && max ? { min, max } : null;
}

/**
 * The first run with the least or the greatest value; -1 if no value is known.
 *
 * @param sign 1 for the greatest, -1 for the least.
 */
export function indexOfExtreme({ values, length }: Runs, sign: 1 | -1): number {
  let found = -1;
  let best = -Infinity;
  for (let i = 0; i < length; i++) {
    const value = sign * values[i]!;
    if (value > best) {
      best = value;
      found = i;
    }
  }
  return found;
}
