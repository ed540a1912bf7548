/**
 * A run: locks the output, examines the input, builds stale days, and publishes the results.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { describeError, UsageError } from "../errors.ts";
import {
  checkOutput,
  discardFolder,
  failpoint,
  findInputs,
  findSuspects,
  type FoundInputs,
  type Identity,
  type InputFile,
  isBelowDev,
  listFolder,
  readRecords,
  recordedInputs,
  refuseEmpty,
  removeFolder,
  REPORT_FOLDER,
  stagingFolder,
  STATE_FOLDER,
  stateFolderOf,
  takeLock,
  WORKERS_LOCK,
  writeInputRecords,
} from "../store/mod.ts";
import { build } from "./build.ts";
import type { RunContext } from "./context.ts";
import type { RunEvent } from "./events.ts";
import { Problems, StrictError } from "./problems.ts";
import { examineInputs, inputId } from "./examine.ts";
import { rejectedExamples } from "./examples.ts";
import type { Options } from "./options.ts";
import { Pool } from "./pool.ts";
import { type StageTimes, stageTimes, timed } from "./profile.ts";
import { publishReport, publishTables } from "./publish.ts";
import { type RunEnd, summarize, type Summary } from "./summary.ts";

/** The outcome of a run. */
export interface Outcome {
  /** What it did, in numbers. */
  summary: Summary;
  /** Whether another run may succeed where this one failed, although no input changes. */
  retryLater: boolean;
  /** Where the time of each process went, this one first; empty if that was not measured. */
  stages: StageTimes[];
}

/**
 * Performs one run.
 *
 * @param emit Receives events.
 * @param signal Ends the run when it aborts; the output is consistent then.
 * @param found The input files, if they are already known.
 * @throws {UsageError} If input and output don't fit together, or another run is writing to the
 * output; nothing is changed then.
 * @throws {Error} If the output can't be written, or the run was aborted.
 */
export async function run(
  options: Options,
  emit: (event: RunEvent) => void,
  signal?: AbortSignal,
  found: FoundInputs = findInputs(...options.input),
): Promise<Outcome> {
  const started = performance.now();
  const { output, dryRun, shard } = options;
  checkOutput(options.input, output);
  if (!options.force) refuseEmpty(options.input, found);
  using held = new DisposableStack();
  let context: RunContext;
  try {
    if (!dryRun) held.use(await takeLock(output, shard, signal));
    context = createContext(options, found, emit, signal);
  } catch (error) {
    if (error instanceof UsageError || signal?.aborted) throw error;
    throw new UsageError(`--output ${output} can't be used: ${describeError(error)}`);
  }
  const { pool, staging, problems } = context;
  const stop = () => void pool.close();
  signal?.addEventListener("abort", stop);
  const elapsed = () => (performance.now() - started) / 1000;
  const end: RunEnd = {
    ended: null,
    report: null,
    oldReport: null,
    examples: [],
    seconds: 0,
    reportSeconds: 0,
    peakMemory: 0,
  };
  try {
    await timed("plan", () => examineInputs(context));
    failpoint("planned");
    await timed("wait", () => build(context));
    if (!dryRun) await timed("record", () => recordInputs(context));
    if (!dryRun) await timed("figures", () => publishTables(context));
    end.seconds = elapsed();
    if (options.report) end.report = await publishReport(context, summarize(context, end));
    else if (!dryRun) end.oldReport = findOldReport(context);
    end.reportSeconds = elapsed() - end.seconds;
  } catch (error) {
    if (!(error instanceof StrictError)) throw error;
    end.ended = error.message;
    end.seconds ||= elapsed();
  } finally {
    signal?.removeEventListener("abort", stop);
    end.peakMemory = process.resourceUsage().maxRSS * 1024 + pool.peak();
    await pool.close();
    if (!dryRun) discardFolder(staging);
  }
  if (!dryRun) end.examples = rejectedExamples(context);
  const stages = [stageTimes() ?? [], pool.stages()].flat();
  return { summary: summarize(context, end), retryLater: problems.retryLater, stages };
}

/** Prepares a run on a locked output. */
function createContext(
  options: Options,
  found: FoundInputs,
  emit: (event: RunEvent) => void,
  signal: AbortSignal | undefined,
): RunContext {
  const { output, dryRun } = options;
  const stateFolder = join(output, stateFolderOf(options.shard));
  const staging = stagingFolder(stateFolder);
  if (!dryRun) removeFolder(staging); // left by a killed run
  const records = readRecords(output, stateFolder);
  // A record of another version is not trusted, and one of another shard has none of this shard's
  // days, but both show which inputs there were.
  const known = records.inputs.size > 0 ? records.inputs : recordedInputs(output);
  if (!options.force) refuseMissingInputs(options, known, found.files);
  const suspects = findSuspects(output, records.days);
  const write = dryRun ? { write: null } : { write: output, lock: join(stateFolder, WORKERS_LOCK) };
  const pool = new Pool(options.jobs, {
    ...write,
    allowAll: isBelowDev([...options.input, output]),
  });
  // A first run needs workers anyway, so some start while footers are read: one per folder (a day).
  const folders = new Set(found.files.map(({ name }) => dirname(name))).size;
  if (records.days.size === 0 && !dryRun) pool.warm(Math.min(2, folders));
  return {
    options,
    found,
    stateFolder,
    staging,
    pool,
    emit,
    signal,
    records,
    before: { inputs: records.inputs, days: new Map(records.days) },
    suspects,
    unread: [],
    built: new Map(),
    removed: new Map(),
    problems: new Problems(options.strict, emit),
  };
}

/**
 * Refuses a run that would remove everything, for example because a drive is not mounted.
 *
 * @throws {UsageError} If none of the inputs on record exists any longer.
 */
function refuseMissingInputs(
  { input, output }: Options,
  known: ReadonlyMap<string, Identity>,
  files: readonly InputFile[],
): void {
  if (known.size === 0 || files.some(({ failure }) => failure !== undefined)) return;
  const names = new Set(files.map(({ name }) => name));
  // A file may have been renamed, which changes its ctime.
  const withoutCtime = ({ size, mtime, ino }: Identity) => `${size} ${mtime} ${ino}`;
  const marks = new Set(files.map(withoutCtime));
  const isThere = ([name, record]: [string, Identity]) =>
    names.has(name) || marks.has(withoutCtime(record));
  if (known.entries().some(isThere)) return;
  throw new UsageError(
    `--input ${input.join(" ")} has none of the ${known.size} files that --output ${output} was ` +
      "built from. Is a drive not mounted? To add files, give all inputs or their common folder; " +
      "--force removes what was built from the missing files.",
  );
}

/** The first page of an earlier run's report if this run changed any day; otherwise null. */
function findOldReport({ options: { output }, built, removed }: RunContext): string | null {
  const page = `${REPORT_FOLDER}/index.html`;
  const isOld = built.size + removed.size > 0 && existsSync(join(output, page));
  return isOld ? page : null;
}

/** Records the input files, and removes imports whose input is gone or no longer needs one. */
async function recordInputs(
  { options: { output, shard }, stateFolder, before, records: { inputs }, problems }: RunContext,
): Promise<void> {
  try {
    const isSame = inputs.size === before.inputs.size &&
      inputs.entries().every(([name, record]) => before.inputs.get(name) === record);
    if (!isSame) await writeInputRecords(output, stateFolder, inputs);
    const kept = {
      imports: [...inputs].filter(([, { imported }]) => imported !== null),
      rejected: [...inputs].filter(([, { rejected }]) => Object.keys(rejected).length > 0),
    };
    for (const [part, files] of Object.entries(kept)) {
      const ids = new Set(files.map(([name]) => inputId(name)));
      for (const { name } of listFolder(join(stateFolder, part))) {
        const [, id] = /^(\w{24})(\.jsonl)?$/.exec(name) ?? [];
        if (id !== undefined && !ids.has(id)) removeFolder(join(stateFolder, part, name));
      }
    }
    // After a run of all days, the state folders of shards are no longer needed.
    if (shard === null) removeFolder(join(output, STATE_FOLDER, "shards"));
  } catch (error) {
    // The next run only has more to do.
    problems.add(STATE_FOLDER, `could not be brought up to date: ${(error as Error).message}`);
  }
}
