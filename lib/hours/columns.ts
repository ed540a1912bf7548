/**
 * From a day's series to the hour files of its modules: which module reported when, and what its
 * columns are made of.
 *
 * @module
 */
import { parquetMetadata } from "hyparquet/src/metadata.js";
import {
  appendSorted,
  type Block,
  type ColumnsOf,
  compareNatural,
  concerns,
  dayName,
  FIXED_COLUMNS,
  folderOf,
  type Kind,
  type Readings,
  type Series,
  type Signal,
  type Spare,
  type Statistics,
} from "../telemetry/mod.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { aggregate, createTrack, type Track } from "./grid.ts";
import type { HourColumn, WriteHour } from "./hour_file.ts";
import type { TableOptions } from "./options.ts";

/** A module that reported. */
export interface Module {
  /** Its phase. */
  phase: string;
  /** Its name within the phase. */
  module: string;
  /** The hours of the day in which it did, in order. */
  hours: number[];
}

/** The modules that reported themselves, in natural order. */
export function reportingModules(
  signals: readonly Signal[],
  statistics: readonly Statistics[],
): Module[] {
  const found = new Map<string, { phase: string; module: string; heard: number }>();
  signals.forEach(({ phase, module }, i) => {
    const { hours } = statistics[i]!;
    if (phase === null || module === null || hours === 0) return;
    found.getOrInsertComputed(folderOf(phase, module), () => ({ phase, module, heard: 0 })).heard |=
      hours;
  });
  return [...found].sort(([a], [b]) => compareNatural(a, b)).map(([, { heard, ...module }]) => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    return { ...module, hours: hours.filter((hour) => (heard >>> hour) & 1) };
  });
}

/** The names of a module's hour files, relative to the output folder. */
export function hourNames({ phase, module, hours }: Module, day: number): string[] {
  const folder = `${folderOf(phase, module)}/${dayName(day).replaceAll("-", "/")}`;
  return hours.map((hour) => `${folder}/${String(hour).padStart(2, "0")}.parquet`);
}

/** Makes the columns of a module; those that it shares with others are made once. */
export type Columns = (
  wanted: readonly { name: string; kind: Kind }[],
  phase: string,
  module: string,
) => HourColumn[];

/** What columns are made of. */
export interface Material {
  /** Who has the signals and values. */
  reader: { readings: Readings };
  /** Where all series stand, one behind the other. */
  joined: Series;
  /** Room for series that are joined once more. */
  merged: Series;
  /** Buffers to merge in. */
  spare: Spare;
  /** Tracks to be used again. */
  tracks: Track[];
}

/**
 * Prepares the columns of a day's modules.
 *
 * @param series Each signal's readings.
 */
export function createColumns(
  { reader: { readings: { signals, values } }, joined, merged, spare, tracks }: Material,
  series: readonly Series[],
  { aggregate: method, interval }: TableOptions,
): Columns {
  const byColumn = Map.groupBy(signals.keys(), (i) => signals[i]!.column);
  const shared = new Map<string, Track>();
  /** Where a signal's readings stand among all. */
  const blockOf = ({ times, length }: Series): Block => {
    const start = (times.byteOffset - joined.times.byteOffset) / times.BYTES_PER_ELEMENT;
    return [start, start + length, 0];
  };
  // Signals that share a column are one series: a phase's readings beside the module's own.
  const merge = (blocks: Block[]): Series => {
    merged.length = 0;
    appendSorted(merged, joined, blocks, values, spare, false);
    return merged;
  };
  const fillTrack = (track: Track, members: readonly number[], kind: Kind) => {
    const all = members.length === 1
      ? series[members[0]!]!
      : merge(members.map((i) => blockOf(series[i]!)));
    aggregate(all, values, kind, method, interval, track);
    return track;
  };
  return (wanted, phase, module) => {
    let used = 0;
    return wanted.map(({ name, kind }) => {
      const members = byColumn.get(name)?.filter((i) => concerns(signals[i]!, phase, module)) ?? [];
      if (members.some((i) => signals[i]!.module !== null)) {
        const track = tracks[used] ??= createTrack();
        used++;
        return { name, kind, track: fillTrack(track, members, kind), shared: false };
      }
      const key = `${kind} ${members}`;
      const track = shared.getOrInsertComputed(key, () => fillTrack(createTrack(), members, kind));
      return { name, kind, track, shared: true };
    });
  };
}

/**
 * Writes the hour files of all modules.
 *
 * @returns What was heard of each module.
 */
export function writeModules(
  modules: readonly Module[],
  columnsOf: ColumnsOf,
  columns: Columns,
  { day, options }: { day: number; options: TableOptions },
  write: WriteHour,
  put: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
): Coverage[] {
  const rows = 3600 / options.interval;
  const checked = new Set<string>(); // lists of columns
  return modules.map(({ phase, module, hours }) => {
    const wanted = columnsOf(phase, module);
    const made = columns(wanted, phase, module);
    const list = wanted.map(({ name, kind }) => `${kind} ${name}`).join("\0");
    const names = hourNames({ phase, module, hours }, day);
    hours.forEach((hour, i) => {
      const place = { hour: day + hour * 3600, firstRow: hour * rows, phase, module };
      const bytes = write({ ...place, columns: made });
      if (!checked.has(list)) checkFile(bytes, rows, made);
      checked.add(list);
      put(names[i]!, bytes);
    });
    return coverageOf(made.filter(({ shared }) => !shared), options);
  });
}

/** Looks at a file with another's eyes before the first of its kind is written. */
function checkFile(
  bytes: Uint8Array,
  rows: number,
  columns: readonly { name: string }[],
): void {
  const { num_rows: found, schema } = parquetMetadata(bytes, { geoparquet: false });
  const names = schema.slice(1).map(({ name }) => name);
  // Its decoder drops a mark of byte order.
  const wanted = [...FIXED_COLUMNS, ...columns.map(({ name }) => name.replace(/^\ufeff/, ""))];
  if (Number(found) !== rows || wanted.join("\0") !== names.join("\0")) {
    throw new Error(
      `an hour file came out with ${found} rows and the columns ${String(names).slice(0, 500)}`,
    );
  }
}
