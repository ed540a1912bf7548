/**
 * Columns over a whole day as runs of equal values. Rows of hours without a file are null.
 *
 * @module
 */
import { createRuns, type ModuleColumn, type Runs } from "../hours/mod.ts";
import { lowerBound } from "../telemetry/mod.ts";
import { consecutive } from "./consecutive.ts";
import type { Extreme, Range } from "./figures.ts";

/**
 * Replaces the rows of hours without a file with nulls.
 *
 * @param hours The hours that have a file, in order.
 * @param perHour How many rows an hour has.
 */
export function withinHours(runs: Runs, hours: readonly number[], perHour: number): Runs {
  if (hours.length === 24) return runs;
  const stretches = consecutive(hours);
  const rows = 24 * perHour;
  const out = createRuns(runs.length + 2 * stretches.length + 1);
  let length = 0;
  const put = (end: number, value: number) => {
    out.ends[length] = end;
    out.values[length++] = value;
  };
  let i = 0, at = 0;
  for (const [firstHour, endHour] of stretches) {
    const [from, to] = [firstHour * perHour, endHour * perHour];
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

/** A column with its rows over a day. */
export type DayColumn = Pick<ModuleColumn, "name" | "kind" | "runs">;

/** How many rows of a column are not null. */
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
  const { ends, values, length } = runs;
  const sums = new Float64Array(24);
  const counts = new Int32Array(24);
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
  return Array.from(sums, (sum, hour) => {
    return counts[hour] === 0 ? null : roundTo(sum / counts[hour]!, decimals);
  });
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
  let range: Range | null = null;
  for (const { name, runs: { ends, values, length } } of columns) {
    const { least, greatest } = extremesIn(values, length);
    if (least === -1) continue;
    const extremeAt = (i: number): Extreme => ({
      value: values[i]!,
      column: name,
      at: day + (i === 0 ? 0 : ends[i - 1]!) * interval,
      columns: 1,
    });
    const [min, max] = [extremeAt(least), extremeAt(greatest)];
    range = range === null ? { min, max } : {
      min: combine(range.min, min, min.value < range.min.value),
      max: combine(range.max, max, max.value > range.max.value),
    };
  }
  return range;
}

/** Combines the extreme of the columns so far with that of another column. */
function combine(found: Extreme, other: Extreme, isBeyond: boolean): Extreme {
  if (isBeyond) return other;
  if (other.value !== found.value) return found;
  const columns = found.columns + 1;
  return other.at < found.at ? { ...other, columns } : { ...found, columns };
}
