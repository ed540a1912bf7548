/**
 * The ranges of lines in panels, and a scale that a few outliers don't stretch.
 *
 * @module
 */
import type { Rows } from "./frame.ts";
import { format, instant } from "./words.ts";

/** The least and the greatest value of a line in a panel, and when each came first. */
export interface Range {
  /** The panel's name. */
  panel: string;
  /** The number of the line. */
  line: number;
  /** The least value. */
  least: number;
  /** When it came first, in milliseconds since the epoch. */
  leastAt: number;
  /** The greatest value. */
  most: number;
  /** When it came first, in milliseconds since the epoch. */
  mostAt: number;
}

/**
 * Measures each line in each panel that has a value of it.
 *
 * @param names The panel of each series.
 */
export function panelRanges(
  { times, series }: Rows,
  lines: readonly { values: Float64Array }[],
  names: readonly string[],
): Range[] {
  return lines.flatMap(({ values }, line) => {
    const found: (Range | undefined)[] = names.map(() => undefined);
    for (let i = 0; i < values.length; i++) {
      const [value, at, number] = [values[i]!, times[i]!, series[i]!];
      if (value !== value) continue;
      const range = found[number];
      if (range === undefined) {
        const panel = names[number]!;
        found[number] = { panel, line, least: value, leastAt: at, most: value, mostAt: at };
      } else if (value < range.least) [range.least, range.leastAt] = [value, at];
      else if (value > range.most) [range.most, range.mostAt] = [value, at];
    }
    return found.filter((range) => range !== undefined);
  });
}

/** Of fewer panels all are shown whole. */
const MIN_PANELS = 4;

/**
 * The scale of most panels: the ends of the middle half of them, and as much again beyond.
 *
 * @param zero Whether zero is on the scale.
 *
 * @example One of many panels that is far off does not flatten the others.
 * ```ts
 * import assert from "node:assert/strict";
 * import { robustScale } from "./scale.ts";
 * const range = (most: number, i: number) => (
 *   { panel: `1_${i}`, line: 0, least: 0, leastAt: 0, most, mostAt: 0 }
 * );
 * assert.deepEqual(robustScale([10, 11, 12, 13, 700].map(range), false), [0, 13]);
 * assert.deepEqual(robustScale([10, 700].map(range), false), [0, 700]);
 * ```
 */
export function robustScale(
  ranges: readonly Range[],
  zero: boolean,
): readonly [low: number, high: number] {
  const lows = ranges.map(({ least }) => least).sort((a, b) => a - b);
  const highs = ranges.map(({ most }) => most).sort((a, b) => a - b);
  const panels = new Set(ranges.map(({ panel }) => panel)).size;
  const room = panels < MIN_PANELS ? Infinity : 2 * (at(highs, 0.75) - at(lows, 0.25)) || Infinity;
  const high = highs.findLast((value) => value <= at(highs, 0.75) + room)!;
  const low = lows.find((value) => value >= at(lows, 0.25) - room)!;
  return zero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)]!;
}

/** The least and the greatest value in words: where and when, if that is one place only. */
export function rangeWords(ranges: readonly Range[], panels: number): string {
  const least = Math.min(...ranges.map(({ least }) => least));
  const most = Math.max(...ranges.map(({ most }) => most));
  if (least === most) return `${format(least)} throughout`;
  const low = ranges.filter((range) => range.least === least);
  const high = ranges.filter((range) => range.most === most);
  const place = (value: number, found: { panel: string; at: number }[]) => {
    if (found.length > 1) return format(value);
    const where = panels === 1 ? "" : ` in ${found[0]!.panel}`;
    return `${format(value)}${where} (${instant(found[0]!.at)})`;
  };
  const lowest = place(least, low.map(({ panel, leastAt: at }) => ({ panel, at })));
  return `${lowest} to ${place(most, high.map(({ panel, mostAt: at }) => ({ panel, at })))}`;
}
