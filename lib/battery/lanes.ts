/**
 * A column over a whole day as runs: the rows of its hour files, one hour after the other.
 *
 * @module
 */
import { createRuns, fillOf, fillRows, type RowValues, type Runs } from "../hours/mod.ts";
import { type Kind, lowerBound } from "../telemetry/mod.ts";
import type { Extreme } from "./figures.ts";

/** Runs of equal values that cover a day; rows of hours without a file are null. */
export interface Lane {
  /** The row after each run's last one. */
  ends: Int32Array<ArrayBuffer>;
  /** Each run's value; NaN stands for null. */
  values: Float64Array<ArrayBuffer>;
  /** How many runs there are. */
  length: number;
}

/** The options by which rows are made. */
export interface Grid {
  /** Seconds in a row. */
  interval: number;
  /** How long a value is held, in seconds. */
  maxGap: number;
  /** How rows without readings are filled. */
  fill: "hold" | "linear" | "none";
}

/** Rows in a row: the first, and the one after the last. */
export type Rows = readonly [from: number, to: number];

/** The rows of some hours of a day, neighbours joined. */
export function rowsOfHours(hours: readonly number[], perHour: number): Rows[] {
  const found: [number, number][] = [];
  for (const hour of hours) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === hour * perHour) last[1] += perHour;
    else found.push([hour * perHour, (hour + 1) * perHour]);
  }
  return found;
}

/** Lays columns out over all rows of a day. */
export type LayOut = (lane: Lane, rowValues: RowValues, kind: Kind, hours: readonly Rows[]) => void;

/** Makes an empty lane. */
export function createLane(): Lane {
  return { ends: new Int32Array(64), values: new Float64Array(64), length: 0 };
}

/** One value in all rows. */
export function constantLane(rows: number, value: number): Lane {
  return { ends: Int32Array.of(rows), values: Float64Array.of(value), length: 1 };
}

/** Makes a function that lays out columns. */
export function createLayOut({ interval, maxGap, fill }: Grid, rows: number): LayOut {
  const runs = createRuns(rows);
  const gap = Math.floor(maxGap / interval);
  return (lane, rowValues, kind, hours) => {
    lane.length = 0;
    let at = 0;
    for (const [from, to] of hours) {
      if (from > at) putRun(lane, from, NaN);
      fillRows(rowValues, from, to - from, fillOf(kind, fill), gap, runs);
      at = putRuns(lane, from, runs);
    }
    if (at < rows) putRun(lane, rows, NaN);
  };
}

function putRun(lane: Lane, end: number, value: number): void {
  reserve(lane, 1);
  lane.ends[lane.length] = end;
  lane.values[lane.length++] = value;
}

/** Adds runs that begin at a row; returns the row after them. */
function putRuns(lane: Lane, from: number, { lengths, values, length }: Runs): number {
  reserve(lane, length);
  const { ends, values: to } = lane;
  let [end, at] = [from, lane.length];
  for (let i = 0; i < length; i++) {
    ends[at] = end += lengths[i]!;
    to[at++] = values[i]!;
  }
  lane.length = at;
  return end;
}

function reserve(lane: Lane, count: number): void {
  const needed = lane.length + count;
  if (needed <= lane.ends.length) return;
  const [ends, values] = [new Int32Array(needed * 2), new Float64Array(needed * 2)];
  ends.set(lane.ends.subarray(0, lane.length));
  values.set(lane.values.subarray(0, lane.length));
  Object.assign(lane, { ends, values });
}

/**
 * Cuts the rows of a column where two of them are further apart than `gap` rows: the indices at
 * which the chains of rows begin, and the index after the last row.
 */
export function chainsOf({ rows, length }: RowValues, gap: number): number[] {
  const starts = [0];
  for (let i = 1; i < length; i++) if (rows[i]! - rows[i - 1]! > gap) starts.push(i);
  starts.push(length);
  return starts;
}

/**
 * How many rows of some stretches are not null: as many as {@linkcode LayOut} makes so.
 *
 * @param chains See {@linkcode chainsOf}.
 */
export function countFilled(
  { rows, length }: RowValues,
  kind: Kind,
  chains: readonly number[],
  stretches: readonly Rows[],
  { interval, maxGap, fill }: Grid,
): number {
  const how = fillOf(kind, fill);
  const beyond = how === "hold" ? Math.floor(maxGap / interval) + 1 : 1;
  let filled = 0;
  for (const [from, to] of stretches) {
    if (how === "none") {
      filled += lowerBound(rows, length, to) - lowerBound(rows, length, from);
      continue;
    }
    for (let k = 1; k < chains.length; k++) {
      const end = chains[k]!;
      const first = rows[chains[k - 1]!]!;
      let last = rows[end - 1]! + beyond;
      if (end < length && rows[end]! < last) last = rows[end]!;
      if (last > to) last = to;
      if (last > from && last > first) filled += last - (first > from ? first : from);
    }
  }
  return filled;
}

/** The mean of the known rows in each hour, rounded to some decimals; null where there are none. */
export function meanByHour(
  { ends, values, length }: Lane,
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

/** A lane with the name of its column. */
export interface Named {
  /** The column. */
  name: string;
  /** Its rows. */
  lane: Lane;
}

/**
 * The greatest or the least value of some lanes, and where it occurs first; null if no value is
 * known.
 *
 * @param sign 1 for the greatest, -1 for the least.
 * @param day The start of the day in seconds.
 */
export function extremeOf(
  columns: readonly Named[],
  sign: 1 | -1,
  day: number,
  interval: number,
): Extreme | null {
  let [best, bestRow, column, count] = [NaN, 0, "", 0];
  for (const { name, lane: { ends, values, length } } of columns) {
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
  return sign > 0 ? value > best || (best !== best && value === value) : value < best ||
    (best !== best && value === value);
}
