/**
 * A run: locks the output, looks at the input, has the stale days built, and tidies up.
 *
 * @module
 */
import { dirname, join } from "node:path";
import process from "node:process";
import {
  checkOutput,
  describeEmpty,
  discardFolder,
  failpoint,
  findSuspects,
  fingerprint,
  type FoundInputs,
  type InputFile,
  type InputRecord,
  isSpecial,
  listFolder,
  readRecords,
  removeFolder,
  searchInputs,
  stagingFolder,
  STATE_FOLDER,
  stateFolderOf,
  takeLock,
  WORKERS_LOCK,
  writeInputRecords,
} from "../store/mod.ts";
import { UsageError } from "../errors.ts";
import type { Options } from "./options.ts";
import { build, type BuildState } from "./build.ts";
import type { RunContext } from "./context.ts";
import { examineInputs, inputId } from "./examine.ts";
import { createPool } from "./pool.ts";
import { Problems, StrictError } from "./problems.ts";
import { type Outcome, type RunEvent, summarize } from "./outcome.ts";
import { stageTimes, timedAsync } from "./profile.ts";
import { publishTables } from "./publish.ts";
import { updateReport } from "./report.ts";

/**
 * Does what the options ask for, once.
 *
 * @param emit Receives what happens.
 * @param signal Ends the run when it aborts; what is on disk is whole then.
 * @param found The input files, where they are known already.
 * @throws {UsageError} If input and output don't fit, or another run writes to the output; nothing
 * was done then.
 * @throws {Error} If the output can't be written, or the run was aborted.
 */
export async function run(
  options: Options,
  emit: (event: RunEvent) => void,
  signal?: AbortSignal,
  found: FoundInputs = searchInputs(...options.input),
): Promise<Outcome> {
  const started = performance.now();
  const { output, dryRun, jobs, shard } = options;
  const { files: inputs, otherFiles } = found;
  checkOutput(options);
  if (inputs.length === 0 && !options.force) {
    throw new UsageError(describeEmpty(options.input, found));
  }
  using _lock = dryRun ? null : await takeLock(output, shard, signal);
  const stateFolder = join(output, stateFolderOf(shard));
  const staging = stagingFolder(stateFolder);
  if (!dryRun) removeFolder(staging); // what a dead run has left
  const records = readRecords(output, stateFolder);
  if (!options.force) refuseLostInput(options, records.inputs, inputs);
  const before = { inputs: records.inputs, days: new Map(records.days) };
  const write = dryRun ? { write: null } : { write: output, lock: join(stateFolder, WORKERS_LOCK) };
  const pool = createPool(jobs, { ...write, all: isSpecial(options) });
  const stop = () => void pool.close();
  signal?.addEventListener("abort", stop);
  // A first run needs workers anyway: some start while the footers are read. A folder is a day.
  const folders = new Set(inputs.map(({ name }) => dirname(name))).size;
  if (records.days.size === 0 && !dryRun) pool.warm(Math.min(2, folders));
  const problems = new Problems(
    options.strict,
    (name, reason) => emit({ kind: "problem", name, reason }),
  );
  const context: RunContext = { options, stateFolder, staging, pool, problems, emit, signal };
  const state: BuildState = {
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
    records: { inputs: state.inputs, days: state.days },
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
    await timedAsync("plan", () => examine(context, state, inputs));
    failpoint("planned");
    await timedAsync("wait", () => build(context, state, inputs.length));
    if (!dryRun) await timedAsync("record", () => tidy(context, state, before.inputs));
    if (!dryRun) await timedAsync("figures", () => publishTables(context, state));
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
 * Refuses a run that would remove all there is, because a drive is not mounted, say.
 *
 * @throws {UsageError} If none of the inputs that are known is there any more.
 */
function refuseLostInput(
  { input, output }: Options,
  known: ReadonlyMap<string, InputRecord>,
  files: readonly InputFile[],
): void {
  if (known.size === 0 || files.some(({ failure }) => failure !== undefined)) return;
  const names = new Set(files.map(({ name }) => name));
  const prints = new Set(files.map(fingerprint)); // a file may only have another name
  if (
    known.entries().some(([name, record]) => names.has(name) || prints.has(fingerprint(record)))
  ) {
    return;
  }
  throw new UsageError(
    `--input ${input.join(" ")}: none of the ${known.size} files that --output ${output} was ` +
      `built from is there: is a drive not mounted? --force removes what was built from them`,
  );
}

/** Brings what is known of the inputs up to date. */
async function examine(
  context: RunContext,
  state: BuildState,
  files: readonly InputFile[],
): Promise<void> {
  const { problems, pool } = context;
  const examined = await examineInputs(context, files, state.inputs);
  const imported = [...examined.inputs].some(([name, record]) =>
    record.imported !== null && record !== state.inputs.get(name)
  );
  state.inputs = examined.inputs;
  state.retryLater = examined.retryLater;
  if (imported) await pool.rest(); // native code does not give its memory back
  for (const [name, reason] of examined.problems) problems.add(name, reason);
  for (const [name, { rejected }] of state.inputs) problems.checkRejected(name, rejected);
}

/**
 * Records the input files, and removes what was imported of those that are gone or read without it
 * now.
 */
async function tidy(
  { options: { output, shard }, stateFolder, staging, problems }: RunContext,
  state: BuildState,
  before: ReadonlyMap<string, InputRecord>,
): Promise<void> {
  try {
    const isSame = state.inputs.size === before.size &&
      state.inputs.entries().every(([name, record]) => before.get(name) === record);
    if (!isSame) await writeInputRecords(output, stateFolder, staging, state.inputs);
    const inputs = [...state.inputs];
    const kept = {
      imports: inputs.filter(([, { imported }]) => imported !== null),
      rejected: inputs.filter(([, { rejected }]) => Object.keys(rejected).length > 0),
    };
    for (const [part, files] of Object.entries(kept)) {
      const ids = new Set(files.map(([name]) => inputId(name)));
      for (const { name } of listFolder(join(stateFolder, part))) {
        const [, id] = /^(\w{24})(\.jsonl)?$/.exec(name) ?? [];
        if (id !== undefined && !ids.has(id)) removeFolder(join(stateFolder, part, name));
      }
    }
    // What shards kept for themselves has served when a run of the whole has ended.
    if (shard === null) removeFolder(join(output, STATE_FOLDER, "shards"));
  } catch (error) {
    // All this only spares the next run some work.
    problems.add(STATE_FOLDER, `could not be brought up to date: ${(error as Error).message}`);
  }
}
