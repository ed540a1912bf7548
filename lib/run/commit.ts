/**
 * Changes the output folder one day at a time, so that it can be repaired whenever the machine
 * stops: see `writeIntent`.
 *
 * @module
 */
import { RunEnded } from "../errors.ts";
import { dirname, join, relative } from "node:path";
import {
  commitFiles,
  createNameLookup,
  type DayRecord,
  deleteIntent,
  failpoint,
  isOurs,
  makeFolder,
  removeFiles,
  removeIfThere,
  stateFile,
  writeDayRecord,
  writeIntent,
} from "../store/mod.ts";
import type { DayAnswer } from "./messages.ts";
import { timed } from "./profile.ts";

/**
 * Commits a day's staged files, removes files that it no longer has, and writes its record.
 *
 * @param before Our hour files that the day may have now.
 * @param origin What the day was built with and from.
 */
export async function commitDay(
  output: string,
  staging: string,
  before: ReadonlySet<string>,
  { result, staged }: DayAnswer,
  origin: Pick<DayRecord, "version" | "options" | "inputs">,
): Promise<DayRecord> {
  const { day, files } = result;
  await timed(
    "record",
    () => writeIntent(output, staging, day, [...before.union(new Set(files))]),
  );
  const folders = new Set(staged.map(({ path }) => dirname(relative(output, path))));
  const dirsToSync = [...folders].flatMap((folder) => makeFolder(output, folder));
  await timed("sync", () => commitFiles(staged, dirsToSync));
  removeFiles(output, before.difference(new Set(files)));
  const rejected = join(output, stateFile("rejected", day));
  if (!staged.some(({ path }) => path === rejected)) removeIfThere(rejected);
  failpoint("old files removed");
  const record = { ...origin, ...result };
  await timed("record", () => writeDayRecord(output, staging, record));
  failpoint("day recorded");
  deleteIntent(output, day);
  failpoint("intent deleted");
  return record;
}

/** Why a file is not overwritten. */
export const FOREIGN = "was not written by hourgrid: move it out of the way";

/**
 * Refuses to overwrite files that this tool did not write.
 *
 * @param before Our hour files according to the records.
 * @throws {Error} If another file is in the place of one that is to be written.
 */
export function refuseForeignFiles(
  output: string,
  before: ReadonlySet<string>,
  files: readonly string[],
): void {
  const exists = createNameLookup(output);
  for (const name of files) {
    if (before.has(name) || !exists(name) || isOurs(join(output, name))) continue;
    throw new Error(`${join(output, name)} ${FOREIGN}`);
  }
}

/** Removes the hour files of a day, and its record. */
export function removeDay(output: string, day: number, files: Iterable<string>): void {
  removeFiles(output, files);
  failpoint("day removed");
  removeIfThere(join(output, stateFile("rejected", day)));
  removeIfThere(join(output, stateFile("days", day)));
  deleteIntent(output, day);
}

/** Commits days one at a time. */
export class CommitQueue {
  readonly #signal: AbortSignal | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Starts empty.
   *
   * @param signal Closes the queue when it aborts.
   */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Runs a job after all earlier ones, whether they failed or not.
   *
   * @throws {RunEnded} If the queue was closed before the job began.
   */
  add(job: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => {
      if (this.#closed || this.#signal?.aborted) throw new RunEnded("the run has ended");
      return job();
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Lets no more jobs begin; resolves when the current one is done. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#last;
  }
}
