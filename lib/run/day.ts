/**
 * Builds a day: from the files that touch it to its hour files. The result depends only on those
 * files, the options and the signal counts of other days.
 *
 * @module
 */
import {
  addCounts,
  appendSorted,
  type Block,
  createColumnsOf,
  createDigester,
  createSeries,
  DAY,
  DayReader,
  gapsOf,
  isoTime,
  kindsOf,
  type Rejected,
  reserveReadings,
  type Series,
  type Signal,
  type SignalCounts,
  type Statistics,
  statisticsOf,
} from "../telemetry/mod.ts";
import { type DayResult, withChunks } from "../store/mod.ts";
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
  readingsOfNoModule,
  reportingModules,
  type SignalSeries,
} from "../hours/mod.ts";
import {
  collectFigures,
  createFigureBuffers,
  type DayFigures,
  type FigureBuffers,
} from "../battery/mod.ts";
import type { DayJob, ReadFailure } from "./messages.ts";
import { describeError, isRetryable, NeedsImport } from "../errors.ts";
import { timed } from "./profile.ts";
import { fileOf, filesWithoutReadings, rejectionRule, removeRejected } from "./rejections.ts";

/** Buffers that a worker reuses for every day, because allocating is slow. */
export interface DayBuffers extends ColumnBuffers {
  /** The reader with its readings. */
  reader: DayReader;
  /** The joined readings of all signals. */
  joined: Series;
  /** Buffers for the figures of the batteries. */
  figures: FigureBuffers;
}

/** Creates a worker's buffers. */
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

/** A day that was read; its files can be made until the next day is read. */
export interface BuiltDay {
  /** The counts of its readings, and its hour files. */
  result: DayResult;
  /** Files that could not be read. If one needs to be imported, the result is empty. */
  failures: ReadFailure[];
  /** The readings that were rejected. */
  rejected(): Generator<Rejected>;
  /**
   * Makes the hour files.
   *
   * @param emit Receives each file; the bytes are valid until it returns.
   * @param encodeHour An encoder to use instead of the fast writer.
   */
  writeFiles(
    emit: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
    encodeHour?: EncodeHour,
  ): Promise<void>;
}

/**
 * Reads a day, and determines which hour files it has.
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
  const result: DayResult = {
    day,
    rows: rows.reduce((sum, rows) => sum + rows, 0),
    readings: 0,
    rejected: {},
    ofNoModule: {},
    withoutReadings: {},
    digest: "",
    signalCounts: [],
    modules: [],
    coverage: [],
    gaps: {},
    cells: {},
    figures: null,
    files: [],
  };
  if (failures.some(({ needsImport }) => needsImport)) {
    return { result, failures, *rejected() {}, writeFiles: () => Promise.resolve() };
  }

  const { signals, values, blocks } = readings;
  const series = timed("distinct", () => join(buffers, blocks));
  const statistics = series.map((series) => statisticsOf(series, values));
  result.signalCounts = signals.map((signal, i) => countsOf(signal, statistics[i]!))
    .filter(({ numeric, other }) => numeric + other > 0);
  const totals = addCounts(addCounts(new Map(), job.signalCounts), result.signalCounts);
  const kinds = kindsOf(totals);
  const rules = signals.map((signal) => rejectionRule(signal, kinds, values));
  const rejected = signals.map(({ reason, payload }, i) => {
    const isClean = statistics[i]!.isClean || kinds.get(payload) === "text";
    const found = reason === null && isClean ? null : removeRejected(series[i]!, rules[i]!, values);
    if (found !== null) statistics[i] = statisticsOf(series[i]!, values);
    result.readings += statistics[i]!.to - statistics[i]!.from;
    return found ?? [];
  });
  rejected.forEach(({ length }, i) => {
    const { reason } = rules[i]!;
    if (length > 0) result.rejected[reason] = (result.rejected[reason] ?? 0) + length;
  });
  if (Object.keys(result.rejected).length > 0) {
    result.withoutReadings = filesWithoutReadings(readings, rules, sources, rows);
  }

  result.gaps = gapsOf(signals, statistics);
  const modules = reportingModules(signals, statistics);
  result.ofNoModule = readingsOfNoModule(signals, series, statistics, modules);
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
        for (const [time, id] of rejected[i]!) {
          yield {
            file: fileOf(readings, blocks[i]!, time, id, sources),
            reason: rules[i]!.reason,
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
      // A signal whose readings were all rejected does not make a column a module's own.
      const present = [...signals.keys()].filter((i) => series[i]!.length > 0);
      const heard = present.map((i) => signals[i]!);
      const inputs = { signals: heard, series: present.map((i) => series[i]!), values, joined };
      const create = prepareColumns(inputs, buffers, options);
      const createColumns: CreateColumns = (...args) => timed("place", () => create(...args));
      const encode: EncodeHour = (table) => timed("encode", () => encodeHour(table));
      const known = { signalCounts: [...totals.values()], signals: heard };
      const figures = collectFigures(day, options, known, values, buffers.figures);
      const visit: DayTables["visit"] = (...module) =>
        timed("figures", () => figures.add(...module));
      const tables = { day, modules, columnsOf, createColumns, options, visit };
      result.coverage = await encodeHourFiles(tables, encode, emit);
      timed("figures", () => {
        const found = figures.end();
        result.cells = cellsByPayload(found, result.signalCounts);
        result.figures = JSON.stringify(found);
      });
    },
  };
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

/** How many cells the columns of each payload type have, and how many of them are filled. */
function cellsByPayload(
  { modules }: DayFigures,
  signalCounts: readonly SignalCounts[],
): DayResult["cells"] {
  const payloads = new Map(signalCounts.map(({ column, payload }) => [column, payload]));
  const cells = new Map<string, { all: number; filled: number }>();
  for (const { rows, filled } of modules) {
    for (const [column, count] of filled) {
      const payload = payloads.get(column);
      if (payload === undefined) continue; // the day has no reading of the signal
      const sum = cells.getOrInsertComputed(payload, () => ({ all: 0, filled: 0 }));
      sum.all += rows;
      sum.filled += count;
    }
  }
  return Object.fromEntries(cells);
}

function countsOf({ tags: _, ...rest }: Signal, { from, to, numeric }: Statistics): SignalCounts {
  return { ...rest, numeric, other: to - from - numeric };
}
