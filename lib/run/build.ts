/**
 * Builds days until none is stale: only all days together tell which columns a module has.
 *
 * @module
 */
import { join } from "node:path";
import { addFacts, type Catalogue, dayName } from "../telemetry/mod.ts";
import {
  commitFiles,
  dayRecordPath,
  dayRejectedName,
  removeFiles,
  removeIfThere,
  type Source,
  step,
  syncDayRecord,
  writeDayRecord,
} from "../store/mod.ts";
import { isInRange, isWanted, type Options } from "./options.ts";
import type { TableOptions } from "../hours/mod.ts";
import { copyInput, inputsOf, sourcesByDay, type StaleDay, staleDays, whyStale } from "./plan.ts";
import { PoolClosed } from "./pool.ts";
import { isTemporary, reasonOf, TemporaryError } from "../errors.ts";
import { createQueue, type Queue } from "./queue.ts";
import { addProblem, endOnRejected, type Run, StrictEnd } from "./state.ts";
import { inStageAsync } from "./profile.ts";
import { VERSION } from "../version.ts";
import type { DayAnswer, DayTask } from "./messages.ts";

/** What all days know together, but for one. */
function catalogueOf({ facts }: Run, except?: number): Catalogue {
  const catalogue: Catalogue = new Map();
  for (const [day, known] of facts) if (day !== except) addFacts(catalogue, known);
  return catalogue;
}

/**
 * Builds stale days until there are none; a dry run only says which they are.
 *
 * @param files How many input files there are.
 */
export async function settle(state: Run, files: number): Promise<void> {
  const queue = createQueue(state.options.jobs * 2, state.signal);
  try {
    await settleDays(state, files, queue);
  } finally {
    await queue.close(); // nothing is written once the run has ended
  }
}

async function settleDays(state: Run, files: number, queue: Queue): Promise<void> {
  const { options, records } = state;
  const failed = new Set<number>();
  const fail = (day: number) => {
    failed.add(day);
    state.unsettled = true;
  };
  for (let round = 0;; round++) {
    const touched = sourcesByDay(records.inputs, options);
    state.facts = new Map(
      [...touched.keys()].map((
        day,
      ) => [day, state.facts.get(day) ?? records.days.get(day)?.facts ?? []]),
    );
    if (!options.dryRun) await survey(state, touched);
    const on = round === 0 && options.force ? { ...records, days: new Map() } : records;
    const built = new Set(state.built.map(({ day }) => day));
    const stale = staleDays(on, touched, options, catalogueOf(state), built)
      .filter(({ day }) => !failed.has(day))
      .map((item) =>
        on === records || !records.days.has(item.day) ? item : { ...item, reason: "--force" }
      );
    if (round === 0) state.tell({ kind: "plan", days: stale, files });
    state.copying.clear(); // what was only scanned may have to be copied yet
    if (options.dryRun) state.built = stale;
    if (!options.dryRun) removeDays(state, touched);
    if (options.dryRun || stale.length === 0) break;
    const all = catalogueOf(state);
    // The largest first, so that all workers end at about the same time.
    await Promise.all(
      stale.toSorted((a, b) => b.rows - a.rows).map(async (item) => {
        await queue.enter();
        try {
          const sources = touched.get(item.day)!;
          const answer = await build(state, item.day, sources, all, false);
          // What may be read in a minute is for the next run: its record will lack an input.
          if (answer.failures.some(({ temporary }) => temporary)) fail(item.day);
          if (!await noteFailures(state, sources, answer)) return;
          await queue.add(() => put(state, item, sources, answer));
        } catch (error) {
          if (error instanceof PoolClosed || error instanceof StrictEnd) throw error;
          fail(item.day);
          addProblem(state, dayName(item.day), `could not be built: ${(error as Error).message}`);
        } finally {
          queue.leave();
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

/**
 * Puts a day's files in their place and the day on record, after the files that it no longer has
 * are gone. The disk is waited for here, one day after the other, while the workers go on.
 */
async function put(
  state: Run,
  item: StaleDay,
  sources: readonly Source[],
  answer: DayAnswer,
): Promise<void> {
  const { records, options, tell } = state;
  const { failures, staged, changed, ...found } = answer;
  const { day, rows, readings, rejected, files } = found;
  const unread = new Set(failures.map(({ name }) => name));
  const read = sources.filter(({ name }) => !unread.has(name) && records.inputs.has(name));
  const inputs = inputsOf(records.inputs, read);
  const marked = await inStageAsync("record", () => syncDayRecord(options.output, day));
  step("mark synced");
  await inStageAsync("sync", () => commitFiles(staged, changed));
  removeFiles(options.output, new Set(marked).difference(new Set(files)));
  const built = { version: VERSION, options: tableOptions(options), inputs };
  const record = { ...built, ...found };
  await inStageAsync("record", () => writeDayRecord(options.output, record));
  step("day recorded");
  records.days.set(day, record);
  if (!state.built.some((built) => built.day === day)) state.built.push(item);
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
