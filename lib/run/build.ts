/**
 * Builds days until their columns agree: a module's columns depend on all days.
 *
 * @module
 */
import { join } from "node:path";
import { dayName, folderOf } from "../telemetry/mod.ts";
import {
  dayFile,
  type DayRecord,
  type DayResult,
  discardFolder,
  ignoresCase,
  type InputRecord,
  type Source,
} from "../store/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import { commitDay, refuseForeignFiles, removeDay } from "./commit.ts";
import type { RunContext, RunState } from "./context.ts";
import { importedRecord } from "./examine.ts";
import type { DayAnswer, DayTask } from "./messages.ts";
import { isInRange, isWanted, type Options } from "./options.ts";
import { inputsOf, sourcesByDay, type StaleDay, staleDays, whyStale } from "./plan.ts";
import { PoolClosed } from "./pool.ts";
import { Progress } from "./progress.ts";
import { StrictError } from "./problems.ts";
import { CommitQueue, forEachLimited } from "./queue.ts";
import { SignalTable } from "./signal_table.ts";
import { FolderNames, withoutModules } from "./case_collisions.ts";
import { describeError, isRetryable, RetryableError, WriteError } from "../errors.ts";
import { inputsWithoutReadings } from "./rejections.ts";
import { VERSION } from "../version.ts";

/** What the steps of a build share. */
interface Work {
  readonly context: RunContext;
  readonly state: RunState;
  readonly signals: SignalTable;
  readonly commits: CommitQueue;
  /** Imports by input name, so that days that share an input share its import. */
  readonly imports: Map<string, Promise<InputRecord>>;
  /** The module folders if the file system ignores case; otherwise null. */
  readonly folders: FolderNames | null;
  /** How much has been built. */
  readonly progress: Progress;
  /** Days that were read only to count their signals. */
  readonly counted: Set<number>;
  /** Days that could not be built; they are left to a later run. */
  readonly failed: Set<number>;
}

/**
 * Builds stale days until there are none; a dry run only finds them.
 *
 * @param files How many input files there are.
 */
export async function build(
  context: RunContext,
  state: RunState,
  files: number,
): Promise<void> {
  const commits = new CommitQueue(context.signal);
  const work: Work = {
    context,
    state,
    signals: new SignalTable(),
    commits,
    imports: new Map(),
    folders: ignoresCase(context.options.output)
      ? new FolderNames(state.days.values().flatMap(({ files }) => files))
      : null,
    progress: new Progress("build", context.emit),
    counted: new Set(),
    failed: new Set(),
  };
  try {
    await buildUntilStable(work, files);
  } finally {
    await commits.close(); // nothing is written once the run has ended
  }
}

async function buildUntilStable(work: Work, files: number): Promise<void> {
  const { context: { options, problems, emit }, state, progress } = work;
  for (let round = 0;; round++) {
    const touched = sourcesByDay(state.inputs, options);
    const isGrowing = (day: number) =>
      touched.get(day)!.some(({ name }) => state.growing.has(name));
    work.signals.retain(new Set(touched.keys()), (day) => state.days.get(day)?.signalCounts ?? []);
    if (!options.dryRun) await countOtherDays(work, touched);
    const stale = findStale(work, touched, round === 0 && options.force)
      .filter(({ day }) => !isGrowing(day));
    if (round === 0 || stale.length > 0) emit({ kind: "plan", days: stale, files, round });
    if (options.dryRun) stale.forEach((item) => state.built.set(item.day, item));
    else removeUntouched(work, touched);
    if (options.dryRun || stale.length === 0) break;
    progress.plan(stale.reduce((sum, { rows }) => sum + rows, 0));
    // The largest first, so that all workers finish at about the same time.
    stale.sort((a, b) => b.rows - a.rows);
    // Limits how many days the workers run ahead of the disk: staged files take space.
    await forEachLimited(
      stale,
      options.jobs * 2,
      (item) => buildDay(work, item, touched.get(item.day)!),
    );
  }
  for (const [day, record] of state.days) {
    if (!isWanted(options, day)) continue;
    problems.checkRejected(dayName(day), record.rejected);
    collidingFolders(work, record);
  }
  for (const [name, reason] of inputsWithoutReadings(state.inputs, state.days.values())) {
    problems.add(name, `has no reading: ${reason}`);
  }
}

function findStale(
  { context: { options }, state, signals, failed }: Work,
  touched: ReadonlyMap<number, Source[]>,
  force: boolean,
): StaleDay[] {
  const records = force ? { ...state, days: new Map() } : state;
  const changed = (record: DayRecord) =>
    state.built.has(record.day) ? undefined : changedFile(options.output, record);
  return staleDays(records, touched, options, signals.digester(), changed)
    .filter(({ day }) => !failed.has(day))
    .map((item) => force && state.days.has(item.day) ? { ...item, reason: "--force" } : item);
}

/** An hour file that is gone, has another size, or changed after the record was written. */
function changedFile(output: string, { day, files, sizes }: DayRecord): string | undefined {
  const written = Deno.lstatSync(join(output, dayFile("days", day))).mtime!;
  return files.find((name, i) => {
    try {
      const { isFile, size, mtime } = Deno.lstatSync(join(output, name));
      return !isFile || size !== sizes[i] || mtime! > written;
    } catch {
      return true;
    }
  });
}

/** Builds a day and commits it; a failure affects only this day. */
async function buildDay(work: Work, item: StaleDay, sources: Source[]): Promise<void> {
  const { context: { options, problems, staging, emit }, state, commits, progress } = work;
  const { day } = item;
  const ownStaging = join(staging, dayName(day));
  try {
    const onProgress = (rows: number) => progress.reach(item, rows);
    const answer = await read(work, day, sources, ownStaging, onProgress);
    // Another run may be able to read these files, so it has to build the day again.
    if (answer.failures.some(({ retryable }) => retryable)) giveUp(work, day);
    if (!await handleFailures(work, sources, answer)) return;
    await commits.add(async () => {
      const before = new Set([
        ...state.days.get(day)?.files ?? [],
        ...state.suspects.get(day) ?? [],
      ]);
      const unread = new Set(answer.failures.map(({ name }) => name));
      const found = sources.filter(({ name }) => !unread.has(name) && state.inputs.has(name));
      const inputs = inputsOf(state.inputs, found);
      const from = { version: VERSION, options: tableOptions(options), inputs };
      const kept = withoutModules(answer, options.output, collidingFolders(work, answer.result));
      refuseForeignFiles(options.output, before, kept.result.files);
      state.suspects.set(day, [...before]); // until the day is committed
      const record = await commitDay(options.output, staging, before, kept, from);
      state.days.set(day, record);
      state.suspects.delete(day);
      if (!state.built.has(day)) state.built.set(day, item);
      const { rows, readings, files, rejected } = record;
      emit({ kind: "day", day, rows, readings, hourFiles: files.length });
      problems.checkRejected(dayName(day), rejected);
    });
  } catch (error) {
    if (error instanceof PoolClosed || error instanceof StrictError) throw error;
    giveUp(work, day);
    problems.add(dayName(day), `could not be built: ${(error as Error).message}`);
  } finally {
    discardFolder(ownStaging);
    progress.finish(item, item.rows);
  }
}

/** The module folders of a day that differ only in case from another module's, as problems. */
function collidingFolders({ folders, context }: Work, { modules }: DayResult): Set<string> {
  if (folders === null) return new Set();
  const names = modules.map(([phase, module]) => folderOf(phase, module));
  return new Set(names.filter((name) => {
    const owner = folders.claim(name);
    if (owner === null) return false;
    const reason = `differs from ${owner} only in case, which this file system ignores`;
    context.problems.add(name, `is not written: it ${reason}; write to another one`);
    return true;
  }));
}

/** Leaves a day to a later run. */
function giveUp({ state, failed }: Work, day: number): void {
  failed.add(day);
  state.retryLater = true;
}

/**
 * Counts the signals of days that `--from` and `--to` exclude, unless their records are current:
 * columns and kinds depend on the whole input.
 */
async function countOtherDays(work: Work, touched: ReadonlyMap<number, Source[]>): Promise<void> {
  const { context: { options, problems }, state, counted } = work;
  const others = [...touched].filter(([day, sources]) => {
    if (isInRange(options, day) || counted.has(day)) return false;
    const inputs = inputsOf(state.inputs, sources);
    return whyStale(state.days.get(day), state.suspects.has(day), inputs, options) !== null;
  });
  await Promise.all(others.map(async ([day, sources]) => {
    counted.add(day);
    try {
      const answer = await read(work, day, sources, null);
      await handleFailures(work, sources, answer);
    } catch (error) {
      if (error instanceof PoolClosed || error instanceof StrictError) throw error;
      state.retryLater = true;
      problems.add(dayName(day), `could not be read: ${(error as Error).message}`);
    }
  }));
}

/** Has a worker read a day, and write its files into a staging folder unless that is null. */
function read(
  { context: { pool, options }, signals }: Work,
  day: number,
  sources: Source[],
  staging: string | null,
  onProgress?: (rows: number) => void,
): Promise<DayAnswer> {
  const task = (): DayTask => {
    const signalCounts = signals.without(day);
    const job = { day, sources, options: tableOptions(options), signalCounts };
    return { kind: "day", job, output: options.output, staging };
  };
  const onAnswer = ({ result }: DayAnswer) => signals.replace(day, result.signalCounts);
  return pool.build(task, onAnswer, onProgress);
}

function tableOptions(options: Options): TableOptions {
  const { interval, maxGap, fill, aggregate, compression, writer } = options;
  return { interval, maxGap, fill, aggregate, compression, writer };
}

/**
 * Records the inputs that could not be read, and imports those that need it.
 *
 * @returns Whether the day was written anyway; otherwise it is still stale and is read again.
 */
async function handleFailures(
  { context, state: { inputs }, imports }: Work,
  sources: readonly Source[],
  { failures }: DayAnswer,
): Promise<boolean> {
  const { problems, stateFolder } = context;
  for (const { name, reason, needsImport, retryable } of failures) {
    const { path } = sources.find((source) => source.name === name)!;
    const record = inputs.get(name)!;
    try {
      if (!needsImport || path.startsWith(stateFolder)) {
        throw retryable ? new RetryableError(reason) : new Error(reason);
      }
      const imported = await imports.getOrInsertComputed(
        name,
        () => importedRecord(context, { name, path }, reason, record),
      );
      inputs.set(name, imported);
      if (imported.failure !== undefined) problems.add(name, imported.failure);
      problems.checkRejected(name, imported.rejected);
    } catch (error) {
      if (error instanceof PoolClosed || error instanceof StrictError) throw error;
      if (error instanceof WriteError) throw error;
      const failure = describeError(error, path);
      problems.add(name, failure);
      if (!isRetryable(error)) inputs.set(name, { ...record, failure });
      else if (needsImport) throw new RetryableError(`${name} ${failure}`);
    }
  }
  return !failures.some(({ needsImport }) => needsImport);
}

/** Removes the hour files of days that no input touches any longer. */
function removeUntouched(
  { context: { options, problems }, state }: Work,
  touched: ReadonlyMap<number, unknown>,
): void {
  for (const day of new Set([...state.days.keys(), ...state.suspects.keys()])) {
    if (touched.has(day) || !isWanted(options, day)) continue;
    const files = [...state.days.get(day)?.files ?? [], ...state.suspects.get(day) ?? []];
    try {
      state.suspects.set(day, files);
      removeDay(options.output, day, files);
      state.days.delete(day);
      state.suspects.delete(day);
    } catch (error) {
      state.retryLater = true;
      problems.add(dayName(day), `could not be removed: ${(error as Error).message}`);
    }
  }
}
