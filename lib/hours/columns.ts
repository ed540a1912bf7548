/**
 * Resamples a day's series to the columns of its modules.
 *
 * @module
 */
import {
  addUp,
  appendSorted,
  belongsTo,
  compareNatural,
  type Counts,
  createSeries,
  DAY,
  folderOf,
  type Kind,
  type Series,
  type Signal,
  type SignalColumn,
  type Statistics,
  type ValueSet,
} from "../telemetry/mod.ts";
import {
  aggregate,
  createRowValues,
  createRuns,
  fillOf,
  fillRows,
  type RowValues,
  type Runs,
} from "./grid.ts";
import type { FilledColumn } from "./hour_file.ts";
import type { TableOptions } from "./options.ts";

/** A module that reported on a day. */
export interface Module {
  /** Its phase. */
  phase: string;
  /** Its name within the phase. */
  module: string;
  /** The hours of the day in which it reported, in ascending order. */
  hours: number[];
}

/** The distinct readings of a signal on a day and in the margin around it. */
export interface SignalReadings {
  /** The signal. */
  signal: Signal;
  /** The readings in order of time: a view into the joined series of all signals. */
  series: Series;
  /** The index of the first of them in the joined series. */
  start: number;
  /** Statistics of these readings. */
  statistics: Statistics;
}

/** The modules that have readings of their own, in natural order. */
export function reportingModules(
  signals: readonly Pick<SignalReadings, "signal" | "statistics">[],
): Module[] {
  const modules = new Map<string, { phase: string; module: string; hourBits: number }>();
  for (const { signal: { phase, module }, statistics: { hours } } of signals) {
    if (phase === null || module === null || hours === 0) continue;
    const create = () => ({ phase, module, hourBits: 0 });
    modules.getOrInsertComputed(folderOf(phase, module), create).hourBits |= hours;
  }
  const allHours = Array.from({ length: 24 }, (_, hour) => hour);
  return [...modules].sort(([a], [b]) => compareNatural(a, b)).map((
    [, { hourBits, ...module }],
  ) => (
    { ...module, hours: allHours.filter((hour) => (hourBits >>> hour) & 1) }
  ));
}

/**
 * Counts, by payload type, the readings of a day that are in no hour file: those of a phase or the
 * system in an hour in which none of its modules reported.
 *
 * @param signals The readings of each signal, without those that were rejected.
 */
export function readingsOfNoModule(
  signals: readonly Omit<SignalReadings, "start">[],
  modules: readonly Module[],
): Counts {
  const found: Counts[] = [];
  for (const { signal, series, statistics: { from, to, hours } } of signals) {
    if (signal.module !== null) continue; // its module reported in the hours of its readings
    const own = modules.filter(({ phase, module }) => belongsTo(signal, phase, module));
    const covered = own.flatMap(({ hours }) => hours).reduce((bits, hour) => bits | 1 << hour, 0);
    if ((hours & ~covered) === 0) continue; // almost always
    const times = series.times.subarray(from, to);
    const count = times.filter((time) => (covered >>> Math.floor(time / 3600) & 1) === 0).length;
    found.push({ [signal.payload]: count });
  }
  return addUp(found);
}

/** The rows of a column on a day. */
export interface DayRows {
  /** Those that have readings. */
  rowValues: RowValues;
  /** All rows of the day. */
  runs: Runs;
}

/** A column of a module on a day. */
export interface ModuleColumn extends FilledColumn, DayRows {
  /** The rows with readings of the module's own, not only of its phase or the system. */
  ownRows: RowValues;
  /** Whether its phase has readings in it, and not only the system. */
  ofPhase: boolean;
}

/**
 * Makes the columns of a module, each with the values of the whole day. Columns that are not shared
 * are valid until the next module's are made.
 */
export type Resample = (
  wanted: readonly SignalColumn[],
  module: Module,
) => ModuleColumn[];

/** The signals that share a column of a module: its phase's and its own, for example. */
type Members = readonly SignalReadings[];

const NO_ROWS = createRowValues();

function createRows(): DayRows {
  return { rowValues: createRowValues(), runs: createRuns() };
}

/** Buffers that are reused for every module and day, because allocating is slow. */
const buffers = {
  /** Readings of several signals that share a column. */
  merged: createSeries(),
  /** The rows of each of a module's own columns. */
  rows: [] as DayRows[],
};

/**
 * Prepares to resample a day; a column that several modules share is made once.
 *
 * @param joined The readings of all signals, one signal after another.
 * @param values The values that the ids of readings refer to.
 */
export function createResampler(
  signals: readonly SignalReadings[],
  joined: Series,
  values: ValueSet,
  { aggregate: method, interval, fill, maxGap }: TableOptions,
): Resample {
  const byColumn = Map.groupBy(signals, ({ signal }) => signal.column);
  const shared = new Map<string, DayRows>();
  const merge = (members: Members): Series => {
    const blocks = members.map(({ start, series }) => ({ start, end: start + series.length }));
    const { merged } = buffers;
    merged.length = 0;
    appendSorted(merged, joined, blocks, values, false);
    return merged;
  };
  const gap = Math.floor(maxGap / interval);
  const aggregateAll = (members: Members, kind: Kind, out: RowValues): RowValues => {
    const readings = members.length === 1 ? members[0]!.series : merge(members);
    aggregate(readings, values, kind, method, interval, out);
    return out;
  };
  const fillAll = (members: Members, kind: Kind, out: DayRows): DayRows => {
    aggregateAll(members, kind, out.rowValues);
    fillRows(out.rowValues, DAY / interval, fillOf(kind, fill), gap, out.runs);
    return out;
  };
  return (wanted, { phase, module }) => {
    let used = 0;
    return wanted.map(({ name, kind }) => {
      const members = (byColumn.get(name) ?? [])
        .filter(({ signal }) => belongsTo(signal, phase, module));
      const ownMembers = members.filter(({ signal }) => signal.module !== null);
      if (ownMembers.length === 0) {
        const create = () => fillAll(members, kind, createRows());
        const key = `${kind} ${members.map(({ start }) => start)}`;
        const rows = shared.getOrInsertComputed(key, create);
        const ofPhase = members.some(({ signal }) => signal.phase !== null);
        return { name, kind, ...rows, ownRows: NO_ROWS, shared: true, ofPhase };
      }
      const rows = fillAll(members, kind, buffers.rows[used++] ??= createRows());
      const isAllOwn = ownMembers.length === members.length;
      const ownRows = isAllOwn ? rows.rowValues : aggregateAll(ownMembers, kind, createRowValues());
      return { name, kind, ...rows, ownRows, shared: false, ofPhase: true };
    });
  };
}
