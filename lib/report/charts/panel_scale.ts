/**
 * The ranges of lines in panels, and a scale that a few outliers do not stretch.
 *
 * @module
 */
import { greatestIn, leastIn } from "../aggregates.ts";
import { extremesIn } from "../../battery/mod.ts";
import { format, instant } from "../words.ts";

/**
 * The least and the greatest value of a line of a panel, and when each first occurred, in milliseconds
 * since the epoch.
 */
export type LineRange<P = { name: string }> =
  & { panel: P; line: number }
  & Readonly<Record<"least" | "leastAt" | "most" | "mostAt", number>>;

/**
 * Measures a line; null if it has no value.
 *
 * @param panel Its panel, with the times of its rows.
 * @param values A value for each time; NaN for none.
 */
export function measureLine<P extends { times: Float64Array }>(
  panel: P,
  line: number,
  values: Float64Array,
): LineRange<P> | null {
  const { times } = panel;
  const { least, greatest } = extremesIn(values);
  if (least === -1) return null;
  return {
    panel,
    line,
    least: values[least]!,
    leastAt: times[least]!,
    most: values[greatest]!,
    mostAt: times[greatest]!,
  };
}

/** If there are fewer panels, all are shown in full. */
const MIN_PANELS = 4;

/**
 * The scale of most panels: from the lower to the upper quartile, and twice that range beyond.
 *
 * @param zero Whether the scale includes zero.
 *
 * @example One outlier among many panels does not flatten the others.
 * ```ts
 * import assert from "node:assert/strict";
 * import { robustScale } from "./panel_scale.ts";
 * const range = (most: number, i: number) => (
 *   { panel: { name: `1_${i}` }, line: 0, least: 0, leastAt: 0, most, mostAt: 0 }
 * );
 * assert.deepEqual(robustScale([10, 11, 12, 13, 700].map(range), false), [0, 13]);
 * assert.deepEqual(robustScale([10, 700].map(range), false), [0, 700]);
 * ```
 */
export function robustScale(
  ranges: readonly LineRange[],
  zero: boolean,
): readonly [low: number, high: number] {
  const lows = ranges.map(({ least }) => least).sort((a, b) => a - b);
  const highs = ranges.map(({ most }) => most).sort((a, b) => a - b);
  const panels = new Set(ranges.map(({ panel }) => panel)).size;
  const [lower, upper] = [at(lows, 0.25), at(highs, 0.75)];
  const room = panels < MIN_PANELS || isFlat([lower, upper]) ? Infinity : 2 * (upper - lower);
  const high = highs.findLast((value) => value <= upper + room)!;
  const low = lows.find((value) => value >= lower - room)!;
  return zero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
}

/** Whether a scale shows nothing but rounding: a mean of equal readings may differ from them. */
export function isFlat([low, high]: readonly [low: number, high: number]): boolean {
  return high - low <= 1e-9 * Math.max(-low, high);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)]!;
}

/** The least and the greatest value in words, with place and time if there is only one. */
export function rangeWords(ranges: readonly LineRange[], panels: number): string {
  const place = (value: number, found: readonly LineRange[], at: "leastAt" | "mostAt") => {
    if (found.length > 1) return format(value);
    const where = panels === 1 ? "" : ` in ${found[0]!.panel.name}`;
    return `${format(value)}${where} (${instant(found[0]![at])})`;
  };
  const least = leastIn(ranges.map(({ least }) => least));
  const most = greatestIn(ranges.map(({ most }) => most));
  if (isFlat([least, most])) return `${format(least)} throughout`;
  const low = place(least, ranges.filter((range) => range.least === least), "leastAt");
  const high = place(most, ranges.filter((range) => range.most === most), "mostAt");
  return `${low} to ${high}`;
}
