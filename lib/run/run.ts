/**
 * A run: locks the output, looks at the input, has the stale days built, and tidies up.
 *
 * @module
 */
import { dirname, join } from "node:path";
import process from "node:process";
import {
  checkOutput,
  findInputs,
  type FoundInputs,
  isSpecial,
  listFolder,
  makeFolder,
  OWN_FOLDER,
  ownFolder,
  readRecords,
  removeFolder,
  removeIfThere,
  step,
  sweepFolder,
  takeLock,
  WORKERS_LOCK,
  writeInputRecords,
} from "../store/mod.ts";
import type { Options } from "./options.ts";
import { examineInputs, inputId } from "./plan.ts";
import { createPool, PoolClosed } from "./pool.ts";
import { settle } from "./build.ts";
import { addProblem, endOnRejected, type Run, StrictEnd } from "./state.ts";
import { type Outcome, type RunEvent, summarize, type Summary } from "./outcome.ts";
import { inStageAsync, stageTimes } from "./profile.ts";

/**
 * Does what the options ask for, once.
 *
 * @param tell Is told what happens.
 * @param signal Ends the run when it aborts; what is on disk is whole then.
 * @param found The input files, where they are known already.
 * @throws {UsageError} If input and output don't fit, or another run writes to the output; nothing
 * was done then.
 * @throws {Error} If the output can't be written, or the run was aborted.
 */
export async function run(
  options: Options,
  tell: (event: RunEvent) => void,
  signal?: AbortSignal,
  { files: inputs, otherFiles }: FoundInputs = findInputs(...options.input),
): Promise<Outcome> {
  const started = performance.now();
  const { output, dryRun, jobs } = options;
  checkOutput(options);
  using _lock = dryRun ? null : await takeLock(output, options.shard);
  const own = join(output, ownFolder(options.shard));
  const records = readRecords(output, own);
  const before = { ...records, days: new Map(records.days) };
  const write = dryRun ? { write: null } : { write: output, lock: join(own, WORKERS_LOCK) };
  const rights = { ...write, all: isSpecial(options) };
  const pool = createPool(jobs, { ...rights, native: options.writer === "polars" });
  const copiers = createPool(jobs, { ...rights, native: true });
  const close = () => Promise.all([pool.close(), copiers.close()]);
  const stop = () => void close();
  signal?.addEventListener("abort", stop);
  // A first run needs workers anyway: some start while the footers are read. A folder is a day.
  const folders = new Set(inputs.map(({ name }) => dirname(name))).size;
  if (records.days.size === 0 && !dryRun) pool.warm(Math.min(2, folders));
  const found = {
    records,
    problems: new Map(),
    built: [],
    facts: new Map(),
    unsettled: false,
  };
  const state: Run = {
    ...found,
    options,
    own,
    pool,
    copiers,
    copying: new Map(),
    surveyed: new Set(),
    tell,
    signal,
  };
  let [ended, report, peak]: [string | null, string | null, number] = [null, null, 0];
  const elapsed = () => (performance.now() - started) / 1000;
  let builtAfter: number | null = null;
  const outcome = (): Outcome => {
    const { problems, unsettled } = state;
    const built = state.built.toSorted((a, b) => a.day - b.day);
    const seconds = builtAfter ?? elapsed();
    const reportSeconds = elapsed() - seconds;
    const peakMemory = process.resourceUsage().maxRSS * 1024 + peak;
    const done = {
      options,
      files: inputs.length,
      otherFiles,
      before,
      records,
      built,
      problems,
      unsettled,
    };
    const stages = [stageTimes() ?? [], pool.stages(), copiers.stages()].flat();
    return { ...done, ended, report, seconds, reportSeconds, peakMemory, stages };
  };
  try {
    const examined = await inStageAsync(
      "plan",
      () => examineInputs(inputs, records.inputs, copiers, own, dryRun),
    );
    records.inputs = examined.inputs;
    peak = copiers.peak();
    await copiers.rest(); // native memory grows, and is not given back
    step("planned");
    state.unsettled = examined.temporary;
    for (const [name, reason] of examined.problems) addProblem(state, name, reason);
    for (const [name, { rejected }] of records.inputs) endOnRejected(options, name, rejected);
    if (!dryRun) sweepUnfinished(state);
    await inStageAsync("wait", () => settle(state, inputs.length));
    if (!dryRun) await inStageAsync("record", () => tidy(state));
    builtAfter = elapsed();
    if (options.report) report = await writeReport(state, outcome());
  } catch (error) {
    if (!(error instanceof StrictEnd)) throw error;
    ended = error.message;
  } finally {
    signal?.removeEventListener("abort", stop);
    peak = Math.max(peak, pool.peak(), copiers.peak());
    await close();
  }
  return outcome();
}

/** What the report says of a run: its rows are those of all days, as its charts are. */
function totalsOf(summary: Summary): Summary {
  return { ...summary, ...summary.onRecord };
}

/** Writes those pages of the report that would say something else now, and removes old ones. */
async function writeReport(state: Run, outcome: Outcome): Promise<string | null> {
  const { readPageDigest, digestOf, PAGE_FILE, pageFile, pagesOf, REPORT_FOLDER } = await import(
    "../report/mod.ts"
  );
  const { records, options: { output, force }, pool, copiers } = state;
  await pool.rest();
  try {
    makeFolder(output, REPORT_FOLDER);
    if (!Deno.statSync(join(output, REPORT_FOLDER)).isDirectory) throw new Error("is no folder");
  } catch (error) {
    const reason = `could not be written: ${(error as Error).message}`;
    addProblem(state, REPORT_FOLDER, `${reason}; move away what is there`);
    return null;
  }
  const wanted = pagesOf(records, totalsOf(summarize(outcome)));
  await Promise.all(wanted.map(async (page) => {
    const name = `${REPORT_FOLDER}/${pageFile(page)}`;
    const digest = digestOf(records, page);
    if (!force && readPageDigest(join(output, name)) === digest) return;
    try {
      await copiers.report({ kind: "report", page, digest, output });
    } catch (error) {
      if (error instanceof PoolClosed) throw error;
      addProblem(state, name, `could not be written: ${(error as Error).message}`);
    }
  }));
  const names = new Set(wanted.map(pageFile));
  for (const { name } of listFolder(join(output, REPORT_FOLDER))) {
    const path = join(output, REPORT_FOLDER, name);
    // What begins like a page, and not only is called like one, is ours.
    if (PAGE_FILE.test(name) && !names.has(name) && readPageDigest(path) !== null) {
      removeIfThere(path);
    }
  }
  return `${REPORT_FOLDER}/${pageFile(wanted[0]!)}`;
}

/** Removes what dead runs have left under hidden names in the tool's own folders. */
function sweepUnfinished({ own, options }: Run): void {
  const shared = options.shard === null ? ["", "days", "rejected"] : [];
  for (const folder of shared) sweepFolder(join(options.output, OWN_FOLDER, folder));
  for (const folder of ["", "rejected", "report"]) sweepFolder(join(own, folder));
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
  const inputs = [...records.inputs];
  const kept = {
    copies: inputs.filter(([, { reader }]) => reader === "general"),
    rejected: inputs.filter(([, { rejected }]) => Object.keys(rejected).length > 0),
  };
  for (const [part, files] of Object.entries(kept)) {
    const ids = new Set(files.map(([name]) => inputId(name)));
    for (const { name } of listFolder(join(own, part))) {
      const [, id] = /^(\w{24})(\.jsonl)?$/.exec(name) ?? [];
      if (id !== undefined && !ids.has(id)) removeFolder(join(own, part, name));
    }
  }
  // What shards kept for themselves has served when a run of the whole has settled.
  if (options.shard === null) removeFolder(join(options.output, OWN_FOLDER, "shards"));
}
