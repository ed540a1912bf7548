/**
 * Examines new input files: which days they touch, and whether they have to be imported.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describeError, isRetryable, NeedsImport, RunEnded, WriteError } from "../errors.ts";
import {
  fingerprint,
  type Identity,
  identityOf,
  type InputFile,
  type InputRecord,
  withFile,
} from "../store/mod.ts";
import { formatOf, type Layout, readLayout, totalOf } from "../telemetry/mod.ts";
import type { RunContext } from "./context.ts";
import { ProgressCounter } from "./progress_counter.ts";

/** How often the event loop gets a turn, to notice signals. */
const TURN_INTERVAL_MS = 50;

/**
 * Brings the records of the input files up to date: reads the footers of all new or changed files,
 * and imports those that are not in the exporter's dialect.
 *
 * If a file or folder is temporarily unreadable, its records are kept, so that what was built from
 * it is not removed.
 */
export async function examineInputs(context: RunContext): Promise<void> {
  const { found: { files }, pool, records, problems, emit, signal } = context;
  const progress = new ProgressCounter("examine", emit);
  const imports = new ProgressCounter("import", emit);
  progress.plan(files.length);
  const known = records.inputs;
  const pending: Promise<Examined>[] = [];
  let lastTurn = performance.now();
  for (const file of files) {
    progress.reach(file, 1);
    const result = examineInput(context, imports, file);
    result.catch(() => {}); // it is awaited below
    pending.push(result);
    if (performance.now() - lastTurn < TURN_INTERVAL_MS) continue;
    await setTimeout(0); // otherwise no signal would be noticed
    signal?.throwIfAborted();
    lastTurn = performance.now();
  }
  const examined = await Promise.all(pending);
  const inputs = examined.flatMap(({ records }) => records);
  records.inputs = new Map(inputs.sort(([a], [b]) => a < b ? -1 : 1));
  const isNewImport = ([name, record]: [string, InputRecord]) =>
    record.imported !== null && record !== known.get(name);
  if (records.inputs.entries().some(isNewImport)) {
    await pool.endIdle(); // native code does not give its memory back
  }
  const unread = files.filter(({ isGrowing }, i) => isGrowing || examined[i]!.retryable);
  context.unread.push(...unread.map(({ name }) => name));
  problems.retryLater ||= examined.some(({ retryable }) => retryable);
  for (const { problem } of examined) if (problem !== null) problems.add(...problem);
  for (const [name, { rejected }] of records.inputs) problems.checkRejected(name, rejected);
}

/** What is known about an input file once it has been examined. */
interface Examined {
  /** Its record by name; those of all files in it, if it is a folder that can't be searched. */
  records: [name: string, record: InputRecord][];
  /** What can't be used, and why. */
  problem: [name: string, reason: string] | null;
  /** Whether another run may succeed even if no input changes. */
  retryable: boolean;
}

async function examineInput(
  context: RunContext,
  imports: ProgressCounter,
  file: InputFile,
): Promise<Examined> {
  const { records: { inputs: known }, stateFolder } = context;
  const { name, path, failure } = file;
  if (failure !== undefined) {
    const records = [...known].filter(([record]) => isAt(record, name));
    return { records, problem: [name, failure], retryable: true };
  }
  const before = known.get(name);
  if (file.isGrowing) return examinedAs(name, before);
  try {
    const { record, why } = await examineFile(file, before, stateFolder);
    if (why === null) return examinedAs(name, record);
    return examinedAs(name, await importNew(context, imports, file, why, record));
  } catch (error) {
    if (error instanceof RunEnded) throw error;
    const problem: Examined["problem"] = error instanceof WriteError
      ? [error.path, `can't be written: ${error.reason}`] // not the fault of the input
      : [name, describeError(error, path)];
    return { ...examinedAs(name, before), problem, retryable: true };
  }
}

/** What is known about a file with the given record, if there is one. */
function examinedAs(name: string, record: InputRecord | undefined): Examined {
  return {
    records: record === undefined ? [] : [[name, record]],
    problem: record?.failure === undefined ? null : [name, record.failure],
    retryable: false,
  };
}

/** Whether a file is called `name`, or is in a folder of that name. */
export function isAt(file: string, name: string): boolean {
  return name === "" || file === name || file.startsWith(`${name}/`);
}

/** Within this time after a change, another change may not show in a file's times. */
const UNSETTLED_MS = 2000;

/** The record of a file, examined unless it is current, and why it has to be imported, if it has. */
async function examineFile(
  file: InputFile,
  before: InputRecord | undefined,
  stateFolder: string,
): Promise<{ record: InputRecord; why: string | null }> {
  const isUnsettled = file.ctime >= Date.now() - UNSETTLED_MS;
  const isSame = before !== undefined && isCurrent(before, file, stateFolder);
  if (isSame && !before.unsettled) return { record: before, why: null };
  // Computed before the file is read, so that later changes are noticed.
  const sha256 = isSame || isUnsettled ? await checksumOf(file.path) : undefined;
  if (isSame && sha256 === before.sha256) {
    const { unsettled: _, ...settled } = before;
    return { record: isUnsettled ? before : settled, why: null };
  }
  const { name, path, size, mtime, ctime, ino } = file;
  const identity: Identity = { size, mtime, ctime, ino };
  const mark = sha256 === undefined ? {} : { sha256, unsettled: true as const };
  const record: InputRecord = { ...identity, imported: null, sources: [], rejected: {}, ...mark };
  try {
    const layout = readFooter(path, size);
    const sources = [{ name, path, ...identity, layout }];
    return { record: { ...record, sources }, why: null };
  } catch (error) {
    if (error instanceof NeedsImport) return { record, why: error.message };
    return { record: failedRecord(record, error), why: null };
  }
}

/** The record of a file that can't be read; throws the error again if it may be temporary. */
function failedRecord(record: InputRecord, error: unknown): InputRecord {
  if (isRetryable(error) || error instanceof RunEnded) throw error;
  return { ...record, failure: describeError(error) };
}

/** Imports a new or changed file; several are imported at the same time. */
async function importNew(
  context: RunContext,
  imports: ProgressCounter,
  file: InputFile,
  why: string,
  record: InputRecord,
): Promise<InputRecord> {
  const { options: { jobs }, found: { files } } = context;
  imports.plan(1);
  try {
    const threads = Math.max(1, Math.floor(jobs / files.length));
    return await importInput(context, file, why, record, threads);
  } catch (error) {
    return failedRecord(record, error);
  } finally {
    imports.reach(file, 1);
  }
}

async function checksumOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

function isCurrent(before: InputRecord, file: InputFile, stateFolder: string): boolean {
  if (fingerprint(before) !== fingerprint(file)) return false;
  const rejected = join(stateFolder, "rejected", `${inputId(file.name)}.jsonl`);
  if (Object.keys(before.rejected).length > 0 && !existsSync(rejected)) return false;
  return before.sources.every((source) => {
    if (before.imported === null) return source.path === file.path;
    try {
      return fingerprint(identityOf(Deno.statSync(source.path))) === fingerprint(source);
    } catch {
      return false;
    }
  });
}

/**
 * Reads the layout of a file.
 *
 * @throws {NeedsImport} If the file has to be imported; the message says why.
 */
function readFooter(path: string, size: number): Layout {
  const format = formatOf(path);
  if (format !== null && format !== "parquet") throw new NeedsImport(format);
  return withFile(path, (read) => readLayout(read, size));
}

/** The name of the files that the tool keeps for an input file. */
export function inputId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 24);
}

/**
 * Has a worker import a file.
 *
 * @param why Why it can't be read as it is.
 * @param threads How many threads to use.
 * @returns Its new record; it has a failure if all rows were rejected.
 * @throws {Error} If it can't be read.
 */
export async function importInput(
  { pool, stateFolder, options: { dryRun } }: RunContext,
  { name, path }: Pick<InputFile, "name" | "path">,
  why: string,
  record: InputRecord,
  threads: number = 1,
): Promise<InputRecord> {
  const id = inputId(name);
  const task = { kind: "import" as const, name, path, stateFolder, id, dryRun, threads };
  const { sources, rejected, localTimes } = await pool.run(() => task);
  const imported = { ...record, imported: why, sources, rejected, localTimes };
  const [commonest] = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  if (sources.length > 0 || commonest === undefined) return imported;
  const [reason, count] = commonest;
  const failure = `has no reading: ${reason} (${count} of ${totalOf(rejected)} rows)`;
  return { ...imported, failure };
}
