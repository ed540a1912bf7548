/**
 * Builds a day: from the files that touch the day to its hour files. The result depends only on
 * those files, the options and the signal counts of other days.
 *
 * @module
 */
import {
  addCounts,
  appendSorted,
  type Block,
  blocksBySignal,
  type Counts,
  createColumnsOf,
  createDigester,
  createSeries,
  DAY,
  DayReader,
  gapsOf,
  isoTime,
  type Kind,
  kindsOf,
  lowerBound,
  type Readings,
  type Rejected,
  reserveReadings,
  type Series,
  type Signal,
  type SignalCounts,
  type Statistics,
  statisticsOf,
  type ValueSet,
} from "../telemetry/mod.ts";
import { type DayResult, type Source, withChunks } from "../store/mod.ts";
import {
  type ColumnBuffers,
  type CreateColumns,
  createHourEncoder,
  type DayTables,
  type EncodeHour,
  encodeHourFiles,
  hourFileNames,
  marginOf,
  prepareColumns,
  reportingModules,
  type SignalSeries,
} from "../hours/mod.ts";
import { collectFigures, createFigureBuffers, type FigureBuffers } from "../battery/mod.ts";
import type { DayJob, ReadFailure } from "./messages.ts";
import { describeError, isRetryable, NeedsImport } from "../errors.ts";
import { timed } from "./profile.ts";
import { filesWithoutReadings } from "./without_readings.ts";

/** What a worker reuses from day to day, because allocating is slow. */
export interface DayBuffers extends ColumnBuffers {
  /** The reader with its readings. */
  reader: DayReader;
  /** The joined readings of all signals. */
  joined: Series;
  /** Room to compute the batteries' figures in. */
  figures: FigureBuffers;
}

/** Makes a worker's buffers. */
export function createDayBuffers(): DayBuffers {
  return {
    reader: new DayReader(),
    joined: createSeries(),
    merged: createSeries(),
    mergeBuffers: [createSeries(), createSeries()],
    rows: [],
    figures: createFigureBuffers(),
  };
}

/** A day that was read, and can be written until the next one is read. */
export interface BuiltDay {
  /** What was found. */
  result: DayResult;
  /** Files that could not be read. If one needs to be imported, the result is empty. */
  failures: ReadFailure[];
  /** The readings that were rejected. */
  rejected(): Generator<Rejected>;
  /**
   * Makes the hour files.
   *
   * @param emit Receives them.
   * @param encodeHour Replaces the fast writer.
   */
  writeFiles(
    emit: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
    encodeHour?: EncodeHour,
  ): Promise<void>;
}

/**
 * Reads a day, and determines its hour files.
 *
 * @param onRead Receives the number of rows in the files read so far.
 */
export function buildDay(
  buffers: DayBuffers,
  job: DayJob,
  onRead: (rows: number) => void = () => {},
): BuiltDay {
  const { day, options, sources } = job;
  const { readings } = buffers.reader;
  const { rows, failures } = timed("decode", () => readSources(buffers.reader, job, onRead));
  const total = rows.reduce((sum, rows) => sum + rows, 0);
  const counts = { day, rows: total, readings: 0, rejected: {} as Counts, withoutReadings: {} };
  const found = {
    digest: "",
    signalCounts: [],
    modules: [],
    coverage: [],
    gaps: {},
    figures: null,
    files: [],
  };
  const result: DayResult = { ...counts, ...found };
  if (failures.some(({ needsImport }) => needsImport)) {
    return { result, failures, *rejected() {}, writeFiles: () => Promise.resolve() };
  }

  const { signals, values } = readings;
  const blocks = blocksBySignal(readings);
  const series = timed("distinct", () => join(buffers, blocks));
  const statistics = series.map((series) => statisticsOf(series, values));
  result.signalCounts = signals.map((signal, i) => countsOf(signal, statistics[i]!))
    .filter(({ numeric, other }) => numeric + other > 0);
  const totals = addCounts(addCounts(new Map(), job.signalCounts), result.signalCounts);
  const kinds = kindsOf(totals);
  const refused = signals.map((signal, i) => {
    const whole = isWhole(signal, statistics[i]!, kinds);
    const own = whole ? [] : clean(signal, series[i]!, values);
    if (!whole) statistics[i] = statisticsOf(series[i]!, values);
    const reason = reasonFor(signal);
    if (own.length > 0) result.rejected[reason] = (result.rejected[reason] ?? 0) + own.length;
    result.readings += statistics[i]!.to - statistics[i]!.from;
    return own;
  });

  if (Object.keys(result.rejected).length > 0) {
    const fates = signals.map((signal, i) => ({
      blocks: blocks[i]!,
      reason: reasonFor(signal),
      isRejected: (id: number) => isRejected(signal, kinds, values.numbers[id]!),
    }));
    result.withoutReadings = filesWithoutReadings(fates, readings, sources, rows);
  }
  result.gaps = gapsOf(signals, statistics);
  const modules = reportingModules(signals, statistics);
  result.modules = modules.map(({ phase, module }) => [phase, module]);
  const payloads = result.signalCounts.map(({ payload }) => payload);
  const columnsOf = createColumnsOf(totals);
  result.digest = createDigester(totals, columnsOf)(payloads, result.modules);
  result.files = modules.flatMap((module) => hourFileNames(module, day));
  return {
    result,
    failures,
    *rejected() {
      for (const [i, signal] of signals.entries()) {
        for (const [time, id] of refused[i]!) {
          yield {
            file: fileOf(readings, blocks[i]!, time, id, sources),
            reason: reasonFor(signal),
            timestamp: isoTime(day, time),
            payload_type: signal.payload,
            value: values.text(id),
            tags: JSON.stringify(signal.tags),
          };
        }
      }
    },
    async writeFiles(emit, encodeHour = createHourEncoder(options, values)) {
      const { joined } = buffers;
      const create = prepareColumns({ signals, values, joined, series }, buffers, options);
      const createColumns: CreateColumns = (...args) => timed("place", () => create(...args));
      const encode: EncodeHour = (table) => timed("encode", () => encodeHour(table));
      const known = { signalCounts: [...totals.values()], signals };
      const figures = collectFigures(day, options, known, values, buffers.figures);
      const visit: DayTables["visit"] = ({ phase, module, hours }, columns) =>
        timed("figures", () => figures.add(phase, module, hours, columns));
      const tables = { day, modules, columnsOf, createColumns, options, visit };
      result.coverage = await encodeHourFiles(tables, encode, emit);
      result.figures = timed("figures", () => JSON.stringify(figures.end()));
    },
  };
}

/** Why a reading of a signal is rejected. */
function reasonFor({ reason }: Signal): string {
  return reason ?? "a value that is not a finite number";
}

function readSources(
  reader: DayReader,
  { day, sources, options }: DayJob,
  onRead: (rows: number) => void,
): { rows: number[]; failures: ReadFailure[] } {
  const { before, after } = marginOf(options);
  reader.reset({ day, from: day - before, to: day + DAY + after });
  const failures: ReadFailure[] = [];
  const rows = sources.map(() => 0);
  let rowsInFiles = 0;
  sources.forEach((source, file) => {
    try {
      rows[file] = withChunks(
        source.path,
        source,
        reader,
        (read) => {
          const readTimed: typeof read = (chunks) => timed("read", () => read(chunks));
          return reader.readFile(readTimed, source.layout, file);
        },
      );
    } catch (error) {
      failures.push({
        name: source.name,
        reason: describeError(error),
        needsImport: error instanceof NeedsImport,
        retryable: isRetryable(error),
      });
    }
    onRead(rowsInFiles += source.layout.rows);
  });
  return { rows, failures };
}

/** Joins each signal's blocks into one sorted series of distinct readings. */
function join(
  { reader: { readings }, joined, mergeBuffers }: DayBuffers,
  blocks: Block[][],
): SignalSeries[] {
  joined.length = 0;
  reserveReadings(joined, readings.length);
  return blocks.map((list) => {
    const from = joined.length;
    appendSorted(joined, readings, list, readings.values, mergeBuffers);
    return {
      times: joined.times.subarray(from, joined.length),
      ids: joined.ids.subarray(from, joined.length),
      from,
      length: joined.length - from,
    };
  });
}

function countsOf({ tags: _, ...rest }: Signal, { from, to, numeric }: Statistics): SignalCounts {
  return { ...rest, numeric, other: to - from - numeric };
}

/** Whether all readings of a signal may stay. */
function isWhole(
  { reason, payload }: Signal,
  { isClean }: Statistics,
  kinds: ReadonlyMap<string, Kind>,
): boolean {
  return reason === null && (isClean || kinds.get(payload) === "text");
}

/** Whether a reading is rejected. */
function isRejected(
  { reason, payload }: Signal,
  kinds: ReadonlyMap<string, Kind>,
  number: number,
): boolean {
  return reason !== null || (Number.isNaN(number) && kinds.get(payload) !== "text");
}

/**
 * Removes rejected readings from a series and, for a numeric signal, a number that repeats the
 * previous one at the same instant in another notation.
 *
 * @returns The day's own rejected readings.
 */
function clean(
  { reason }: Signal,
  series: Series,
  { numbers }: ValueSet,
): [time: number, id: number][] {
  const { times, ids, length } = series;
  const refused: [number, number][] = [];
  let at = 0;
  for (let i = 0; i < length; i++) {
    const [time, id] = [times[i]!, ids[i]!];
    const number = numbers[id]!;
    if (reason !== null || number !== number) {
      if (time >= 0 && time < DAY) refused.push([time, id]); // otherwise it belongs to another day
    } else if (at === 0 || times[at - 1] !== time || numbers[ids[at - 1]!] !== number) {
      times[at] = time;
      ids[at++] = id;
    }
  }
  series.length = at;
  return refused;
}

/** The file that contains a reading; if several do, the first by name. */
function fileOf(
  { times, ids }: Readings,
  blocks: readonly Block[],
  time: number,
  id: number,
  sources: readonly Source[],
): string {
  const holds = ([start, end]: Block) => {
    if (times[start]! > time || times[end - 1]! < time) return false;
    const block = times.subarray(start, end);
    let i = start + lowerBound(block, block.length, time);
    while (i < end && times[i] === time && ids[i] !== id) i++;
    return i < end && times[i] === time;
  };
  return blocks.filter(holds).map(([, , file]) => sources[file]!.name).sort()[0] ?? "";
}
