/**
 * Columns over a whole day as runs of equal values. Rows of hours without a file are null.
 *
 * @module
 */
import { createRuns, type ModuleColumn, type Runs } from "../hours/mod.ts";
import type { Extreme } from "./figures.ts";

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

/** The mean of the known rows in each hour, rounded; null for an hour without such rows. */
export function meanByHour(
  { ends, values, length }: Runs,
  perHour: number,
  decimals: number,
): (number | null)[] {
  const [sums, counts] = [new Float64Array(24), new Int32Array(24)];
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

/** A column with its rows. */
export type NamedRuns = Pick<ModuleColumn, "name" | "runs">;

/**
 * The greatest or the least value of several columns, and its first occurrence; null if no value is
 * known.
 *
 * @param sign 1 for the greatest, -1 for the least.
 * @param day The start of the day in seconds.
 */
export function extremeOf(
  columns: readonly NamedRuns[],
  sign: 1 | -1,
  day: number,
  interval: number,
): Extreme | null {
  let [best, bestRow, column, count] = [NaN, 0, "", 0];
  for (const { name, runs: { ends, values, length } } of columns) {
    let own = NaN, at = 0;
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      if (!isBeyond(value, own, sign)) continue;
      own = value;
      at = i;
    }
    const row = at === 0 ? 0 : ends[at - 1]!;
    if (own === best) count++;
    if (isBeyond(own, best, sign)) [best, bestRow, column, count] = [own, row, name, 1];
    else if (own === best && row < bestRow) [bestRow, column] = [row, name];
  }
  return best !== best
    ? null
    : { value: best, column, at: day + bestRow * interval, columns: count };
}

/**
 * Whether a value is more extreme than the most extreme so far. NaN never is; any number is more
 * extreme than NaN.
 */
function isBeyond(value: number, best: number, sign: 1 | -1): boolean {
  const isFirst = best !== best && value === value;
  return isFirst || (sign > 0 ? value > best : value < best);
}
