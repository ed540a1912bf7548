/**
 * The summary of a run in numbers.
 *
 * @module
 */
import {
  type DayRecord,
  type InputRecord,
  type RowCounts,
  rowCounts,
  type Shard,
} from "../store/mod.ts";
import {
  addUp,
  countByPayload,
  type Counts,
  dayName,
  type Rejected,
  totalOf,
} from "../telemetry/mod.ts";
import type { RunContext } from "./context.ts";
import {
  blankPayloads,
  type ChangedKind,
  changedKinds,
  type MixedPayload,
  mixedPayloads,
  type SparsePayload,
  sparsePayloads,
} from "./hints.ts";
import { isInRange, isWanted } from "./options.ts";
import { changedOption, inputDays, inputsOf, sourcesByDay, whyStale } from "./plan.ts";

/** A rejected row, as an example of its reason. */
export interface RejectedExample extends Pick<Rejected, "reason" | "file" | "line"> {
  /** Its fields, or the text of its line if that is not a record; a long one is cut short. */
  row: string;
}

/** How a run ended, and what it took. */
export interface RunEnd {
  /** What ended a strict run early; null if nothing did. */
  ended: string | null;
  /** An example of the rejected rows for each reason; a dry run keeps no rows, so it has none. */
  examples: RejectedExample[];
  /** The first page of the report, relative to the output folder; null if none was written. */
  report: string | null;
  /** The first page of an older report, which lacks this run's changes; null if there is none. */
  oldReport: string | null;
  /** Seconds until all hour files were on disk. */
  seconds: number;
  /** Seconds that the report took after that. */
  reportSeconds: number;
  /** The most memory of all processes together, in bytes. */
  peakMemory: number;
}

/** The summary of a run in numbers; its row counts are those of the rows that it read. */
export interface Summary extends RowCounts, RunEnd {
  /** The shard of the run, and what selected it; null for all days. */
  shard: Required<Shard> | null;
  /** How many input files there are. */
  files: number;
  /** How many input files could not be used; `problems` says why. */
  unusableFiles: number;
  /** Usable files that were imported, because they are not in the exporter's dialect. */
  importedFiles: number;
  /** How many files were imported for each reason. */
  importedBecause: Counts;
  /** Files read in this run whose times have no zone, and are taken as UTC. */
  localFiles: number;
  /** How many files of other kinds were found, by the ending of their names. */
  otherFiles: Counts;
  /** Row counts of all days on record, from this run and earlier ones. */
  onRecord: RowCounts;
  /** Modules on record. */
  modules: number;
  /** Hour files on record. */
  hourFiles: number;
  /** The first and the last day on record. */
  span: [first: string, last: string] | null;
  /** The first and the last day in the input. */
  inputSpan: [first: string, last: string] | null;
  /** Days that were built (with `--dry-run`: would be), and why. */
  built: { day: string; reason: string; files: number; rows: number }[];
  /** Days that were removed (with `--dry-run`: would be), because no input has them any longer. */
  removed: { day: string; hourFiles: number }[];
  /** Days that were built again, and hour files of theirs that no input supports any longer. */
  shortened: { day: string; hourFiles: number }[];
  /** Days that were up to date; in a strict run that ended early, as far as is known. */
  current: number;
  /** Days that are stale because they could not be built, or a strict run ended before them. */
  unbuilt: number;
  /** Days in the input that `--from` and `--to` exclude. */
  outside: number;
  /** How many of these were built with other options, and the first difference; null if none. */
  otherOptions: { days: number; option: string } | null;
  /** Days in the input that belong to other shards. */
  otherShards: number;
  /** Payload types that are not clearly numeric or text. */
  mixed: MixedPayload[];
  /** Payload types that begin or end with a blank. */
  blank: string[];
  /** Payload types whose kind the run changed. */
  changedKinds: ChangedKind[];
  /** Payload types whose readings are further apart than `--max-gap`. */
  sparse: SparsePayload[];
  /**
   * Readings that are in no hour file, because no module that has their column reported in their
   * hour, by payload type.
   */
  ofNoModule: Counts;
  /** Input files and days that could not be used, and why. */
  problems: { name: string; reason: string }[];
  /** Rows read in this run per second, without the report. */
  rowsPerSecond: number;
}

/** Summarizes a run. */
export function summarize(run: RunContext, end: RunEnd): Summary {
  const { options: { dryRun, shard, fill, maxGap }, found, before, records, problems } = run;
  const days = [...records.days.values()].sort((a, b) => a.day - b.day);
  const inputs = [...records.inputs.values()];
  const built = [...run.built.values()].sort((a, b) => a.day - b.day);
  const isUnusable = (name: string) => problems.byName.has(name);
  const imported = [...records.inputs].flatMap(([name, { imported }]) =>
    isUnusable(name) ? [] : imported ?? []
  ).sort();
  const read = dryRun ? rowCounts([]) : rowCounts(
    days.filter(({ day }) => run.built.has(day)),
    inputsRead(run).map(([, record]) => record),
  );
  const modules = new Set(
    days.flatMap(({ modules }) => modules.map((module) => JSON.stringify(module))),
  );
  const countsOf = (days: Iterable<DayRecord>) =>
    countByPayload([...days].flatMap(({ signalCounts }) => signalCounts));
  const payloads = countsOf(days);
  return {
    ...read,
    shard: shard === null ? null : { from: "--shard", ...shard },
    files: found.files.length,
    unusableFiles: found.files.filter(({ name }) => isUnusable(name)).length,
    importedFiles: imported.length,
    importedBecause: Object.fromEntries(
      Map.groupBy(imported, (why) => why).entries().map(([why, { length }]) => [why, length]),
    ),
    localFiles: inputsRead(run).filter(([, { localTimes }]) => localTimes).length,
    otherFiles: found.otherFiles,
    onRecord: rowCounts(days, inputs),
    modules: modules.size,
    hourFiles: totalOf(days.map(({ files }) => files.length)),
    span: spanOf(days.map(({ day }) => day)),
    ...countDays(run),
    built: built.map(({ day, ...rest }) => ({ day: dayName(day), ...rest })),
    removed: [...run.removed].sort(([a], [b]) => a - b)
      .map(([day, hourFiles]) => ({ day: dayName(day), hourFiles })),
    shortened: built.flatMap(({ day }) => {
      const now = new Set(records.days.get(day)?.files);
      const gone = before.days.get(day)?.files.filter((name) => !now.has(name)) ?? [];
      return gone.length === 0 ? [] : [{ day: dayName(day), hourFiles: gone.length }];
    }),
    mixed: mixedPayloads(payloads),
    blank: blankPayloads(payloads),
    changedKinds: changedKinds(countsOf(before.days.values()), payloads),
    sparse: fill === "none" ? [] : sparsePayloads(days, maxGap),
    ofNoModule: addUp(days.map(({ ofNoModule }) => ofNoModule)),
    // Imports finish in any order.
    problems: [...problems.byName].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, reason]) => ({ name, reason })),
    ...end,
    rowsPerSecond: Math.round(read.rows / end.seconds),
  };
}

/** The records of the input files that the run read. */
export function inputsRead({ before, records }: RunContext): [name: string, InputRecord][] {
  return [...records.inputs]
    .filter(([name, { sources }]) => before.inputs.get(name)?.sources !== sources);
}

/** The first and last day in the input, and counts of the days that were not built. */
function countDays(
  { options, records, built, problems, suspects }: RunContext,
): Pick<
  Summary,
  "inputSpan" | "current" | "unbuilt" | "outside" | "otherOptions" | "otherShards"
> {
  const days = inputDays(records.inputs);
  const inRange = days.filter((day) => isInRange(options, day));
  const outside = days.filter((day) => !isInRange(options, day));
  const wanted = inRange.filter((day) => isWanted(options, day));
  const touched = sourcesByDay(records.inputs, options);
  const isCurrent = (day: number) => {
    const inputs = inputsOf(records.inputs, touched.get(day)!);
    return whyStale(records.days.get(day), suspects.has(day), inputs, options) === null &&
      !problems.byName.has(dayName(day));
  };
  const others = wanted.filter((day) => !built.has(day));
  const current = others.filter(isCurrent).length;
  const changed = outside.flatMap((day) => {
    const record = records.days.get(day);
    return record === undefined ? [] : changedOption(record, options) ?? [];
  });
  return {
    inputSpan: spanOf(days),
    current,
    unbuilt: others.length - current,
    outside: outside.length,
    otherOptions: changed.length === 0 ? null : { days: changed.length, option: changed[0]! },
    otherShards: inRange.length - wanted.length,
  };
}

function spanOf(days: readonly number[]): [first: string, last: string] | null {
  return days.length === 0 ? null : [dayName(days[0]!), dayName(days.at(-1)!)];
}
