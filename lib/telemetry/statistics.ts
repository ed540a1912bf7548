/**
 * Statistics of a signal's readings on a day: how many are numbers, in which hours there are any,
 * and how far apart they are.
 *
 * @module
 */
import { dayRange, type Series } from "./series.ts";
import type { Signal } from "./tags.ts";
import type { ValueSet } from "./values.ts";

/** Statistics of a signal's readings. */
export interface Statistics {
  /** The index of the first reading on the day itself. */
  from: number;
  /** The index after the last reading on the day itself. */
  to: number;
  /** How many of them parse as a finite number. */
  numeric: number;
  /** The hours that have readings, as bits; bit 0 is the first hour. */
  hours: number;
  /** Histogram of the time since the previous reading, in the bins of {@linkcode GAP_BOUNDS}. */
  gaps: Int32Array;
}

/** The lower bounds of the histogram's bins in seconds; the last bin has no upper bound. */
// deno-fmt-ignore
export const GAP_BOUNDS: readonly number[] = [
  0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600,
];

/** Sums histograms of gaps by payload type. */
export function sumGaps(
  all: Iterable<{ gaps: Readonly<Record<string, ArrayLike<number>>> }>,
): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const { gaps } of all) {
    for (const [payload, counts] of Object.entries(gaps)) {
      const sum = sums.getOrInsertComputed(payload, () => GAP_BOUNDS.map(() => 0));
      for (let i = 0; i < counts.length; i++) sum[i]! += counts[i]!;
    }
  }
  return sums;
}

/** The bin of each gap, by its whole seconds. */
const BINS = new Uint8Array(GAP_BOUNDS.at(-1)! + 1);
GAP_BOUNDS.forEach((bound, i) => BINS.fill(i, bound));

/**
 * Computes a signal's statistics.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { statisticsOf } from "./statistics.ts";
 * import { ValueSet } from "./values.ts";
 * const values = new ValueSet();
 * const one = values.intern(new TextEncoder().encode("1"), 0, 1);
 * const series = { times: Float64Array.of(-1, 5, 3600), ids: Int32Array.of(one, one, one), length: 3 };
 * const { from, to, numeric, hours } = statisticsOf(series, values);
 * assert.deepEqual([from, to, numeric, hours], [1, 3, 2, 0b11]);
 * ```
 */
export function statisticsOf(series: Series, values: ValueSet): Statistics {
  const [from, to] = dayRange(series);
  const { times, ids } = series;
  const gaps = new Int32Array(GAP_BOUNDS.length);
  return {
    from,
    to,
    numeric: countNumbers(ids, from, to, values.numbers),
    hours: countGaps(times, from, to, gaps),
    gaps,
  };
}

function countNumbers(ids: Int32Array, from: number, to: number, numbers: Float64Array): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const number = numbers[ids[i]!]!;
    if (number === number) count++;
  }
  return count;
}

/** Counts gaps by bin; returns the hours that have readings, as bits. */
function countGaps(times: Float64Array, from: number, to: number, gaps: Int32Array): number {
  let hours = 0;
  let hourEnd = 0;
  let last = times[from]!;
  for (let i = from; i < to; i++) {
    const time = times[i]!;
    // There is no gap between two values of the same instant.
    if (time !== last) gaps[BINS[Math.min((time - last) | 0, BINS.length - 1)]!]!++;
    last = time;
    if (time < hourEnd) continue;
    const hour = Math.floor(time / 3600);
    hours |= 1 << hour;
    hourEnd = (hour + 1) * 3600;
  }
  return hours;
}

/**
 * The histogram of gaps by payload type, for those that have a signal with at least two readings.
 */
export function gapsOf(
  signals: readonly { signal: Signal; statistics: Statistics }[],
): Record<string, number[]> {
  const sums = sumGaps(
    signals.filter(({ statistics: { from, to } }) => to - from >= 2)
      .map(({ signal, statistics }) => ({ gaps: { [signal.payload]: statistics.gaps } })),
  );
  return Object.fromEntries([...sums].sort(([a], [b]) => a < b ? -1 : 1));
}
