/**
 * A worker process: reads tasks from standard input, and replies on standard output. If native code
 * crashes it, the run continues.
 *
 * @module
 */
import process from "node:process";
import { join } from "node:path";
import { describeError, isRetryable, WriteError } from "../errors.ts";
import { createPolarsEncoder } from "../hours/mod.ts";
import { DayReader } from "../telemetry/mod.ts";
import {
  createNameLookup,
  failpoint,
  LineFile,
  readRecords,
  type Records,
  removeFolder,
  replaceFile,
  REPORT_FOLDER,
  stageFile,
  STATE_FOLDER,
  stateFile,
} from "../store/mod.ts";
import { buildDay } from "./day.ts";
import { performImport } from "./import.ts";
import {
  type Answers,
  type DayAnswer,
  type DayProgress,
  type DayTask,
  encodeMessage,
  readMessages,
  type Reply,
  type ReportTask,
  type Task,
  type TaskFailure,
} from "./messages.ts";
import { enterStage, stageTimes, startStages, timed } from "./profile.ts";

const reader = new DayReader(); // with buffers that are reused for every day

/** The shortest time between two progress messages. */
const PROGRESS_INTERVAL_MS = 100;

/** Builds a day, and writes its files into the staging folder, for the run to commit. */
async function build(task: DayTask): Promise<DayAnswer> {
  const { day, options, output, staging } = task;
  let sentAt = performance.now();
  const onRead = (rows: number) => {
    if (performance.now() - sentAt < PROGRESS_INTERVAL_MS) return;
    sentAt = performance.now();
    send({ kind: "progress", rows });
  };
  const { result, failures, rejected, writeFiles } = buildDay(reader, task, onRead);
  const answer: DayAnswer = { result, failures, staged: [] };
  if (staging === null || failures.some(({ needsImport }) => needsImport)) return answer;
  const encodeHour = options.writer === "polars"
    ? await createPolarsEncoder(options, reader.readings.values)
    : undefined;
  removeFolder(staging); // left by a worker that died during this task
  Deno.mkdirSync(staging, { recursive: true });
  const exists = createNameLookup(output);
  await writeFiles((name, bytes) => {
    const path = join(output, name);
    const staged = timed("write", () => stageFile(staging, path, bytes, exists(name)));
    if (staged !== null) answer.staged.push(staged);
    failpoint("file staged");
  }, encodeHour);
  const file = new LineFile(staging, join(output, stateFile("rejected", day)));
  for (const row of rejected()) file.add(row);
  const staged = file.end();
  if (staged !== null) answer.staged.push(staged);
  return answer;
}

let records: Records | undefined; // shared by the pages of a report

async function report({ page, digest, output, staging }: ReportTask): Promise<null> {
  const { pageFile, renderReport } = await import("../report/mod.ts");
  records ??= readRecords(output, join(output, STATE_FOLDER));
  const html = await renderReport(output, records, page, digest);
  failpoint("page drawn");
  await replaceFile(output, `${REPORT_FOLDER}/${pageFile(page)}`, html, staging);
  return null;
}

function perform(task: Task): Promise<Answers[keyof Answers]> {
  switch (task.kind) {
    case "day":
      return build(task);
    case "import":
      return performImport(task);
    case "report":
      return report(task);
  }
}

function failureOf(task: Task, error: unknown): TaskFailure {
  if (error instanceof WriteError) {
    return { reason: error.reason, retryable: true, unwritable: error.path };
  }
  const reason = describeError(error, task.kind === "import" ? task.path : undefined);
  return { reason, retryable: isRetryable(error), unwritable: null };
}

async function reply(task: Task): Promise<Reply> {
  enterStage("other");
  const outcome = await perform(task).then(
    (answer) => ({ answer }),
    (error) => ({ failure: failureOf(task, error) }),
  );
  enterStage("wait");
  const peak = process.resourceUsage().maxRSS * 1024;
  return { kind: "reply", peak, stages: stageTimes(), ...outcome };
}

function send(message: Reply | DayProgress): void {
  const bytes = encodeMessage(message);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

if (import.meta.main) {
  // This process holds the lock until it exits, even if the run is killed.
  const [lock] = Deno.args;
  if (lock !== undefined) Deno.openSync(lock, { write: true, create: true }).lockSync(false);
  const profile = Deno.permissions.querySync({ name: "env", variable: "HOURGRID_PROFILE" });
  if (profile.state === "granted" && Deno.env.get("HOURGRID_PROFILE")) startStages();
  for await (const task of readMessages(Deno.stdin.readable)) {
    const message = await reply(task as Task);
    try {
      send(message);
    } catch {
      Deno.exit(1); // the run is gone
    }
  }
  Deno.exit(); // at once, without a final garbage collection
}
