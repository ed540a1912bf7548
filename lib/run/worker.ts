/**
 * A worker process: takes tasks on standard input, answers each on standard output. Whatever native
 * code does in here, the run goes on.
 *
 * @module
 */
import type {
  Answer,
  CopyAnswer,
  CopyTask,
  DayAnswer,
  DayTask,
  Reply,
  ReportAnswer,
  ReportTask,
  Task,
} from "./messages.ts";
import process from "node:process";
import { join } from "node:path";
import { buildDay, createWorkshop } from "./day.ts";
import { encodeFrame, readFrames } from "./frames.ts";
import { type Counts, readLayout, type RejectedRow } from "../telemetry/mod.ts";
import {
  commitFiles,
  dayRejectedName,
  failpoint,
  identityOf,
  makeFolder,
  readRecords,
  type Records,
  RejectedFile,
  removeFolder,
  removeIfThere,
  replaceFile,
  type Source,
  type Staged,
  stageFile,
  stagingFolder,
  STATE_FOLDER,
} from "../store/mod.ts";
import { createPolarsEncoder } from "../hours/mod.ts";
import { describeError, isRetryable } from "../errors.ts";
import { enterStage, inStage, stageTimes, startStages } from "./profile.ts";

const workshop = createWorkshop();

/** Builds a day: its files are written into the staging folder, the run puts them in their place. */
async function build({ job, output, staging }: DayTask): Promise<DayAnswer> {
  const { result, failures, rejected, writeFiles } = buildDay(workshop, job);
  const answer: DayAnswer = { result, failures, sizes: [], mtimes: [], staged: [] };
  if (staging === null || failures.some(({ needsImport }) => needsImport)) return answer;
  const encodeHour = job.options.writer === "polars"
    ? await createPolarsEncoder(job.options, workshop.reader.readings.values)
    : undefined;
  removeFolder(staging); // a worker that died of the task may have left some
  makeFolder(staging, "");
  writeFiles((name, bytes) => {
    const path = join(output, name);
    const staged = inStage("write", () => stageFile(staging, path, bytes));
    if (staged !== null) answer.staged.push(staged);
    answer.sizes.push(bytes.length);
    answer.mtimes.push(identityOf(Deno.statSync(staged?.tempPath ?? path)).mtime);
    failpoint("file staged");
  }, encodeHour);
  const file = new RejectedFile(staging, join(output, dayRejectedName(job.day)));
  for (const row of rejected()) file.add(row);
  const staged = file.end();
  if (staged !== null) answer.staged.push(staged);
  return answer;
}

async function copy(task: CopyTask): Promise<CopyAnswer> {
  const { name, path, stateFolder, id, dryRun } = task;
  const folder = join(stateFolder, "copies", id);
  const staging = stagingFolder(stateFolder);
  const dirsToSync: string[] = [];
  if (!dryRun) {
    removeFolder(folder);
    dirsToSync.push(...makeFolder(stateFolder, "rejected"), ...makeFolder(stateFolder, "staged"));
  }
  const [staged, sources]: [(Staged | null)[], Source[]] = [[], []];
  const rejectedPath = join(stateFolder, "rejected", `${id}.jsonl`);
  const refused = new RejectedFile(staging, rejectedPath);
  const counts: Counts = dryRun ? {} : refused.counts;
  const reject = (row: RejectedRow) => {
    if (dryRun) counts[row.reason] = (counts[row.reason] ?? 0) + 1;
    else refused.add({ file: name, ...row });
  };
  if (!dryRun) dirsToSync.push(...makeFolder(stateFolder, `copies/${id}`));
  const { copyFile } = await import("../telemetry/general.ts");
  await copyFile(path, {
    put(bytes) {
      const path = join(folder, `${sources.length}.parquet`);
      const read = (offset: number, size: number) => bytes.slice(offset, offset + size);
      const layout = readLayout(read, bytes.length);
      const identity = { size: bytes.length, mtime: 0, ctime: 0, ino: 0 };
      sources.push({ name, path, ...identity, layout });
      if (!dryRun) staged.push(stageFile(staging, path, bytes));
    },
    reject,
  });
  if (!dryRun) {
    failpoint("input copied");
    const rejected = refused.end();
    if (rejected === null) removeIfThere(rejectedPath);
    await commitFiles([...staged, rejected].filter((file) => file !== null), dirsToSync);
    for (const source of sources) Object.assign(source, identityOf(Deno.statSync(source.path)));
  }
  return { reader: "general", sources, rejected: counts };
}

let records: Records | undefined; // the pages of a report are made of the same

async function report({ page, digest, output, staging }: ReportTask): Promise<ReportAnswer> {
  const { pageFile, renderReport, REPORT_FOLDER } = await import("../report/mod.ts");
  records ??= readRecords(output, join(output, STATE_FOLDER));
  const bytes = new TextEncoder().encode(await renderReport(output, records, page, digest));
  await replaceFile(staging, join(output, REPORT_FOLDER, pageFile(page)), bytes);
  return { size: bytes.length };
}

function perform(task: Task): Promise<Answer> {
  return task.kind === "day" ? build(task) : task.kind === "copy" ? copy(task) : report(task);
}

async function reply(task: Task): Promise<Reply> {
  enterStage("other");
  const outcome = await perform(task).then(
    (answer) => ({ answer }),
    (error) => ({ failure: describeError(error), retryable: isRetryable(error) }),
  );
  enterStage("wait");
  const stages = stageTimes();
  const peak = process.resourceUsage().maxRSS * 1024;
  return { kind: "reply", peak, ...(stages === undefined ? {} : { stages }), ...outcome };
}

function send(message: Reply): void {
  const bytes = encodeFrame(message);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

if (import.meta.main) {
  // As long as this process lives it holds the lock, whatever becomes of the run.
  const [lock] = Deno.args;
  if (lock !== undefined) Deno.openSync(lock, { write: true, create: true }).lockSync(false);
  const profile = Deno.permissions.querySync({ name: "env", variable: "HOURGRID_PROFILE" });
  if (profile.state === "granted" && Deno.env.get("HOURGRID_PROFILE")) startStages();
  for await (const task of readFrames(Deno.stdin.readable)) {
    const message = await reply(task as Task);
    try {
      send(message);
    } catch {
      Deno.exit(1); // nobody listens any more
    }
  }
  Deno.exit(); // at once: nobody waits for the memory to be tidied up
}
