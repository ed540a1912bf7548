/**
 * A run: builds the days that are stale until none is, since only all days together tell which
 * columns a module has.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { addFacts } from "./catalogue.ts";
import type { Source } from "./day.ts";
import { listFolder, removeFiles, removeFolder, removeIfThere, sweepFolder } from "./files.ts";
import { checkOutput, findInputs, type InputFile } from "./inputs.ts";
import { ownFolder, takeLock } from "./lock.ts";
import { isWanted, type Options, type TableOptions } from "./options.ts";
import {
  catalogueOf,
  copyInput,
  examineInputs,
  inputId,
  inputsOf,
  sourcesByDay,
  type StaleDay,
  staleDays,
} from "./plan.ts";
import { createPool, type Pool, PoolClosed, WorkerDied } from "./pool.ts";
import {
  type Counts,
  dayRecordPath,
  dayRejectedName,
  OWN_FOLDER,
  readRecords,
  type Records,
  writeDayRecord,
  writeInputRecords,
} from "./records.ts";
import { step } from "./steps.ts";
import { dayName } from "./time.ts";
import { VERSION } from "./version.ts";
import type { DayAnswer, DayTask } from "./worker.ts";

/** What happens during a run, for whoever shows it. */
export type RunEvent =
  | { kind: "plan"; days: readonly StaleDay[]; files: number }
  | { kind: "day"; day: number; rows: number; readings: number; hourFiles: number; planned: number }
  | { kind: "problem"; name: string; reason: string };

/** What a run did. */
export interface Outcome {
  /** What is on record now. */
  records: Records;
  /** The days that were built, or would be. */
  built: StaleDay[];
  /** Input files and days that could not be used, and why. */
  problems: Map<string, string>;
  /** Whether `--strict` ended the run early. */
  ended: boolean;
  /** Rows that were read. */
  rows: number;
  /** Wall time in seconds. */
  seconds: number;
  /** The most memory of all processes together, in bytes. */
  peakMemory: number;
}

/** Thrown to end a strict run. */
class StrictEnd extends Error {}

interface Run extends Pick<Outcome, "records" | "built" | "problems" | "rows"> {
  options: Options;
  /** The folder of what the run keeps for itself. */
  own: string;
  /** Builds days. */
  pool: Pool;
  /** Copies what the fast reader does not take, in processes that load native code. */
  copiers: Pool;
  tell: (event: RunEvent) => void;
}

/**
 * Does what the options ask for, once.
 *
 * @param tell Is told what happens.
 * @param signal Ends the run when it aborts; what is on disk is whole then.
 * @param inputs The input files, where they are known already.
 * @throws {UsageError} If input and output don't fit, or another run writes to the output; nothing
 * was done then.
 * @throws {Error} If the output can't be written, or the run was aborted.
 */
export async function run(
  options: Options,
  tell: (event: RunEvent) => void,
  signal?: AbortSignal,
  inputs: readonly InputFile[] = findInputs(options.input),
): Promise<Outcome> {
  const started = performance.now();
  const { output, dryRun, jobs } = options;
  checkOutput(options);
  using _lock = dryRun ? null : takeLock(output, options.shard);
  const own = join(output, ownFolder(options.shard));
  const records = readRecords(output, own);
  const rights = { write: dryRun ? null : output };
  const pool = createPool(jobs, { ...rights, native: options.writer === "polars" });
  const copiers = createPool(jobs, { ...rights, native: true });
  const close = () => Promise.all([pool.close(), copiers.close()]);
  const stop = () => void close();
  signal?.addEventListener("abort", stop);
  // A first run needs the workers anyway: they start while the footers are read.
  if (records.days.size === 0 && !dryRun) pool.warm();
  const found = { records, problems: new Map(), built: [], rows: 0 };
  const state: Run = { ...found, options, own, pool, copiers, tell };
  let ended = false;
  try {
    records.inputs = await examineInputs(inputs, records.inputs, copiers, own, dryRun);
    await copiers.rest(); // native memory grows, and is not given back
    step("planned");
    for (const [name, { failure, rejected }] of records.inputs) {
      if (failure !== undefined) addProblem(state, name, failure);
      endOnRejected(options, rejected);
    }
    const touched = sourcesByDay(records.inputs, options);
    const stale = planned(state, touched);
    tell({ kind: "plan", days: stale, files: inputs.length });
    if (dryRun) state.built = stale;
    else {
      sweepUnfinished(state);
      await settle(state, stale, touched);
      await tidy(state);
    }
  } catch (error) {
    if (!(error instanceof StrictEnd)) throw error;
    ended = true;
  } finally {
    signal?.removeEventListener("abort", stop);
    await close();
  }
  const { problems, rows } = state;
  const built = state.built.toSorted((a, b) => a.day - b.day);
  const seconds = (performance.now() - started) / 1000;
  const peakMemory = process.resourceUsage().maxRSS * 1024 + Math.max(pool.peak(), copiers.peak());
  return { records, built, problems, ended, rows, seconds, peakMemory };
}

/** Notes what can't be used; a strict run ends there. */
function addProblem({ problems, tell, options }: Run, name: string, reason: string): void {
  if (problems.has(name)) return;
  problems.set(name, reason);
  tell({ kind: "problem", name, reason });
  if (options.strict) throw new StrictEnd();
}

function endOnRejected({ strict }: Options, rejected: Counts): void {
  if (strict && Object.keys(rejected).length > 0) throw new StrictEnd();
}

/** The days to build at first; with `--force` all of them. */
function planned({ records, options }: Run, touched: ReadonlyMap<number, Source[]>): StaleDay[] {
  if (!options.force) return staleDays(records, touched, options);
  const none = staleDays({ ...records, days: new Map() }, touched, options);
  return none.map((item) => ({
    ...item,
    reason: records.days.has(item.day) ? "--force" : item.reason,
  }));
}

/** Builds stale days until there are none. */
async function settle(
  state: Run,
  stale: StaleDay[],
  touched: ReadonlyMap<number, Source[]>,
): Promise<void> {
  const { options, records } = state;
  const failed = new Set<number>();
  for (;;) {
    removeDays(state, touched);
    const items = stale.filter(({ day }) => !failed.has(day));
    if (items.length === 0) return;
    const unsure = new Set(items.map(({ day }) => day));
    const known = catalogueOf([...records.days.values()].filter(({ day }) => !unsure.has(day)));
    // The largest first, so that all workers end at about the same time.
    const queue = items.toSorted((a, b) => b.rows - a.rows);
    await Promise.all(queue.map(async (item) => {
      const sources = touched.get(item.day)!;
      try {
        const answer = await build(state, item.day, sources, () => [...known.values()]);
        if (!await noteFailures(state, sources, answer)) return;
        await note(state, item, sources, answer);
        addFacts(known, answer.facts);
      } catch (error) {
        if (error instanceof PoolClosed || error instanceof StrictEnd) throw error;
        failed.add(item.day);
        const { message } = error as Error;
        addProblem(state, dayName(item.day), `could not be built: ${message}`);
      }
    }));
    touched = sourcesByDay(records.inputs, options);
    stale = staleDays(records, touched, options);
  }
}

/** Gives a day to a worker, and once more if that one dies. */
async function build(
  { pool, options }: Run,
  day: number,
  sources: Source[],
  facts: () => DayTask["job"]["facts"],
): Promise<DayAnswer> {
  const { output } = options;
  const task = (): DayTask => {
    const job = { day, sources, options: tableOptions(options), facts: facts() };
    return { kind: "day", job, output };
  };
  try {
    return await pool.build(task);
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error;
  }
  try {
    return await pool.build(task);
  } catch (error) {
    throw error instanceof WorkerDied ? new Error(`${error.message}, twice`) : error;
  }
}

function tableOptions(options: Options): TableOptions {
  const { interval, maxGap, fill, aggregate, compression, writer } = options;
  return { interval, maxGap, fill, aggregate, compression, writer };
}

/** Notes which files a day could not read; says whether it was written nevertheless. */
async function noteFailures(
  state: Run,
  sources: readonly Source[],
  { failures }: DayAnswer,
): Promise<boolean> {
  const { records, options, copiers, own } = state;
  for (const { name, reason, unsupported } of failures) {
    const record = records.inputs.get(name)!;
    if (record.failure !== undefined) continue;
    if (!unsupported || record.reader === "general") record.failure = reason;
    else {
      const { path } = sources.find((source) => source.name === name)!;
      await copyInput({ name, path }, record, copiers, own);
      endOnRejected(options, record.rejected);
    }
    if (record.failure !== undefined) addProblem(state, name, record.failure);
  }
  return !failures.some(({ unsupported }) => unsupported);
}

/** Puts a day on record, after the files that it no longer has are gone. */
async function note(
  state: Run,
  item: StaleDay,
  sources: readonly Source[],
  answer: DayAnswer,
): Promise<void> {
  const { records, options, tell } = state;
  const { day, facts, digest, modules, rows, readings, rejected, files, failures } = answer;
  const unread = new Set(failures.map(({ name }) => name));
  const inputs = inputsOf(records.inputs, sources.filter(({ name }) => !unread.has(name)));
  const before = new Set(records.days.get(day)?.files);
  removeFiles(options.output, before.difference(new Set(files)));
  const built = { version: VERSION, options: tableOptions(options), inputs };
  const found = { facts, digest, modules, rows, readings, rejected, files };
  const record = { day, ...built, ...found };
  await writeDayRecord(options.output, record);
  step("day recorded");
  records.days.set(day, record);
  if (!state.built.some((built) => built.day === day)) state.built.push(item);
  state.rows += rows;
  tell({ kind: "day", day, rows, readings, hourFiles: files.length, planned: item.rows });
  endOnRejected(options, rejected);
}

/** Removes what was written for days that no input touches any more. */
function removeDays({ records, options }: Run, touched: ReadonlyMap<number, unknown>): void {
  const { output } = options;
  for (const [day, { files }] of records.days) {
    if (touched.has(day) || !isWanted(options, day)) continue;
    removeFiles(output, files);
    step("day removed");
    removeIfThere(join(output, dayRejectedName(day)));
    removeIfThere(dayRecordPath(output, day));
    records.days.delete(day);
  }
}

/** Removes what dead runs have left under hidden names in the tool's own folders. */
function sweepUnfinished({ own, options }: Run): void {
  const shared = options.shard === null ? ["", "days", "rejected"] : [];
  for (const folder of shared) sweepFolder(join(options.output, OWN_FOLDER, folder));
  for (const folder of ["", "rejected"]) sweepFolder(join(own, folder));
}

/** Records the input files, and removes copies of those that are gone or read without one now. */
async function tidy(state: Run): Promise<void> {
  const { records, options, own } = state;
  try {
    await writeInputRecords(options.output, own, records.inputs);
  } catch (error) {
    // It only spares the next run some work.
    return addProblem(state, "inputs.json", `could not be written: ${(error as Error).message}`);
  }
  const general = [...records.inputs].filter(([, { reader }]) => reader === "general");
  const kept = new Set(general.map(([name]) => inputId(name)));
  for (const part of ["copies", "rejected"]) {
    for (const { name } of listFolder(join(own, part))) {
      const [, id] = /^(\w{24})(\.jsonl)?$/.exec(name) ?? [];
      if (id !== undefined && !kept.has(id)) removeFolder(join(own, part, name));
    }
  }
  // What shards kept for themselves has served when a run of the whole has settled.
  if (options.shard === null) removeFolder(join(options.output, OWN_FOLDER, "shards"));
}
