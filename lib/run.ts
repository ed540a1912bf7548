/**
 * A run: builds the days that are stale until none is, since only all days together tell which
 * columns a module has.
 *
 * @module
 */
import { dirname, join } from "node:path";
import process from "node:process";
import { addFacts } from "./catalogue.ts";
import type { Source } from "./day.ts";
import { removeIfThere } from "./files.ts";
import { checkOutput, findInputs } from "./inputs.ts";
import type { Options, TableOptions } from "./options.ts";
import { isWanted } from "./options.ts";
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
import { createPool, type Pool, WorkerDied } from "./pool.ts";
import {
  type Counts,
  dayRecordPath,
  dayRejectedPath,
  OWN_FOLDER,
  readRecords,
  type Records,
  writeDayRecord,
  writeInputRecords,
} from "./records.ts";
import { dayName } from "./time.ts";
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
  pool: Pool;
  tell: (event: RunEvent) => void;
}

/**
 * Does what the options ask for.
 *
 * @param tell Is told what happens.
 * @param signal Ends the run when it aborts; what is on disk is whole then.
 * @throws {UsageError} If input and output don't fit; nothing was done then.
 * @throws {Error} If the output can't be written, or the run was aborted.
 */
export async function run(
  options: Options,
  tell: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<Outcome> {
  const started = performance.now();
  const inputs = findInputs(options.input);
  checkOutput(options);
  const records = readRecords(options.output);
  const pool = createPool(options.jobs);
  signal?.addEventListener("abort", () => void pool.close());
  // A first run needs the workers anyway: they start while the footers are read.
  if (records.days.size === 0 && !options.dryRun) pool.warm();
  const state: Run = { options, pool, records, problems: new Map(), built: [], rows: 0, tell };
  const scratch = options.dryRun ? Deno.makeTempDirSync() : null;
  let ended = false;
  try {
    const own = scratch ?? join(options.output, OWN_FOLDER);
    records.inputs = await examineInputs(inputs, records.inputs, pool, own);
    for (const [name, { failure, rejected }] of records.inputs) {
      if (failure !== undefined) addProblem(state, name, failure);
      endOnRejected(options, rejected);
    }
    if (options.dryRun) {
      state.built = staleDays(records, sourcesByDay(records.inputs, options), options);
      tell({ kind: "plan", days: state.built, files: inputs.length });
    } else await settle(state);
  } catch (error) {
    if (!(error instanceof StrictEnd)) throw error;
    ended = true;
  } finally {
    await pool.close();
    if (scratch !== null) Deno.removeSync(scratch, { recursive: true });
  }
  const { problems, rows } = state;
  const built = state.built.toSorted((a, b) => a.day - b.day);
  const seconds = (performance.now() - started) / 1000;
  const peakMemory = process.resourceUsage().maxRSS * 1024 + pool.peak();
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

async function settle(state: Run): Promise<void> {
  const { options, records, tell } = state;
  const failed = new Set<number>();
  for (let round = 0;; round++) {
    const touched = sourcesByDay(records.inputs, options);
    removeDays(state, touched);
    const stale = staleDays(records, touched, options).filter(({ day }) => !failed.has(day));
    if (round === 0) tell({ kind: "plan", days: stale, files: records.inputs.size });
    if (stale.length === 0) break;
    const unsure = new Set(stale.map(({ day }) => day));
    const sure = [...records.days.values()].filter(({ day }) => !unsure.has(day));
    const known = catalogueOf(sure);
    // The largest first, so that all workers end at about the same time.
    const queue = stale.toSorted((a, b) => b.rows - a.rows);
    await Promise.all(queue.map(async (item) => {
      const sources = touched.get(item.day)!;
      const answer = await build(state, item.day, sources, () => [...known.values()]);
      if (answer === null) {
        failed.add(item.day);
        addProblem(state, dayName(item.day), "could not be built: its worker process died twice");
      } else if (await noteFailures(state, sources, answer)) {
        note(state, item, sources, answer);
        addFacts(known, answer.facts);
      }
    }));
  }
  writeInputRecords(options.output, records.inputs);
  sweep(state);
}

/** Gives a day to a worker, and once more if that one dies. */
async function build(
  { pool, options }: Run,
  day: number,
  sources: Source[],
  facts: () => DayTask["job"]["facts"],
): Promise<DayAnswer | null> {
  const { output } = options;
  const task = (): DayTask => {
    const job = { day, sources, options: tableOptions(options), facts: facts() };
    return { kind: "day", job, output };
  };
  for (let tries = 0; tries < 2; tries++) {
    try {
      return await pool.build(task);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
    }
  }
  return null;
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
  const { records, options, pool } = state;
  for (const { name, reason, unsupported } of failures) {
    const record = records.inputs.get(name)!;
    if (record.failure !== undefined) continue;
    if (!unsupported || record.reader === "general") record.failure = reason;
    else {
      const { path } = sources.find((source) => source.name === name)!;
      await copyInput({ name, path }, record, pool, join(options.output, OWN_FOLDER));
      endOnRejected(options, record.rejected);
    }
    if (record.failure !== undefined) addProblem(state, name, record.failure);
  }
  return !failures.some(({ unsupported }) => unsupported);
}

/** Puts a day on record. */
function note(state: Run, item: StaleDay, sources: readonly Source[], answer: DayAnswer): void {
  const { records, options, tell } = state;
  const { day, facts, digest, modules, rows, readings, rejected, files, failures } = answer;
  const unread = new Set(failures.map(({ name }) => name));
  const inputs = inputsOf(records.inputs, sources.filter(({ name }) => !unread.has(name)));
  const before = records.days.get(day)?.files ?? [];
  const record = { day, options: tableOptions(options), inputs, digest, facts, modules };
  const full = { ...record, rows, readings, rejected, files };
  writeDayRecord(options.output, full);
  removeFiles(options.output, new Set(before).difference(new Set(files)));
  records.days.set(day, full);
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
    removeIfThere(dayRejectedPath(output, day));
    removeIfThere(dayRecordPath(output, day));
    records.days.delete(day);
  }
}

/** Removes files of the output folder, and the folders that are empty then. */
function removeFiles(output: string, names: Iterable<string>): void {
  for (const name of names) {
    removeIfThere(join(output, name));
    for (let folder = dirname(name); folder !== "."; folder = dirname(folder)) {
      try {
        Deno.removeSync(join(output, folder));
      } catch {
        break; // not empty
      }
    }
  }
}

/** Removes copies of input files that are gone, or that are read without one now. */
function sweep({ records, options }: Run): void {
  const general = [...records.inputs].filter(([, { reader }]) => reader === "general");
  const kept = new Set(general.map(([name]) => inputId(name)));
  for (const part of ["copies", "rejected"]) {
    const folder = join(options.output, OWN_FOLDER, part);
    let entries: Deno.DirEntry[] = [];
    try {
      entries = [...Deno.readDirSync(folder)];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    for (const { name } of entries) {
      const [, id] = /^(\w{24})(\.jsonl)?$/.exec(name) ?? [];
      if (id !== undefined && !kept.has(id)) {
        Deno.removeSync(join(folder, name), { recursive: true });
      }
    }
  }
}
