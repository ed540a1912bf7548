/**
 * Builds a day: from the files that touch it to its hour files. The result depends only on those
 * files, the options and the signal counts of other days.
 *
 * @module
 */
import {
  addToTotals,
  createColumnsOf,
  createDigester,
  createSeries,
  DAY,
  DayReader,
  gapsOf,
  kindsOf,
  type Rejected,
  type SignalCounts,
  totalOf,
} from "../telemetry/mod.ts";
import { type DayResult, withChunks } from "../store/mod.ts";
import {
  checkHourFile,
  coverageOf,
  createHourEncoder,
  createResampler,
  type EncodeHour,
  hourFileNames,
  marginOf,
  markRows,
  readingsOfNoModule,
  reportingModules,
} from "../hours/mod.ts";
import { collectFigures, type DayFigures } from "../battery/mod.ts";
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

/** The joined readings of all signals of a day: a buffer that is reused, because allocating is slow. */
const joinedReadings = createSeries();

/** A day that was read; its files can be made until the next day is read. */
export interface BuiltDay {
  /** The counts of its readings, and its hour files. */
  result: DayResult;
  /** Files that could not be read, whose readings are missing. */
  failures: ReadFailure[];
  /** The readings that were rejected. */
  rejected(): Generator<Rejected>;
  /**
   * Makes the hour files of all modules, one after another. The first file with each list of columns
   * is read back with an independent parser.
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
 * @param reader A reader, which is reused for the next day.
 * @param onRead Receives the number of rows in the files read so far.
 */
export function buildDay(
  reader: DayReader,
  job: DayJob,
  onRead: (rows: number) => void = () => {},
): BuiltDay {
  const { day, options, sources } = job;
  const { readings } = reader;
  const { values } = readings;
  const { rows, failures } = timed("decode", () => readSources(reader, job, onRead));
  const joined = timed("distinct", () => joinSignals(readings, joinedReadings));
  const signalCounts = joined.map(countsOf).filter(({ numeric, other }) => numeric + other > 0);
  const totals = addToTotals(addToTotals(new Map(), job.signalCounts), signalCounts);
  const kinds = kindsOf(totals);
  const signals = joined.map((signal) => rejectReadings(signal, kinds, values));

  const rejected = countRejected(signals);
  const reporting = reportingModules(signals);
  const modules = reporting.map(({ phase, module }): [string, string] => [phase, module]);
  const columnsOf = createColumnsOf(totals);
  const result: DayResult = {
    day,
    rows: totalOf(rows),
    readings: totalOf(signals.map(({ statistics: { from, to } }) => to - from)),
    rejected,
    ofNoModule: readingsOfNoModule(signals, reporting),
    withoutReadings: Object.keys(rejected).length > 0
      ? filesWithoutReadings(readings, signals, sources, rows)
      : {},
    signalCounts,
    digest: createDigester(totals, columnsOf)({ signalCounts, modules }),
    modules,
    gaps: gapsOf(signals),
    files: reporting.flatMap((module) => hourFileNames(module, day)),
    // These are added when the files are made:
    coverage: [],
    cells: {},
    figures: null,
    sizes: [],
  };
  return {
    result,
    failures,
    rejected: () => rejectedReadings(signals, readings, job),
    async writeFiles(emit, encodeHour = createHourEncoder(options, values)) {
      // A signal whose readings were all rejected does not make a column a module's own.
      const heard = signals.filter(({ series }) => series.length > 0);
      const resample = createResampler(heard, joinedReadings, values, options);
      const collector = collectFigures(day, options, [...totals.values()], values);
      const rowsPerHour = 3600 / options.interval;
      const checked = new Set<string>();
      for (const module of reporting) {
        const wanted = columnsOf(module.phase, module.module);
        const columns = timed("place", () => resample(wanted, module));
        const own = columns.filter(({ shared }) => !shared);
        const reported = markRows(own.map(({ ownRows }) => ownRows), DAY / options.interval);
        result.coverage.push(coverageOf(own.map(({ runs }) => runs), reported, module.hours));
        timed("figures", () => collector.add(module, columns, reported));
        const list = wanted.map(({ name, kind }) => `${kind} ${name}`).join("\0");
        const names = hourFileNames(module, day);
        for (const [i, hour] of module.hours.entries()) {
          const start = { hour: day + hour * 3600, firstRow: hour * rowsPerHour };
          const bytes = await timed("encode", () => encodeHour({ ...start, ...module, columns }));
          if (!checked.has(list)) checkHourFile(bytes, rowsPerHour, columns);
          checked.add(list);
          result.sizes.push(bytes.length);
          emit(names[i]!, bytes);
        }
      }
      timed("figures", () => {
        const figures = collector.end();
        result.cells = cellsByPayload(figures, signalCounts);
        result.figures = JSON.stringify(figures);
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
      rows[file] = withChunks(source, (read) => {
        const readTimed: typeof read = (chunks) => timed("read", () => read(chunks));
        return reader.readFile(readTimed, source.layout, file);
      });
    } catch (error) {
      failures.push({
        name: source.name,
        reason: describeError(error, source.path),
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
