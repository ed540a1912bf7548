/**
 * Builds days until their columns agree: a module's columns depend on all days.
 *
 * @module
 */
import { join } from "node:path";
import pMap from "p-map";
import { dayName, totalOf } from "../telemetry/mod.ts";
import {
  type DayRecord,
  discardFolder,
  type InputRecord,
  rowCounts,
  type Source,
  stateFile,
} from "../store/mod.ts";
import { tableOptions } from "../hours/mod.ts";
import { commitDay, CommitQueue, refuseForeignFiles, removeDay } from "./commit.ts";
import type { RunContext } from "./context.ts";
import { ProgressCounter } from "./progress_counter.ts";
import { importInput, isAt } from "./examine.ts";
import type { DayAnswer } from "./messages.ts";
import { isInRange, isWanted } from "./options.ts";
import { inputsOf, sourcesByDay, type StaleDay, staleDays, whyStale } from "./plan.ts";
import { SignalTable } from "./signal_table.ts";
import { claimFolders, foldersOf, ignoresCase, withoutModules } from "./case_collisions.ts";
import { describeError, isRetryable, RetryableError, RunEnded, WriteError } from "../errors.ts";
import { inputsWithoutReadings, lackModules } from "./rejections.ts";
import { VERSION } from "../version.ts";

/** What the steps of a build share. */
interface Work extends RunContext {
  readonly signals: SignalTable;
  readonly commits: CommitQueue;
  /** Imports by input name, so that days that share an input share its import. */
  readonly imports: Map<string, Promise<InputRecord>>;
  /** The module folders by their names in lower case; null unless the file system ignores case. */
  readonly folders: Map<string, string> | null;
  /** How much has been built. */
  readonly progress: ProgressCounter;
  /** Days that were read only to count their signals. */
  readonly counted: Set<number>;
  /** Days that could not be built; they are left to a later run. */
  readonly failed: Set<number>;
}

/** Builds stale days until there are none; a dry run only finds them. */
export async function build(context: RunContext): Promise<void> {
  const commits = new CommitQueue(context.signal);
  const work: Work = {
    ...context,
    signals: new SignalTable(),
    commits,
    imports: new Map(),
    folders: ignoresCase(context.options.output)
      ? foldersOf(context.records.days.values().flatMap(({ files }) => files))
      : null,
    progress: new ProgressCounter("build", context.emit),
    counted: new Set(),
    failed: new Set(),
  };
  try {
    await buildUntilStable(work);
  } finally {
    await commits.close(); // nothing is written once the run has ended
  }
}

async function buildUntilStable(work: Work): Promise<void> {
  const { options, found: { files }, problems, emit, records, progress } = work;
  const growing = new Set(files.filter(({ isGrowing }) => isGrowing).map(({ name }) => name));
  for (let round = 0;; round++) {
    const touched = sourcesByDay(records.inputs, options);
    const isGrowing = (day: number) => touched.get(day)!.some(({ name }) => growing.has(name));
    const countsOf = (day: number) => records.days.get(day)?.signalCounts ?? [];
    const kept = [...records.days.keys()].filter((day) => isUnread(work, day));
    work.signals.retain(new Set([...touched.keys(), ...kept]), countsOf);
    if (!options.dryRun) await countOtherDays(work, touched);
    const stale = findStale(work, touched, round === 0 && options.force)
      .filter(({ day }) => !isGrowing(day) && !isUnread(work, day));
    if (round === 0 || stale.length > 0) {
      emit({ kind: "plan", days: stale, files: files.length, round });
    }
    if (options.dryRun) stale.forEach((item) => work.built.set(item.day, item));
    removeUntouched(work, touched);
    if (options.dryRun || stale.length === 0) break;
    progress.plan(totalOf(stale.map(({ rows }) => rows)));
    // The largest first, so that all workers finish at about the same time.
    stale.sort((a, b) => b.rows - a.rows);
    // Limits how many days the workers run ahead of the disk: staged files take space.
    await pMap(stale, (item) => buildAndCommit(work, item, touched.get(item.day)!), {
      concurrency: options.jobs * 2,
    });
  }
  for (const [day, record] of records.days) {
    if (!isWanted(options, day)) continue;
    problems.checkRejected(dayName(day), record.rejected);
    if (work.folders !== null) claimFolders(work.folders, record.modules, problems);
  }
  for (const [name, reason] of inputsWithoutReadings(records.inputs, records.days.values())) {
    problems.add(name, `has no reading: ${reason}`);
  }
  if (options.shard === null && lackModules(records)) {
    const [days, inputs] = [[...records.days.values()], [...records.inputs.values()]];
    const rejected = totalOf(rowCounts(days, inputs).rejected);
    const others = rejected > 0 ? ` (rejected rows: ${rejected})` : "";
    problems.add(
      "--input",
      `has no reading with both a phase and a module tag${others}: no hour files`,
    );
  }
}

function findStale(
  { options, records, suspects, signals, built, failed }: Work,
  touched: ReadonlyMap<number, Source[]>,
  force: boolean,
): StaleDay[] {
  const changed = (record: DayRecord) =>
    built.has(record.day) ? undefined : changedFile(options.output, record);
  const digester = signals.digester();
  return staleDays({ ...records, suspects }, touched, options, digester, changed, force)
    .filter(({ day }) => !failed.has(day));
}

/**
 * An hour file or a file of rejected readings that is gone, has another size, or changed after the
 * record was written.
 */
function changedFile(
  output: string,
  { day, files, sizes, rejected }: DayRecord,
): string | undefined {
  const written = Deno.lstatSync(join(output, stateFile("days", day))).mtime!;
  const others = Object.keys(rejected).length > 0 ? [stateFile("rejected", day)] : [];
  return [...files, ...others].find((name, i) => {
    try {
      const { isFile, size, mtime } = Deno.lstatSync(join(output, name));
      const recorded = sizes[i] ?? size; // that of rejected readings is not on record
      return !isFile || size !== recorded || mtime! > written;
    } catch {
      return true;
    }
  });
}

/** Builds a day and commits it; a failure affects only this day. */
async function buildAndCommit(work: Work, item: StaleDay, sources: Source[]): Promise<void> {
  const { problems, progress } = work;
  const { day } = item;
  const ownStaging = join(work.staging, dayName(day));
  try {
    const onRows = (rows: number) => progress.reach(item, rows);
    const answer = await readDay(work, day, sources, ownStaging, onRows);
    // Another run may be able to read these files, so it has to build the day again.
    if (answer.failures.some(({ retryable }) => retryable)) giveUp(work, day);
    if (!await handleFailures(work, sources, answer) || isWaiting(work, day, answer)) return;
    await work.commits.add(async () => {
      const record = await commit(work, sources, answer);
      if (!work.built.has(day)) work.built.set(day, item);
      const { rows, readings, files, rejected } = record;
      work.emit({ kind: "day", day, rows, readings, hourFiles: files.length });
      problems.checkRejected(dayName(day), rejected);
    });
  } catch (error) {
    if (error instanceof RunEnded) throw error;
    giveUp(work, day);
    problems.add(dayName(day), `could not be built: ${(error as Error).message}`);
  } finally {
    discardFolder(ownStaging);
    progress.reach(item, item.rows);
  }
}

/** Commits what a worker built of a day. */
async function commit(work: Work, sources: Source[], answer: DayAnswer): Promise<DayRecord> {
  const { options, options: { output }, staging, records, suspects } = work;
  const { day } = answer.result;
  const before = filesOf(work, day);
  const unread = new Set(answer.failures.map(({ name }) => name));
  const found = sources.filter(({ name }) => !unread.has(name) && records.inputs.has(name));
  const inputs = inputsOf(records.inputs, found);
  const origin = { version: VERSION, options: tableOptions(options), inputs };
  const kept = work.folders === null ? answer : withoutModules(
    answer,
    output,
    claimFolders(work.folders, answer.result.modules, work.problems),
  );
  refuseForeignFiles(output, before, kept.result.files);
  suspects.set(day, [...before]); // until the day is committed
  const record = await commitDay(output, staging, before, kept, origin);
  records.days.set(day, record);
  suspects.delete(day);
  return record;
}

/** Our hour files that a day may have now. */
function filesOf({ records, suspects }: Work, day: number): Set<string> {
  return new Set([...records.days.get(day)?.files ?? [], ...suspects.get(day) ?? []]);
}

/** Leaves a day to a later run. */
function giveUp({ problems, failed }: Work, day: number): void {
  failed.add(day);
  problems.retryLater = true;
}

/**
 * Counts the signals of days that `--from` and `--to` exclude, unless their records are current:
 * columns and kinds depend on the whole input.
 */
async function countOtherDays(work: Work, touched: ReadonlyMap<number, Source[]>): Promise<void> {
  const { options, problems, records, suspects, counted } = work;
  const others = [...touched].filter(([day, sources]) => {
    if (isInRange(options, day) || counted.has(day)) return false;
    const inputs = inputsOf(records.inputs, sources);
    return whyStale(records.days.get(day), suspects.has(day), inputs, options) !== null;
  });
  await Promise.all(others.map(async ([day, sources]) => {
    counted.add(day);
    try {
      const answer = await readDay(work, day, sources, null);
      await handleFailures(work, sources, answer);
    } catch (error) {
      if (error instanceof RunEnded) throw error;
      problems.retryLater = true;
      problems.add(dayName(day), `could not be read: ${(error as Error).message}`);
    }
  }));
}

/** Whether a day stays as it is until files that it was built from can be read again. */
function isWaiting({ records }: Work, day: number, { failures }: DayAnswer): boolean {
  const inputs = records.days.get(day)?.inputs ?? {};
  return failures.some(({ name, retryable }) => retryable && inputs[name] !== undefined);
}

/** Has a worker read a day, and write its files into a staging folder unless that is null. */
function readDay(
  work: Work,
  day: number,
  sources: Source[],
  staging: string | null,
  onRows?: (rows: number) => void,
): Promise<DayAnswer> {
  const { pool, options, options: { output }, signals } = work;
  const task = () => ({
    kind: "day" as const,
    day,
    sources,
    options: tableOptions(options),
    output,
    staging,
    signalCounts: signals.without(day),
  });
  const onAnswer = (answer: DayAnswer) => {
    // Otherwise other days would lose columns that come back when all files can be read.
    const isPartial = answer.failures.some(({ needsImport }) => needsImport);
    if (isPartial || isWaiting(work, day, answer)) return;
    signals.replace(day, answer.result.signalCounts);
  };
  return pool.run(task, onAnswer, onRows);
}

/**
 * Records the inputs that could not be read, and imports those that need it.
 *
 * @returns Whether the day was written anyway; otherwise it is still stale and is read again.
 */
async function handleFailures(
  work: Work,
  sources: readonly Source[],
  { failures }: DayAnswer,
): Promise<boolean> {
  const { problems, stateFolder, records: { inputs }, imports } = work;
  for (const { name, reason, needsImport, retryable } of failures) {
    const { path } = sources.find((source) => source.name === name)!;
    const record = inputs.get(name)!;
    try {
      if (!needsImport || path.startsWith(stateFolder)) {
        throw retryable ? new RetryableError(reason) : new Error(reason);
      }
      const imported = await imports.getOrInsertComputed(
        name,
        () => importInput(work, { name, path }, reason, record),
      );
      inputs.set(name, imported);
      if (imported.failure !== undefined) problems.add(name, imported.failure);
      problems.checkRejected(name, imported.rejected);
    } catch (error) {
      if (error instanceof RunEnded || error instanceof WriteError) throw error;
      const failure = describeError(error, path);
      problems.add(name, failure);
      if (!isRetryable(error)) inputs.set(name, { ...record, failure });
      else if (needsImport) throw new RetryableError(`${name} ${failure}`);
    }
  }
  return !failures.some(({ needsImport }) => needsImport);
}

/** Whether a day was built from a file that can't be examined now, and that is not on record. */
function isUnread({ records: { days, inputs }, unread }: Work, day: number): boolean {
  const names = Object.keys(days.get(day)?.inputs ?? {});
  return names.some((name) => !inputs.has(name) && unread.some((at) => isAt(name, at)));
}

/** Removes the hour files of days that no input touches any longer; a dry run only counts them. */
function removeUntouched(work: Work, touched: ReadonlyMap<number, unknown>): void {
  const { options, problems, unread, records: { days }, suspects, removed } = work;
  for (const day of new Set([...days.keys(), ...suspects.keys()])) {
    if (touched.has(day) || !isWanted(options, day) || isUnread(work, day)) continue;
    // Without a record, nobody knows whether an input that can't be read now has the day.
    if (!days.has(day) && unread.length > 0) continue;
    const ours = filesOf(work, day);
    if (options.dryRun) {
      removed.set(day, ours.size);
      continue;
    }
    try {
      suspects.set(day, [...ours]);
      removeDay(options.output, day, ours);
      removed.set(day, ours.size);
      days.delete(day);
      suspects.delete(day);
    } catch (error) {
      problems.retryLater = true;
      problems.add(dayName(day), `could not be removed: ${(error as Error).message}`);
    }
  }
}
