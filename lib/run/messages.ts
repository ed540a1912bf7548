/**
 * What workers are asked, and what they answer: plain values, which travel as JSON.
 *
 * @module
 */
import type { Counts, Fact } from "../telemetry/mod.ts";
import type { Coverage, TableOptions } from "../hours/mod.ts";
import type { Source, Staged } from "../store/mod.ts";
import type { StageTimes } from "./profile.ts";

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

/** Why a file could not be read. */
export interface Failure {
  /** The input file's name. */
  name: string;
  /** What is wrong with it. */
  reason: string;
  /** Whether it is sound, and the general reader should take it. */
  unsupported: boolean;
  /** Whether it may be read in a minute. */
  temporary: boolean;
}

/** What a day's job found and did. */
export interface DayResult {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Rows of the day, read from all its files. */
  rows: number;
  /** Distinct readings that went into the hour files. */
  readings: number;
  /** Distinct readings that were rejected, by reason. */
  rejected: Counts;
  /** What the day's readings say about signals. */
  facts: Fact[];
  /** The columns and kinds the files were built with: see `createDigester`. */
  digest: string;
  /** The modules that reported, as [phase, module]. */
  modules: [phase: string, module: string][];
  /** What was heard of each module; only where files were made. */
  coverage: Coverage[];
  /** How far readings lie apart, by payload type: see `gapsOf`. */
  gaps: Record<string, number[]>;
  /** The hour files, relative to the output folder. */
  files: string[];
  /** Files that could not be read; with unsupported ones among them nothing was written. */
  failures: Failure[];
}

/** Build a day. */
export interface DayTask {
  /** What to do. */
  kind: "day";
  /** The day. */
  job: DayJob;
  /** The output folder. */
  output: string;
  /** Whether to write nothing, and only say what the day's readings are. */
  survey: boolean;
}

/** Copy a file that the hot path does not take. */
export interface CopyTask {
  /** What to do. */
  kind: "copy";
  /** The input file's name. */
  name: string;
  /** Its path. */
  path: string;
  /** The folder of what the tool keeps for itself. */
  own: string;
  /** The name under which it keeps what belongs to the file. */
  id: string;
  /** Whether to write nothing, and only say what the copies would be. */
  dryRun: boolean;
}

/** Write a page of the report. */
export interface ReportTask {
  /** What to do. */
  kind: "report";
  /** The page. */
  page: import("../report/mod.ts").PageName;
  /** What tells later whether it would be the same. */
  digest: string;
  /** The output folder. */
  output: string;
}

/** What became of a page. */
export interface ReportAnswer {
  /** Its size in bytes. */
  size: number;
}

/** Any task. */
export type Task = DayTask | CopyTask | ReportTask;

/** The answer to any task. */
export type Answer = DayAnswer | CopyAnswer | ReportAnswer;

/** What became of a day: its files are staged, for the run to commit them. */
export interface DayAnswer extends DayResult {
  /** The size of each hour file in bytes. */
  sizes: number[];
  /** Those that are not there yet. */
  staged: Staged[];
  /** Folders in which others were made. */
  changed: string[];
}

/** What became of a copy. */
export interface CopyAnswer {
  /** Who reads the file. */
  reader: "fast" | "general";
  /** What the fast reader reads of it: itself, or its copies. */
  sources: Source[];
  /** Rows that are no reading, by reason. */
  rejected: Counts;
}

/** An answer, or why there is none, and the most memory that the process had, in bytes. */
export type Reply =
  & { peak: number; stages?: StageTimes }
  & ({ answer: Answer } | { failure: string; temporary: boolean });
