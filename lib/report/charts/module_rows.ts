/**
 * What charts are drawn from: the rows of modules, in order of time.
 *
 * @module
 */
import { greatestIn, leastIn } from "../aggregates.ts";
import { join } from "node:path";
import { type Quantity, quantityByColumn } from "../../battery/mod.ts";
import { type HourRows, readHourFiles } from "../../hours/mod.ts";
import { folderOf } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";

/** The rows of a module, in order of time. */
export interface ModuleRows extends HourRows {
  /** Its phase. */
  phase: string;
  /** Its name within the phase. */
  module: string;
  /** Finds what a column measures. */
  quantityOf: (column: string) => Quantity | null;
}

/**
 * Reads the hour files of modules on some days: the columns of a known quantity.
 *
 * @param output The output folder.
 * @param days The days, in order.
 * @param places The modules.
 * @throws {Error} If a file can't be read.
 */
export function readHours(
  output: string,
  days: readonly DayRecord[],
  places: readonly (readonly [phase: string, module: string])[],
): ModuleRows[] {
  const quantityOf = quantityByColumn(days.flatMap(({ signalCounts }) => signalCounts));
  const isKnown = (column: string) => quantityOf(column) !== null;
  return places.map(([phase, module]) => {
    const folder = `${folderOf(phase, module)}/`;
    const files = days.flatMap(({ files, options }) =>
      files.filter((name) => name.startsWith(folder)).map((name) => ({
        path: join(output, name),
        rows: 3600 / options.interval,
      }))
    );
    return { phase, module, quantityOf, ...readHourFiles(files, isKnown) };
  });
}

/**
 * Frees the memory of columns that are no longer needed. The garbage collector would do so too, but
 * only after several times as much has been allocated.
 */
export function freeColumns(columns: Iterable<Float64Array | Float32Array>): void {
  for (const { buffer } of columns) (buffer as ArrayBuffer).transfer(0);
}

/** Frees the columns of modules: see {@linkcode freeColumns}. */
export function freeRows(modules: readonly ModuleRows[]): void {
  for (const { times, numbers } of modules) freeColumns([times, ...numbers.values()]);
}

const HOUR = 3_600_000;

/**
 * How long a row is, in milliseconds. The rows of an hour are equally long, but those of different days
 * may not be.
 */
export function rowLength(times: Float64Array, row: number): number {
  const time = times[row]!;
  const isFirst = row === 0 || time % HOUR === 0;
  return isFirst ? Math.min(HOUR, (times[row + 1] ?? Infinity) - time) : time - times[row - 1]!;
}

/** A stretch of time, in milliseconds since the epoch. */
export interface Span {
  /** Its start, which is that of the first row. */
  from: number;
  /** Its end, which is that of the last row. */
  to: number;
}

/** A span divided into pixel columns. */
export interface Axis extends Span {
  /** How long the shortest row is, in milliseconds. */
  row: number;
  /** How long a pixel column is: a whole number of such rows. */
  step: number;
}

/**
 * Divides the span of all rows into pixel columns; null if there are no rows.
 *
 * @param span The least span to show.
 */
export function axisOf(
  all: readonly Pick<ModuleRows, "times">[],
  pixels: number,
  span: Span = { from: Infinity, to: -Infinity },
): Axis | null {
  const known = all.map(({ times }) => times).filter(({ length }) => length > 0);
  if (known.length === 0) return null;
  const row = leastIn(known.map(shortestRow));
  const from = Math.min(span.from, leastIn(known.map((times) => times[0]!)));
  const ends = known.map((times) => times.at(-1)! + rowLength(times, times.length - 1));
  const to = Math.max(span.to, greatestIn(ends));
  return { from, to, row, step: row * Math.max(1, Math.ceil((to - from) / row / pixels)) };
}

/** The shortest time between rows, in milliseconds; an hour if there is only one. */
function shortestRow(times: Float64Array): number {
  let least = HOUR;
  for (let i = 1; i < times.length; i++) least = Math.min(least, times[i]! - times[i - 1]!);
  return least;
}
