/**
 * What a run did, in numbers.
 *
 * @module
 */
import type { Records, Shard } from "../store/mod.ts";
import { type Counts, dayName } from "../telemetry/mod.ts";
import type { StaleDay } from "./plan.ts";
import type { StageTimes } from "./profile.ts";

/** What a run does, one after the other, as far as it takes time. */
export type Activity = "look" | "import" | "build" | "report";

/** What happens during a run, for whoever shows it. */
export type RunEvent =
  | { kind: "plan"; days: readonly StaleDay[]; files: number }
  | { kind: "day"; day: number; rows: number; readings: number; hourFiles: number; planned: number }
  | { kind: "problem"; name: string; reason: string }
  /** `done` of `total` files, rows or pages. */
  | { kind: "progress"; activity: Activity; done: number; total: number };

/** What a run did. */
export interface Outcome {
  /** Which part of the days was this run's; null for all. */
  shard: Shard | null;
  /** How many input files there are. */
  files: number;
  /** Files beside them that are of no kind that is read, by the ending of their names. */
  otherFiles: Counts;
  /** What is on record now. */
  records: Records;
  /** The days that were built, or would be. */
  built: StaleDay[];
  /** Input files and days that could not be used, and why. */
  problems: Map<string, string>;
  /** Whether another run may do what this one could not, though no input changes. */
  unsettled: boolean;
  /** What ended a strict run early; null if nothing did. */
  ended: string | null;
  /** Rows that were read. */
  rows: number;
  /** The first page of the report, relative to the output folder; null if none was written. */
  report: string | null;
  /** Wall time in seconds. */
  seconds: number;
  /** The most memory of all processes together, in bytes. */
  peakMemory: number;
  /** Where the time of each process went, this one first; empty if that was not measured. */
  stages: StageTimes[];
}

/** What a run found and did, in numbers. */
export interface Summary {
  /** Which part of the days was this run's, and what said so; null for all. */
  shard: Required<Shard> | null;
  /** Input files. */
  files: number;
  /** Files beside them that are of no kind that is read, by the ending of their names. */
  otherFiles: Counts;
  /** Those of them that the general reader took. */
  generalFiles: number;
  /** Rows read: the sum of readings, duplicates and rejected. */
  rows: number;
  /** Distinct readings that stand in the hour files. */
  readings: number;
  /** Rows that were merged with an equal one. */
  duplicates: number;
  /** Rejected rows by reason. */
  rejected: Counts;
  /** Modules. */
  modules: number;
  /** Hour files. */
  hourFiles: number;
  /** The first and the last day. */
  span: [first: string, last: string] | null;
  /** Days that were built (with `--dry-run`: would be), and why. */
  built: { day: string; reason: string; files: number; rows: number }[];
  /** Days that were up to date. */
  current: number;
  /** What could not be used. */
  problems: { name: string; reason: string }[];
  /** What ended a strict run early; null if nothing did. */
  ended: string | null;
  /** Wall time in seconds. */
  seconds: number;
  /** Rows read in this run, per second. */
  rowsPerSecond: number;
  /** The most memory of all processes together, in bytes. */
  peakMemory: number;
}

/** Sums up what is on record after a run. */
export function summarize({ records, shard, ...outcome }: Outcome): Summary {
  const days = [...records.days.values()].sort((a, b) => a.day - b.day);
  const inputs = [...records.inputs.values()];
  const rejected: Counts = {};
  for (const [reason, count] of [...inputs, ...days].flatMap((r) => Object.entries(r.rejected))) {
    rejected[reason] = (rejected[reason] ?? 0) + count;
  }
  const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
  const noReadings = total(inputs.flatMap(({ rejected }) => Object.values(rejected)));
  const rows = total(days.map(({ rows }) => rows)) + noReadings;
  const readings = total(days.map(({ readings }) => readings));
  const modules = days.flatMap(({ modules }) => modules.map((module) => JSON.stringify(module)));
  const [first, last] = [days[0], days.at(-1)];
  const built = new Set(outcome.built.map(({ day }) => day));
  return {
    shard: shard === null ? null : { from: "--shard", ...shard },
    files: outcome.files,
    otherFiles: outcome.otherFiles,
    generalFiles: inputs.filter(({ reader }) => reader === "general").length,
    rows,
    readings,
    duplicates: rows - readings - total(Object.values(rejected)),
    rejected,
    modules: new Set(modules).size,
    hourFiles: total(days.map(({ files }) => files.length)),
    span: first && last ? [dayName(first.day), dayName(last.day)] : null,
    built: outcome.built.map(({ day, ...rest }) => ({ day: dayName(day), ...rest })),
    current: days.filter(({ day }) => !built.has(day)).length,
    problems: [...outcome.problems].map(([name, reason]) => ({ name, reason })),
    ended: outcome.ended,
    seconds: outcome.seconds,
    rowsPerSecond: Math.round(outcome.rows / outcome.seconds),
    peakMemory: outcome.peakMemory,
  };
}
