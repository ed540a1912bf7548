/**
 * A day's job: from the files that touch the day to its hour files. What comes out is a function
 * of those files, the options and the facts of other days alone.
 *
 * @module
 */
import {
  addFacts,
  type Catalogue,
  columnsOf,
  concerns,
  createDigester,
  type Fact,
  type Kind,
  kindsOf,
} from "./catalogue.ts";
import { aggregate, createTrack, type Track } from "./grid.ts";
import { createHourWriter, type HourColumn, type WriteHour } from "./hourfile.ts";
import type { Layout } from "./layout.ts";
import type { TableOptions } from "./options.ts";
import { Unsupported } from "./pages.ts";
import { createReader, type Reader, readFile, resetReader, type Window } from "./reader.ts";
import {
  type Block,
  blocksBySignal,
  createReadings,
  createSpare,
  type Readings,
  reserveReadings,
  type Series,
  sorted,
  type Spare,
} from "./readings.ts";
import { readChunks } from "./files.ts";
import { compareNatural, folderOf, type Signal } from "./tags.ts";
import { DAY, dayName, isoTime } from "./time.ts";
import { clearValues, valueText } from "./values.ts";

/** A file that the fast reader can take. */
export interface Source {
  /** The input file's name, relative to the input folder. */
  name: string;
  /** The file that is read: the input itself, or what the general reader made of it. */
  path: string;
  /** The size in bytes that the file had when its layout was read. */
  size: number;
  /** When it was last changed then, in milliseconds since the epoch. */
  mtime: number;
  /** Where its columns lie. */
  layout: Layout;
}

/** What a worker needs to know to build a day. */
export interface DayJob {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The files that touch the day or the margin around it. */
  sources: Source[];
  /** What the files should look like. */
  options: TableOptions;
  /** What is known of other days. */
  facts: Fact[];
}

/** A reading or row that was refused. */
export interface Rejected {
  /** The input file's name. */
  file: string;
  /** Why. */
  reason: string;
  /** The row's values, as text. */
  timestamp: string | null;
  /** The payload type. */
  payload_type: string | null;
  /** The value. */
  value: string | null;
  /** The tags, as JSON. */
  tags: string | null;
}

/** Why a file could not be read. */
export interface Failure {
  /** The input file's name. */
  name: string;
  /** What is wrong with it. */
  reason: string;
  /** Whether it is sound, and the general reader should take it. */
  unsupported: boolean;
}

/** What a day's job found and did. */
export interface DayResult {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Rows of the day, read from all its files. */
  rows: number;
  /** Distinct readings that went into the hour files. */
  readings: number;
  /** Distinct readings that were rejected. */
  rejected: Rejected[];
  /** What the day's readings say about signals. */
  facts: Fact[];
  /** The columns and kinds the files were built with: see {@linkcode createDigester}. */
  digest: string;
  /** The modules that reported, as [phase, module]. */
  modules: [phase: string, module: string][];
  /** The hour files, relative to the output folder. */
  files: string[];
  /** Files that could not be read; with unsupported ones among them nothing was written. */
  failures: Failure[];
}

/** What a worker keeps from day to day: buffers, for fresh memory is dear. */
export interface Workshop {
  /** The reader with its readings. */
  reader: Reader;
  /** Each signal's readings, joined. */
  joined: Series;
  /** Buffers to merge in. */
  spare: Spare;
  /** Tracks that are free to be used. */
  tracks: Track[];
}

/** Makes a worker's buffers. */
export function createWorkshop(): Workshop {
  return {
    reader: createReader(createReadings()),
    joined: { times: new Float64Array(0), ids: new Int32Array(0), length: 0 },
    spare: createSpare(),
    tracks: [],
  };
}

/** Seconds before and after a day whose readings can matter to it. */
export function marginOf({ fill, maxGap }: TableOptions): { before: number; after: number } {
  if (fill === "none") return { before: 0, after: 0 };
  return { before: maxGap, after: fill === "linear" ? maxGap : 0 };
}

/** Puts one hour file in its place. */
export type PutFile = (name: string, bytes: Uint8Array<ArrayBuffer>) => void;

/**
 * Builds a day.
 *
 * @param put Receives every hour file.
 * @param write Replaces the fast writer.
 */
export function buildDay(
  workshop: Workshop,
  job: DayJob,
  put: PutFile,
  write?: WriteHour,
): DayResult {
  const { day, options } = job;
  const { readings } = workshop.reader;
  const { rows, failures } = readSources(workshop.reader, job);
  const result: DayResult = {
    day,
    rows,
    readings: 0,
    rejected: [],
    facts: [],
    digest: "",
    modules: [],
    files: [],
    failures,
  };
  if (failures.some(({ unsupported }) => unsupported)) return result;

  const blocks = blocksBySignal(readings);
  const series = join(workshop, blocks);
  result.facts = readings.signals.map((signal, i) => factOf(signal, series[i]!, readings))
    .filter(({ numeric, other }) => numeric + other > 0);
  const catalogue = addFacts(addFacts(new Map(), job.facts), result.facts);
  const kinds = kindsOf(catalogue);
  readings.signals.forEach((signal, i) => {
    const refused = reject(signal, series[i]!, kinds.get(signal.payload), readings);
    for (const [time, id, reason] of refused) {
      if (time < 0 || time >= DAY) continue;
      const file = fileOf(readings, blocks[i]!, time, id, job.sources);
      const value = valueText(readings.values, id);
      const { payload } = signal;
      const tags = JSON.stringify(signal.tags);
      const timestamp = isoTime(day, time);
      result.rejected.push({ file, reason, timestamp, payload_type: payload, value, tags });
    }
  });

  const modules = reportingHours(readings.signals, series);
  result.readings = series.reduce((sum, s) => sum + ownCount(s), 0);
  result.modules = [...modules.values()].map(({ phase, module }) => [phase, module]);
  const payloads = result.facts.map(({ payload }) => payload);
  result.digest = createDigester(catalogue)(payloads, result.modules);
  writeModules(workshop, job, series, catalogue, kinds, [...modules.values()], (name, bytes) => {
    put(name, bytes);
    result.files.push(name);
  }, write ?? createHourWriter(options, readings.values));
  return result;
}

function readSources(reader: Reader, { day, sources, options }: DayJob) {
  const { readings } = reader;
  const { before, after } = marginOf(options);
  const window: Window = { day, from: day - before, to: day + DAY + after };
  Object.assign(readings, { length: 0, signals: [], known: new Map(), blocks: [] });
  clearValues(readings.values);
  resetReader(reader);
  const failures: Failure[] = [];
  let rows = 0;
  sources.forEach((source, file) => {
    try {
      const columns = readChunks(source.path, source.layout.chunks, source, reader);
      rows += readFile(reader, columns, source.layout, window, file);
    } catch (error) {
      const { message } = error as Error;
      const unsupported = error instanceof Unsupported;
      failures.push({ name: source.name, reason: message, unsupported });
    }
  });
  return { rows, failures };
}

/** Joins each signal's blocks into one sorted series of distinct readings. */
function join({ reader: { readings }, joined, spare }: Workshop, blocks: Block[][]): Series[] {
  joined.length = 0;
  reserveReadings(joined, readings.length);
  return blocks.map((list) => {
    const { times, ids, length } = sorted(readings, list, readings.values, spare);
    const start = joined.length;
    joined.times.set(times.subarray(0, length), start);
    joined.ids.set(ids.subarray(0, length), start);
    joined.length += length;
    return {
      times: joined.times.subarray(start, joined.length),
      ids: joined.ids.subarray(start, joined.length),
      length,
    };
  });
}

function factOf(signal: Signal, { times, ids, length }: Series, { values }: Readings): Fact {
  let [numeric, other] = [0, 0];
  for (let i = 0; i < length; i++) {
    if (times[i]! < 0 || times[i]! >= DAY) continue;
    const number = values.numbers[ids[i]!]!;
    if (number === number) numeric++;
    else other++;
  }
  const { tags: _, ...rest } = signal;
  return { ...rest, numeric, other };
}

/** Takes the readings that may not stay out of a series. */
function reject(
  { reason }: Signal,
  series: Series,
  kind: Kind | undefined,
  { values }: Readings,
): [time: number, id: number, reason: string][] {
  const { times, ids, length } = series;
  const refused: [number, number, string][] = [];
  if (reason === null && kind === "text") return refused;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const [time, id] = [times[i]!, ids[i]!];
    const number = values.numbers[id]!;
    if (reason === null && number === number) {
      times[at] = time;
      ids[at++] = id;
    } else refused.push([time, id, reason ?? "a value that is no finite number"]);
  }
  series.length = at;
  return refused;
}

/** The file that a reading stands in; of several, the first by name. */
function fileOf(
  { times, ids }: Readings,
  blocks: readonly Block[],
  time: number,
  id: number,
  sources: readonly Source[],
): string {
  const holds = ([start, end]: Block) => {
    for (let i = start; i < end; i++) if (times[i] === time && ids[i] === id) return true;
    return false;
  };
  return blocks.filter(holds).map(([, , file]) => sources[file]!.name).sort()[0] ?? "";
}

function ownCount({ times, length }: Series): number {
  let count = 0;
  for (let i = 0; i < length; i++) if (times[i]! >= 0 && times[i]! < DAY) count++;
  return count;
}

interface Module {
  phase: string;
  module: string;
  /** The hours of the day in which the module itself reported. */
  hours: Set<number>;
}

function reportingHours(
  signals: readonly Signal[],
  series: readonly Series[],
): Map<string, Module> {
  const found = new Map<string, Module>();
  const inOrder = signals.map((signal, i) => ({ ...signal, series: series[i]! }))
    .sort((a, b) => compareNatural(`${a.phase}_${a.module}`, `${b.phase}_${b.module}`));
  for (const { phase, module, series: { times, length } } of inOrder) {
    if (phase === null || module === null) continue;
    const hours = new Set<number>();
    for (let i = 0; i < length; i++) {
      if (times[i]! >= 0 && times[i]! < DAY) hours.add(Math.floor(times[i]! / 3600));
    }
    if (hours.size === 0) continue;
    const folder = folderOf(phase, module);
    const known = found.get(folder) ?? { phase, module, hours: new Set() };
    found.set(folder, { phase, module, hours: known.hours.union(hours) });
  }
  return found;
}

function writeModules(
  { tracks, joined, spare, reader: { readings } }: Workshop,
  { day, options }: DayJob,
  series: readonly Series[],
  catalogue: Catalogue,
  kinds: ReadonlyMap<string, Kind>,
  modules: readonly Module[],
  put: PutFile,
  write: WriteHour,
): void {
  const { signals, values } = readings;
  let free = 0;
  const newTrack = () => tracks[free++] ??= createTrack();
  const shared = new Map<string, Track>();
  const trackOf = (members: readonly number[], kind: Kind): Track => {
    const track = newTrack();
    const only = members.length === 1 ? series[members[0]!]! : sorted(
      joined,
      members.map((i) => blockOf(joined, series[i]!)),
      values,
      spare,
      false,
    );
    aggregate(only, values, kind, options.aggregate, options.interval, track);
    return track;
  };
  const byColumn = Map.groupBy(signals.keys(), (i) => signals[i]!.column);
  const rowsPerHour = 3600 / options.interval;
  const date = dayName(day).replaceAll("-", "/");

  // Shared tracks are made first: they keep their places while the modules' own are used again.
  const lists = modules.map(({ phase, module }) =>
    columnsOf(catalogue, kinds, phase, module).map((column) => {
      const members = byColumn.get(column.name)?.filter((i) =>
        concerns(signals[i]!, phase, module)
      ) ??
        [];
      const isShared = members.every((i) => signals[i]!.module === null);
      const key = JSON.stringify([column.kind, members]);
      return { column, members, key, isShared };
    })
  );
  for (const list of lists) {
    for (const { column, members, key, isShared } of list) {
      if (isShared && !shared.has(key)) shared.set(key, trackOf(members, column.kind));
    }
  }
  const kept = free;
  modules.forEach(({ phase, module, hours }, m) => {
    free = kept;
    const columns = lists[m]!.map(({ column, members, key, isShared }): HourColumn => ({
      ...column,
      track: shared.get(key) ?? trackOf(members, column.kind),
      shared: isShared,
    }));
    for (const hour of [...hours].sort((a, b) => a - b)) {
      const name = `${folderOf(phase, module)}/${date}/${String(hour).padStart(2, "0")}.parquet`;
      const firstRow = hour * rowsPerHour;
      put(name, write({ hour: day + hour * 3600, firstRow, phase, module, columns }));
    }
  });
}

/** Where a signal's readings stand among all. */
function blockOf(joined: Series, { times, length }: Series): Block {
  const start = (times.byteOffset - joined.times.byteOffset) / 8;
  return [start, start + length, 0];
}
