/**
 * How much of each hour of a module was heard. Hour files don't tell a reading from a held value,
 * so this goes on record when they are made.
 *
 * @module
 */
import { DAY, type Kind, lowerBound } from "../telemetry/mod.ts";
import { fillOf, type Track } from "./grid.ts";
import type { TableOptions } from "./options.ts";

/** What was heard of a module on a day, by hour: 24 numbers of rows each. */
export interface Coverage {
  /** Rows in which the module itself reported anything. */
  heard: number[];
  /** Other rows in which a value of its own was filled in. */
  held: number[];
}

/** The row of what was not heard before the day: a whole number, as all rows are. */
const NEVER = -(2 ** 30);

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
  return columns.reduce((last, { track }) => Math.max(last, markTrack(track, marks)), NEVER);
}

function markTrack({ rows, length }: Track, marks: Uint8Array): number {
  const own = lowerBound(rows, length, 0);
  for (let i = own; i < length; i++) if (rows[i]! < marks.length) marks[rows[i]!] = HEARD;
  return own === 0 ? NEVER : rows[own - 1]!;
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
