/**
 * The tasks of workers and their answers: plain values, which are sent as JSON.
 *
 * @module
 */
import type { Counts, SignalCounts } from "../telemetry/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import type { DayResult, Source, Staged } from "../store/mod.ts";
import type { StageTimes } from "./profile.ts";

/** What a worker needs to know to build a day. */
export interface DayJob {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The files that touch the day or the margin around it. */
  sources: Source[];
  /** The options of the hour files. */
  options: TableOptions;
  /** The signal counts of all other days. */
  signalCounts: SignalCounts[];
}

/** Why a file could not be read. */
export interface Failure {
  /** The input file's name. */
  name: string;
  /** What is wrong with it. */
  reason: string;
  /** Whether it is valid, but has to be imported. */
  needsImport: boolean;
  /** Whether another run may be able to read it. */
  retryable: boolean;
}

/** Build a day. */
export interface DayTask {
  /** What to do. */
  kind: "day";
  /** The day. */
  job: DayJob;
  /** The output folder, which the worker only reads. */
  output: string;
  /** The folder that the day's files are written into; null to write none. */
  staging: string | null;
}

/** Import a file that is not in the exporter's form. */
export interface ImportTask {
  /** What to do. */
  kind: "import";
  /** The input file's name. */
  name: string;
  /** Its path. */
  path: string;
  /** The state folder of the run. */
  stateFolder: string;
  /** The name of the files that are kept for the input. */
  id: string;
  /** Whether to write nothing, and only report what would be imported. */
  dryRun: boolean;
  /** How many threads to use. */
  threads: number;
}

/** Write a page of the report. */
export interface ReportTask {
  /** What to do. */
  kind: "report";
  /** The page. */
  page: import("../report/mod.ts").PagePlan;
  /** A digest that changes when the page would. */
  digest: string;
  /** The output folder. */
  output: string;
  /** Where the page is written before it is committed. */
  staging: string;
}

/** Any task. */
export type Task = DayTask | ImportTask | ReportTask;

/** The result of a day; its files are staged, and the run commits them. */
export interface DayAnswer {
  /** The counts of its readings, and its hour files. */
  result: DayResult;
  /** Files that could not be read. If one needs to be imported, nothing was written. */
  failures: Failure[];
  /** The size of each hour file in bytes. */
  sizes: number[];
  /** The files that are new or changed. */
  staged: Staged[];
}

/** The result of an import. */
export interface ImportAnswer {
  /** The day files that were made. */
  sources: Source[];
  /** Rejected rows by reason. */
  rejected: Counts;
}

/** The result of a page. */
export interface ReportAnswer {
  /** Its size in bytes. */
  size: number;
}

/** The answer to any task. */
export type Answer = DayAnswer | ImportAnswer | ReportAnswer;

/** A worker's reply to a task: an answer, or why there is none. */
export type Reply =
  & {
    /** Distinguishes replies from other messages. */
    kind: "reply";
    /** The most memory that the process has had, in bytes. */
    peak: number;
    /** Where its time went, if that is measured. */
    stages?: StageTimes;
  }
  & ({ answer: Answer } | { failure: Failed });

/** Why there is no answer. */
export interface Failed {
  /** What went wrong. */
  reason: string;
  /** Whether another run may be able to do it. */
  retryable: boolean;
  /** The path that could not be written, if that is the reason. */
  unwritable: string | null;
}

/** A message that a worker sends from time to time while it builds a day. */
export interface DayProgress {
  /** Distinguishes it from a reply. */
  kind: "progress";
  /** Rows in the files that it has read so far. */
  rows: number;
}

/** Whether a message from a worker's standard output reports its progress. */
export function isDayProgress(message: unknown): message is DayProgress {
  return typeof message === "object" && message !== null && "kind" in message &&
    message.kind === "progress";
}

/** Whether a message from a worker's standard output is a reply. */
export function isReply(message: unknown): message is Reply {
  return typeof message === "object" && message !== null && "kind" in message &&
    message.kind === "reply";
}
