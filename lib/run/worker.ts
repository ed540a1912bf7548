/**
 * A worker process: takes tasks as JSON lines on standard input, answers each on standard output.
 * Whatever native code does in here, the run goes on.
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
import { createInterface } from "node:readline";
import process from "node:process";
import { basename, dirname, join } from "node:path";
import { buildDay, createWorkshop } from "./day.ts";
import { type Counts, readLayout, type Rejected, type RejectedRow } from "../telemetry/mod.ts";
import {
  commitFiles,
  dayRejectedName,
  identityOf,
  makeFolder,
  markUnfinished,
  OWN_FOLDER,
  readRecords,
  type Records,
  removeFolder,
  removeIfThere,
  replaceFile,
  type Source,
  type Staged,
  stageFile,
  step,
  sweepFolder,
} from "../store/mod.ts";
import { createPolarsEncoder } from "../hours/mod.ts";
import { isTemporary, reasonOf } from "../errors.ts";
import { enterStage, inStage, stageTimes, startStages } from "./profile.ts";

/** Lines are handed to the system in portions of this many. */
const LINES_AT_ONCE = 10_000;

/** A file of rejected rows as JSON lines, which is written as they come. */
interface RejectedFile {
  add(row: Rejected): void;
  /** The rows by reason. */
  counts: Counts;
  /** Hands on the file; null, and no old one, if there were no rows. */
  end(): Staged | null;
}

function createRejectedFile(path: string): RejectedFile {
  const counts: Counts = {};
  let [staged, lines]: [Staged | null, string[]] = [null, []];
  const flush = () => {
    if (lines.length === 0) return;
    const bytes = new TextEncoder().encode(lines.join(""));
    if (staged === null) staged = stageFile(path, bytes, false);
    else Deno.writeFileSync(staged.hidden, bytes, { append: true });
    lines = [];
  };
  return {
    counts,
    add(row) {
      counts[row.reason] = (counts[row.reason] ?? 0) + 1;
      if (lines.push(`${JSON.stringify(row)}\n`) >= LINES_AT_ONCE) flush();
    },
    end() {
      flush();
      if (staged === null) removeIfThere(path);
      return staged;
    },
  };
}

const workshop = createWorkshop();

async function build({ job, output, survey }: DayTask): Promise<DayAnswer> {
  const { result, rejected, writeFiles } = buildDay(workshop, job);
  const sizes: number[] = [];
  const unsupported = result.failures.some(({ unsupported }) => unsupported);
  if (survey || unsupported) return { ...result, sizes, staged: [], changed: [] };
  // The run syncs this mark before it renames anything.
  inStage("record", () => markUnfinished(output, job.day, result.files));
  step("day marked");
  const encodeHour = job.options.writer === "polars"
    ? await createPolarsEncoder(job.options, workshop.reader.readings.values)
    : undefined;
  const changed = makeFolder(output, `${OWN_FOLDER}/rejected`);
  const there = new Map<string, Set<string>>();
  for (const folder of new Set(result.files.map((name) => dirname(name)))) {
    changed.push(...makeFolder(output, folder));
    there.set(folder, sweepFolder(join(output, folder)));
  }
  const staged: (Staged | null)[] = [];
  writeFiles((name, bytes) => {
    const known = there.get(dirname(name))!.has(basename(name));
    staged.push(inStage("write", () => stageFile(join(output, name), bytes, known)));
    sizes.push(bytes.length);
    step("file staged");
  }, encodeHour);
  const refused = createRejectedFile(join(output, dayRejectedName(job.day)));
  for (const row of rejected()) refused.add(row);
  staged.push(refused.end());
  return { ...result, sizes, staged: staged.filter((file) => file !== null), changed };
}

async function copy(task: CopyTask): Promise<CopyAnswer> {
  const { name, path, own, id, dryRun } = task;
  const folder = join(own, "copies", id);
  const changed: string[] = [];
  if (!dryRun) {
    removeFolder(folder);
    changed.push(...makeFolder(own, "rejected"));
  }
  const [staged, sources]: [(Staged | null)[], Source[]] = [[], []];
  const refused = createRejectedFile(join(own, "rejected", `${id}.jsonl`));
  const counts: Counts = dryRun ? {} : refused.counts;
  const reject = (row: RejectedRow) => {
    if (dryRun) counts[row.reason] = (counts[row.reason] ?? 0) + 1;
    else refused.add({ file: name, ...row });
  };
  if (!dryRun) changed.push(...makeFolder(own, `copies/${id}`));
  const { copyFile } = await import("../telemetry/general.ts");
  await copyFile(path, {
    put(bytes) {
      const path = join(folder, `${sources.length}.parquet`);
      const read = (offset: number, size: number) => bytes.slice(offset, offset + size);
      const layout = readLayout(read, bytes.length);
      sources.push({ name, path, size: bytes.length, mtime: 0, ctime: 0, layout });
      if (!dryRun) staged.push(stageFile(path, bytes));
    },
    reject,
  });
  if (!dryRun) {
    step("input copied");
    staged.push(refused.end());
    await commitFiles(staged.filter((file) => file !== null), changed);
    for (const source of sources) Object.assign(source, identityOf(Deno.statSync(source.path)));
  }
  return { reader: "general", sources, rejected: counts };
}

let records: Records | undefined; // the pages of a report are made of the same

async function report({ page, digest, output }: ReportTask): Promise<ReportAnswer> {
  const { pageFile, renderReport, REPORT_FOLDER } = await import("../report/mod.ts");
  records ??= readRecords(output, join(output, OWN_FOLDER));
  const bytes = new TextEncoder().encode(await renderReport(output, records, page, digest));
  try {
    await replaceFile(join(output, REPORT_FOLDER, pageFile(page)), bytes);
  } catch (error) {
    // Other reasons are about what can't be read.
    throw error instanceof Deno.errors.PermissionDenied ? new Error("permission denied") : error;
  }
  return { size: bytes.length };
}

function perform(task: Task): Promise<Answer> {
  return task.kind === "day" ? build(task) : task.kind === "copy" ? copy(task) : report(task);
}

async function reply(task: Task): Promise<Reply> {
  enterStage("other");
  const outcome = await perform(task).then(
    (answer) => ({ answer }),
    (error) => ({ failure: reasonOf(error), temporary: isTemporary(error) }),
  );
  enterStage("wait");
  const stages = stageTimes();
  const peak = process.resourceUsage().maxRSS * 1024;
  return { peak, ...(stages === undefined ? {} : { stages }), ...outcome };
}

if (import.meta.main) {
  // As long as this process lives it holds the lock, whatever becomes of the run.
  const [lock] = Deno.args;
  if (lock !== undefined) Deno.openSync(lock, { write: true, create: true }).lockSync(false);
  const profile = Deno.permissions.querySync({ name: "env", variable: "HOURGRID_PROFILE" });
  if (profile.state === "granted" && Deno.env.get("HOURGRID_PROFILE")) startStages();
  process.stdout.on("error", () => Deno.exit(1)); // nobody listens any more
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line)))}\n`);
  }
  Deno.exit(); // at once: nobody waits for the memory to be tidied up
}
