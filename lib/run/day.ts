/**
 * Builds a day: from the files that touch it to its hour files. The result depends only on those
 * files, the options and the signal counts of other days.
 *
 * @module
 */
import {
  addCounts,
  createColumnsOf,
  createDigester,
  createSeries,
  DAY,
  DayReader,
  gapsOf,
  kindsOf,
  type Rejected,
  type Series,
  type SignalCounts,
} from "../telemetry/mod.ts";
import { type DayResult, emptyDay, withChunks } from "../store/mod.ts";
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
import { filesWithoutReadings } from "./rejections.ts";
import {
  countRejected,
  countsOf,
  joinSignals,
  rejectedReadings,
  rejectReadings,
} from "./day_signals.ts";

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
  const { values } = readings;
  const { rows, failures } = timed("decode", () => readSources(buffers.reader, job, onRead));
  const empty = { ...emptyDay(day), rows: rows.reduce((sum, rows) => sum + rows, 0) };
  if (failures.some(({ needsImport }) => needsImport)) {
    return { result: empty, failures, *rejected() {}, writeFiles: () => Promise.resolve() };
  }

  const joined = timed(
    "distinct",
    () => joinSignals(readings, buffers.joined, buffers.mergeBuffers),
  );
  const signalCounts = joined.map(countsOf).filter(({ numeric, other }) => numeric + other > 0);
  const totals = addCounts(addCounts(new Map(), job.signalCounts), signalCounts);
  const kinds = kindsOf(totals);
  const found = joined.map((signal) => rejectReadings(signal, kinds, values));

  const signals = found.map(({ signal }) => signal);
  const series = found.map(({ series }) => series);
  const statistics = found.map(({ statistics }) => statistics);
  const rules = found.map(({ rule }) => rule);
  const rejected = countRejected(found);
  const reporting = reportingModules(signals, statistics);
  const modules = reporting.map(({ phase, module }): [string, string] => [phase, module]);
  const columnsOf = createColumnsOf(totals);
  const payloads = signalCounts.map(({ payload }) => payload);
  const result: DayResult = {
    ...empty,
    readings: statistics.reduce((sum, { from, to }) => sum + to - from, 0),
    rejected,
    ofNoModule: readingsOfNoModule(signals, series, statistics, reporting),
    withoutReadings: Object.keys(rejected).length > 0
      ? filesWithoutReadings(readings, rules, sources, rows)
      : {},
    signalCounts,
    gaps: gapsOf(signals, statistics),
    modules,
    digest: createDigester(totals, columnsOf)(payloads, modules),
    files: reporting.flatMap((module) => hourFileNames(module, day)),
  };
  return {
    result,
    failures,
    rejected: () => rejectedReadings(found, readings, job),
    async writeFiles(emit, encodeHour = createHourEncoder(options, values)) {
      // A signal whose readings were all rejected does not make a column a module's own.
      const heard = found.filter(({ series }) => series.length > 0);
      const inputs = {
        signals: heard.map(({ signal }) => signal),
        series: heard.map(({ series }) => series),
        values,
        joined: buffers.joined,
      };
      const create = prepareColumns(inputs, buffers, options);
      const createColumns: CreateColumns = (...args) => timed("place", () => create(...args));
      const encode: EncodeHour = (table) => timed("encode", () => encodeHour(table));
      const known = { signalCounts: [...totals.values()], signals: inputs.signals };
      const figures = collectFigures(day, options, known, values, buffers.figures);
      const visit: DayTables["visit"] = (...module) =>
        timed("figures", () => figures.add(...module));
      const tables = { day, modules: reporting, columnsOf, createColumns, options, visit };
      result.coverage = await encodeHourFiles(tables, encode, emit);
      timed("figures", () => {
        const found = figures.end();
        result.cells = cellsByPayload(found, signalCounts);
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
