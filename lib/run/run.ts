/**
 * A run: locks the output, examines the input, builds stale days, and publishes the results.
 *
 * @module
 */
import { dirname, join } from "node:path";
import process from "node:process";
import {
  checkOutput,
  discardFolder,
  failpoint,
  findInputs,
  findSuspects,
  fingerprint,
  type FoundInputs,
  type InputFile,
  type InputRecord,
  isSpecial,
  listFolder,
  readRecords,
  refuseEmpty,
  removeFolder,
  stagingFolder,
  STATE_FOLDER,
  stateFolderOf,
  takeLock,
  WORKERS_LOCK,
  writeInputRecords,
} from "../store/mod.ts";
import { UsageError } from "../errors.ts";
import type { Options } from "./options.ts";
import { build } from "./build.ts";
import type { RunContext, RunState } from "./context.ts";
import { examineInputs, inputId } from "./examine.ts";
import { createPool } from "./pool.ts";
import { Problems, StrictError } from "./problems.ts";
import { type Outcome, type RunEvent, summarize } from "./outcome.ts";
import { stageTimes, timed } from "./profile.ts";
import { publishTables } from "./publish.ts";
import { updateReport } from "./report.ts";

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
  const { output, dryRun, jobs, shard } = options;
  const { files: inputs, otherFiles } = found;
  checkOutput(options);
  if (!options.force) refuseEmpty(options.input, found);
  using _lock = dryRun ? null : await takeLock(output, shard, signal);
  const stateFolder = join(output, stateFolderOf(shard));
  const staging = stagingFolder(stateFolder);
  if (!dryRun) removeFolder(staging); // left by a killed run
  const records = readRecords(output, stateFolder);
  if (!options.force) refuseMissingInputs(options, records.inputs, inputs);
  const before = { inputs: records.inputs, days: new Map(records.days) };
  const write = dryRun ? { write: null } : { write: output, lock: join(stateFolder, WORKERS_LOCK) };
  const pool = createPool(jobs, { ...write, all: isSpecial(options) });
  const stop = () => void pool.close();
  signal?.addEventListener("abort", stop);
  // A first run needs workers anyway, so some start while footers are read: one per folder (a day).
  const folders = new Set(inputs.map(({ name }) => dirname(name))).size;
  if (records.days.size === 0 && !dryRun) pool.warm(Math.min(2, folders));
  const problems = new Problems(
    options.strict,
    (name, reason) => emit({ kind: "problem", name, reason }),
  );
  const context: RunContext = { options, stateFolder, staging, pool, problems, emit, signal };
  const state: RunState = {
    ...records,
    suspects: findSuspects(output, records.days),
    growing: new Set(inputs.filter(({ isGrowing }) => isGrowing).map(({ name }) => name)),
    built: new Map(),
    retryLater: false,
  };
  let [ended, report, peak]: [string | null, string | null, number] = [null, null, 0];
  const elapsed = () => (performance.now() - started) / 1000;
  let buildSeconds: number | null = null;
  const outcome = (): Outcome => ({
    options,
    files: inputs.length,
    otherFiles,
    before,
    records: state,
    built: [...state.built.values()].sort((a, b) => a.day - b.day),
    problems: problems.byName,
    retryLater: state.retryLater,
    ended,
    report,
    seconds: buildSeconds ?? elapsed(),
    reportSeconds: buildSeconds === null ? 0 : elapsed() - buildSeconds,
    peakMemory: process.resourceUsage().maxRSS * 1024 + peak,
    stages: [stageTimes() ?? [], pool.stages()].flat(),
  });
  try {
    await timed("plan", () => examineInputs(context, state, inputs));
    failpoint("planned");
    await timed("wait", () => build(context, state, inputs.length));
    if (!dryRun) await timed("record", () => tidy(context, state, before.inputs));
    if (!dryRun) await timed("figures", () => publishTables(context, state));
    buildSeconds = elapsed();
    if (options.report) report = await updateReport(context, state, summarize(outcome()));
  } catch (error) {
    if (!(error instanceof StrictError)) throw error;
    ended = error.message;
  } finally {
    signal?.removeEventListener("abort", stop);
    peak = pool.peak();
    await pool.close();
    if (!dryRun) discardFolder(staging);
  }
  return outcome();
}

/**
 * Refuses a run that would remove everything, for example because a drive is not mounted.
 *
 * @throws {UsageError} If none of the inputs on record exists any longer.
 */
function refuseMissingInputs(
  { input, output }: Options,
  known: ReadonlyMap<string, InputRecord>,
  files: readonly InputFile[],
): void {
  if (known.size === 0 || files.some(({ failure }) => failure !== undefined)) return;
  const names = new Set(files.map(({ name }) => name));
  const prints = new Set(files.map(fingerprint)); // a file may have been renamed
  const isThere = ([name, record]: [string, InputRecord]) =>
    names.has(name) || prints.has(fingerprint(record));
  if (known.entries().some(isThere)) return;
  throw new UsageError(
    `--input ${input.join(" ")}: none of the ${known.size} files that --output ${output} was ` +
      `built from is there: is a drive not mounted? --force removes what was built from them`,
  );
}

/** Records the input files, and removes imports whose input is gone or no longer needs one. */
async function tidy(
  { options: { output, shard }, stateFolder, problems }: RunContext,
  { inputs }: RunState,
  before: ReadonlyMap<string, InputRecord>,
): Promise<void> {
  try {
    const isSame = inputs.size === before.size &&
      inputs.entries().every(([name, record]) => before.get(name) === record);
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
