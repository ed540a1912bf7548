/**
 * What a day's job is given and gives: plain values, which travel to a worker process and back.
 *
 * @module
 */
import type { Fact } from "./catalogue.ts";
import type { Coverage } from "./coverage.ts";
import type { Identity } from "./files.ts";
import type { Layout } from "./layout.ts";
import type { TableOptions } from "./options.ts";

/** A file that the fast reader can take. */
export interface Source extends Identity {
  /** The input file's name, relative to the input folder. */
  name: string;
  /** The file that is read: the input itself, or what the general reader made of it. */
  path: string;
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

/** Seconds before and after a day whose readings can matter to it. */
export function marginOf({ fill, maxGap }: TableOptions): { before: number; after: number } {
  if (fill === "none") return { before: 0, after: 0 };
  return { before: maxGap, after: fill === "linear" ? maxGap : 0 };
}

/** Counts by reason. */
export type Counts = Record<string, number>;

/** A row that is no reading, or a reading that was refused, as text. */
export interface RejectedRow {
  /** Why. */
  reason: string;
  /** The timestamp. */
  timestamp: string | null;
  /** The payload type. */
  payload_type: string | null;
  /** The value. */
  value: string | null;
  /** The tags, as JSON. */
  tags: string | null;
}

/** The same, with its file. */
export interface Rejected extends RejectedRow {
  /** The input file's name. */
  file: string;
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
