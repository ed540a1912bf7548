/**
 * A run: builds the days that are stale until none is, since only all days together tell which
 * columns a module has.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { addFacts, type Catalogue, type Fact } from "./catalogue.ts";
import type { Counts, Source } from "./day.ts";
import {
  isTemporary,
  listFolder,
  reasonOf,
  removeFiles,
  removeFolder,
  removeIfThere,
  sweepFolder,
  TemporaryError,
} from "./files.ts";
import { checkOutput, findInputs, type InputFile } from "./inputs.ts";
import { ownFolder, takeLock, WORKERS_LOCK } from "./lock.ts";
import { isInRange, isWanted, type Options, type TableOptions } from "./options.ts";
import {
  copyInput,
  examineInputs,
  inputId,
  inputsOf,
  sourcesByDay,
  type StaleDay,
  staleDays,
  whyStale,
} from "./plan.ts";
import { createPool, type Pool, PoolClosed } from "./pool.ts";
import {
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
  /** How many input files there are. */
  files: number;
  /** What is on record now. */
  records: Records;
  /** The days that were built, or would be. */
  built: StaleDay[];
  /** Input files and days that could not be used, and why. */
  problems: Map<string, string>;
  /** What ended a strict run early; null if nothing did. */
  ended: string | null;
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
  /** Copies that are being made by the way, by file name. */
  copying: Map<string, Promise<void>>;
  /** Days that were read for what they know, and not built. */
  surveyed: Set<number>;
  /** What each day that has readings knows. */
  facts: Map<number, Fact[]>;
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
  using _lock = dryRun ? null : await takeLock(output, options.shard);
  const own = join(output, ownFolder(options.shard));
  const records = readRecords(output, own);
  const rights = dryRun ? { write: null } : { write: output, lock: join(own, WORKERS_LOCK) };
  const pool = createPool(jobs, { ...rights, native: options.writer === "polars" });
  const copiers = createPool(jobs, { ...rights, native: true });
  const close = () => Promise.all([pool.close(), copiers.close()]);
  const stop = () => void close();
  signal?.addEventListener("abort", stop);
  // A first run needs workers anyway: some start while the footers are read.
  if (records.days.size === 0 && !dryRun) pool.warm(2);
  const found = { records, problems: new Map(), built: [], rows: 0, facts: new Map() };
  const state: Run = {
    ...found,
    options,
    own,
    pool,
    copiers,
    copying: new Map(),
    surveyed: new Set(),
    tell,
  };
  let [ended, peak]: [string | null, number] = [null, 0];
  try {
    const examined = await examineInputs(inputs, records.inputs, copiers, own, dryRun);
    records.inputs = examined.inputs;
    peak = copiers.peak();
    await copiers.rest(); // native memory grows, and is not given back
    step("planned");
    for (const [name, reason] of examined.problems) addProblem(state, name, reason);
    for (const [name, { rejected }] of records.inputs) endOnRejected(options, name, rejected);
    await settle(state, inputs.length);
    if (!dryRun) await tidy(state);
  } catch (error) {
    if (!(error instanceof StrictEnd)) throw error;
    ended = error.message;
  } finally {
    signal?.removeEventListener("abort", stop);
    peak = Math.max(peak, pool.peak());
    await close();
  }
  const { problems, rows } = state;
  const built = state.built.toSorted((a, b) => a.day - b.day);
  const seconds = (performance.now() - started) / 1000;
  const peakMemory = process.resourceUsage().maxRSS * 1024 + peak;
  return { files: inputs.length, records, built, problems, ended, rows, seconds, peakMemory };
}

/** Notes what can't be used; a strict run ends there. */
function addProblem({ problems, tell, options }: Run, name: string, reason: string): void {
  if (problems.has(name)) return;
  problems.set(name, reason);
  tell({ kind: "problem", name, reason });
  if (options.strict) throw new StrictEnd(`${name} ${reason}`);
}

function endOnRejected({ strict }: Options, name: string, rejected: Counts): void {
  const [first] = Object.entries(rejected);
  if (strict && first) throw new StrictEnd(`${name} has rejected rows: ${first[0]} (${first[1]})`);
}

/** What all days know together, but for one. */
function catalogueOf({ facts }: Run, except?: number): Catalogue {
  const catalogue: Catalogue = new Map();
  for (const [day, known] of facts) if (day !== except) addFacts(catalogue, known);
  return catalogue;
}

/** Builds stale days until there are none; a dry run only says which they are. */
async function settle(state: Run, files: number): Promise<void> {
  const { options, records } = state;
  const failed = new Set<number>();
  for (let round = 0;; round++) {
    const touched = sourcesByDay(records.inputs, options);
    state.facts = new Map(
      [...touched.keys()].map((
        day,
      ) => [day, state.facts.get(day) ?? records.days.get(day)?.facts ?? []]),
    );
    if (round === 0 && !options.dryRun) sweepUnfinished(state);
    if (!options.dryRun) await survey(state, touched);
    const on = round === 0 && options.force ? { ...records, days: new Map() } : records;
    const stale = staleDays(on, touched, options, catalogueOf(state)).filter(({ day }) =>
      !failed.has(day)
    )
      .map((item) =>
        on === records || !records.days.has(item.day) ? item : { ...item, reason: "--force" }
      );
    if (round === 0) state.tell({ kind: "plan", days: stale, files });
    if (options.dryRun) state.built = stale;
    if (!options.dryRun) removeDays(state, touched);
    if (options.dryRun || stale.length === 0) break;
    const all = catalogueOf(state);
    // The largest first, so that all workers end at about the same time.
    await Promise.all(
      stale.toSorted((a, b) => b.rows - a.rows).map(async (item) => {
        try {
          const sources = touched.get(item.day)!;
          const answer = await build(state, item.day, sources, all, false);
          // What may be read in a minute is for the next run: its record will lack an input.
          if (answer.failures.some(({ temporary }) => temporary)) failed.add(item.day);
          if (await noteFailures(state, sources, answer)) await note(state, item, sources, answer);
        } catch (error) {
          if (error instanceof PoolClosed || error instanceof StrictEnd) throw error;
          failed.add(item.day);
          addProblem(state, dayName(item.day), `could not be built: ${(error as Error).message}`);
        }
      }),
    );
  }
  for (const [day, { rejected }] of records.days) {
    if (isWanted(options, day)) endOnRejected(options, dayName(day), rejected);
  }
}

/**
 * Reads the days that `--from` and `--to` leave out and that are not on record: columns and kinds
 * are those of the whole input.
 */
async function survey(state: Run, touched: ReadonlyMap<number, Source[]>): Promise<void> {
  const { options, records } = state;
  const others = [...touched].filter(([day, sources]) =>
    !isInRange(options, day) && !state.surveyed.has(day) &&
    whyStale(records.days.get(day), inputsOf(records.inputs, sources), options) !== null
  );
  await Promise.all(others.map(async ([day, sources]) => {
    const answer = await build(state, day, sources, new Map(), true);
    state.surveyed.add(day);
    await noteFailures(state, sources, answer);
  }));
}

/**
 * Gives a day to a worker.
 *
 * @param all What all days know; it is kept up to date.
 */
function build(
  { pool, options, facts }: Run,
  day: number,
  sources: Source[],
  all: Catalogue,
  survey: boolean,
): Promise<DayAnswer> {
  const task = (): DayTask => {
    const others = addFacts(new Map(all), facts.get(day) ?? [], -1);
    const job = { day, sources, options: tableOptions(options), facts: [...others.values()] };
    return { kind: "day", job, output: options.output, survey };
  };
  return pool.build(task, (answer) => {
    addFacts(all, facts.get(day) ?? [], -1);
    addFacts(all, answer.facts);
    facts.set(day, answer.facts);
  });
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
  const { records, options, copiers, own, copying } = state;
  for (const { name, reason, unsupported, temporary } of failures) {
    const { path } = sources.find((source) => source.name === name)!;
    const record = records.inputs.get(name)!;
    try {
      if (!unsupported || path.startsWith(own)) {
        throw temporary ? new TemporaryError(reason) : new Error(reason);
      }
      if (!copying.has(name)) copying.set(name, copyInput({ name, path }, record, copiers, own));
      await copying.get(name);
      endOnRejected(options, name, record.rejected);
    } catch (error) {
      if (error instanceof PoolClosed || error instanceof StrictEnd) throw error;
      addProblem(state, name, reasonOf(error));
      if (!isTemporary(error)) record.failure = reasonOf(error);
      else if (unsupported) throw new TemporaryError(`${name} ${reasonOf(error)}`);
    }
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
  const { day, facts, digest, modules, rows, readings, rejected, files, sizes, failures } = answer;
  const unread = new Set(failures.map(({ name }) => name));
  const read = sources.filter(({ name }) => !unread.has(name) && records.inputs.has(name));
  const inputs = inputsOf(records.inputs, read);
  const before = new Set(records.days.get(day)?.files);
  removeFiles(options.output, before.difference(new Set(files)));
  const built = { version: VERSION, options: tableOptions(options), inputs };
  const found = { facts, digest, modules, rows, readings, rejected, files, sizes };
  const record = { day, ...built, ...found };
  await writeDayRecord(options.output, record);
  step("day recorded");
  records.days.set(day, record);
  if (!state.built.some((built) => built.day === day)) state.built.push(item);
  state.rows += rows;
  tell({ kind: "day", day, rows, readings, hourFiles: files.length, planned: item.rows });
  endOnRejected(options, dayName(day), rejected);
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
