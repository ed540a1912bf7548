/**
 * What a run and its workers send each other: tasks, their answers and progress. They are plain
 * values, sent as a JSON text sequence (RFC 7464): a record separator, JSON and a line feed for each.
 * JSON escapes both bytes, so no text can end a message early.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { SignalCounts } from "../telemetry/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import type { DayResult, InputRecord, Source, Staged } from "../store/mod.ts";
import type { StageTimes } from "./profile.ts";

/** What the hour files of a day are made from. */
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
export interface ReadFailure {
  /** The input file's name. */
  name: string;
  /** What is wrong with it. */
  reason: string;
  /** Whether it is valid, but has to be imported. */
  needsImport: boolean;
  /** Whether another run may be able to read it. */
  retryable: boolean;
}

/** A day to build, and where. */
export interface DayTask extends DayJob {
  /** The output folder, which the worker only reads. */
  output: string;
  /** The folder that the day's files are written to; null to write none. */
  staging: string | null;
}

/** A file to import, which is not in the exporter's dialect. */
export interface ImportTask {
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

/** A page of the report to draw. */
export interface ReportTask {
  /** The page. */
  page: import("../report/mod.ts").PagePlan;
  /** A digest that changes when the page would. */
  digest: string;
  /** The output folder. */
  output: string;
  /** Where the page is written before it is committed. */
  staging: string;
}

/** What a worker may be asked to do. */
export type Task =
  | { kind: "day" } & DayTask
  | { kind: "import" } & ImportTask
  | { kind: "report" } & ReportTask;

/** The result of a day; its files are staged, for the run to commit. */
export interface DayAnswer {
  /** The counts of its readings, and its hour files. */
  result: DayResult;
  /** Files that could not be read. If one needs to be imported, nothing was written. */
  failures: ReadFailure[];
  /** The files that are new or changed. */
  staged: Staged[];
}

/**
 * The result of an import: the day files that were made, rejected rows by reason, and whether its
 * times have no zone.
 */
export type ImportAnswer = Required<Pick<InputRecord, "sources" | "rejected" | "localTimes">>;

/** The answer to each kind of task. */
export interface Answers {
  /** What was built. */
  day: DayAnswer;
  /** What was imported. */
  import: ImportAnswer;
  /** Nothing, since the page is in its place. */
  report: null;
}

/** A worker's reply to a task: its answer, or why it failed. */
export type Reply =
  & {
    kind: "reply";
    /** The most memory that the process has had, in bytes. */
    peak: number;
    /** Where its time went, if that is measured. */
    stages?: StageTimes | undefined;
  }
  & ({ answer: Answers[keyof Answers] } | { failure: TaskFailure });

/** Why a task failed. */
export interface TaskFailure {
  /** What went wrong. */
  reason: string;
  /** Whether another run may be able to do it. */
  retryable: boolean;
  /** The path that could not be written, if that is the reason. */
  unwritable: string | null;
}

/** What a worker sends now and then while it builds a day: rows in the files read so far. */
export type DayProgress = { kind: "progress"; rows: number };

const RECORD_SEPARATOR = 0x1e;
const LINE_FEED = 0x0a;

/**
 * Encodes a message.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeMessage, readMessages } from "./messages.ts";
 * const stream = ReadableStream.from([encodeMessage({ text: "\u2028" })]);
 * for await (const message of readMessages(stream)) assert.deepEqual(message, { text: "\u2028" });
 * ```
 */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`\u001e${JSON.stringify(message)}\n`);
}

/**
 * Reads the messages of a stream, and ignores everything else in it: native code may print there.
 *
 * @throws {SyntaxError} If a message is broken.
 */
export async function* readMessages(stream: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let parts: Uint8Array[] | null = null; // null between messages
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      if (parts === null) {
        const start = chunk.indexOf(RECORD_SEPARATOR, at);
        if (start < 0) break;
        parts = [];
        at = start + 1;
      }
      const end = chunk.indexOf(LINE_FEED, at);
      parts.push(chunk.slice(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      yield JSON.parse(Buffer.concat(parts).toString());
      parts = null;
      at = end + 1;
    }
  }
}
