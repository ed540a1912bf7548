/**
 * What was heard on a day: how much of each hour of a module, and at which intervals its signals.
 * Hour files don't tell a reading from a held value, so this goes on record when they are made.
 *
 * @module
 */
import type { Kind } from "./catalogue.ts";
import { fillOf, type Track } from "./grid.ts";
import type { TableOptions } from "./options.ts";
import { lowerBound, ownRange, type Series } from "./readings.ts";
import { remember } from "./remember.ts";
import type { Signal } from "./tags.ts";
import { DAY } from "./time.ts";

/** What was heard of a module on a day, by hour: 24 numbers of rows each. */
export interface Coverage {
  /** Rows in which the module itself reported anything. */
  heard: number[];
  /** Other rows in which a value of its own was filled in. */
  held: number[];
}

/** Heard is more than held. */
const [HELD, HEARD] = [1, 2];

/**
 * Counts the rows of a module's day that were heard and held.
 *
 * @param columns The module's own columns, without those that it shares with others.
 */
export function coverageOf(
  columns: readonly { kind: Kind; track: Track }[],
  { interval, maxGap, fill }: Pick<TableOptions, "interval" | "maxGap" | "fill">,
): Coverage {
  const marks = new Uint8Array(DAY / interval);
  const gap = Math.floor(maxGap / interval);
  const isHeld = (kind: Kind) => fillOf(kind, fill) === "hold";
  // What is held in any column is what lies behind a row of any of them.
  holdRows(markRows(columns.filter(({ kind }) => isHeld(kind)), marks), marks, gap);
  const others = columns.filter(({ kind }) => !isHeld(kind));
  markRows(others, marks);
  if (fill === "linear") others.forEach(({ track }) => joinRows(track, marks, gap));
  const perHour = 3600 / interval;
  const coverage: Coverage = { heard: [], held: [] };
  for (let from = 0; from < marks.length; from += perHour) {
    const counts = countMarks(marks, from, from + perHour);
    coverage.heard.push(counts[HEARD]! + counts[HEARD | HELD]!);
    coverage.held.push(counts[HELD]!);
  }
  return coverage;
}

function countMarks(marks: Uint8Array, from: number, to: number): Int32Array {
  const counts = new Int32Array(4);
  for (let row = from; row < to; row++) counts[marks[row]!]!++;
  return counts;
}

/**
 * Marks the rows that columns have readings in.
 *
 * @returns The last one before the day.
 */
function markRows(columns: readonly { track: Track }[], marks: Uint8Array): number {
  return columns.reduce((last, { track }) => Math.max(last, markTrack(track, marks)), -Infinity);
}

function markTrack({ rows, length }: Track, marks: Uint8Array): number {
  const own = lowerBound(rows, length, 0);
  for (let i = own; i < length; i++) if (rows[i]! < marks.length) marks[rows[i]!] = HEARD;
  return own === 0 ? -Infinity : rows[own - 1]!;
}

/** Marks what is held behind heard rows, the last one before the day among them. */
function holdRows(before: number, marks: Uint8Array, gap: number): void {
  let until = before + gap;
  for (let row = 0; row < marks.length; row++) {
    if (marks[row] === HEARD) until = row + gap;
    else if (row <= until) marks[row] = HELD;
  }
}

/** Marks what a line fills in between two rows that are near enough. */
function joinRows({ rows, length }: Track, marks: Uint8Array, gap: number): void {
  for (let i = 1; i < length; i++) {
    const [from, to] = [rows[i - 1]!, rows[i]!];
    if (to - from > gap) continue;
    for (let row = Math.max(0, from + 1); row < Math.min(to, marks.length); row++) {
      marks[row]! |= HELD;
    }
  }
}

/** The bounds of the classes of {@linkcode gapsOf} in seconds; the last class has no upper one. */
export const GAP_BOUNDS: readonly number[] = [
  ...[0, 1, 2, 5, 10, 20, 30, 60],
  ...[120, 300, 600, 1800, 3600, 7200, 21_600],
];

/** The class of a gap of so many whole seconds. */
const CLASSES = Uint8Array.from(
  { length: GAP_BOUNDS.at(-1)! + 1 },
  (_, seconds) => GAP_BOUNDS.findLastIndex((bound) => bound <= seconds),
);

/**
 * Counts the time between a signal's readings on a day, by payload type.
 *
 * @returns For each payload type as many numbers as there are {@linkcode GAP_BOUNDS}: how many
 * readings came at least that many seconds, and less than the next bound, after the one before.
 */
export function gapsOf(
  signals: readonly Signal[],
  series: readonly Series[],
): Record<string, number[]> {
  const found = new Map<string, number[]>();
  signals.forEach(({ payload }, i) => {
    const [from, to] = ownRange(series[i]!);
    if (to - from < 2) return;
    const { times } = series[i]!;
    const counts = remember(found, payload, () => GAP_BOUNDS.map(() => 0));
    for (let k = from + 1; k < to; k++) {
      const gap = times[k]! - times[k - 1]!;
      if (gap === 0) continue; // two values of one instant
      counts[CLASSES[Math.min(Math.floor(gap), CLASSES.length - 1)]!]!++;
    }
  });
  return Object.fromEntries([...found].sort(([a], [b]) => a < b ? -1 : 1));
}
