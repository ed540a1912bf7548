/**
 * A worker process: takes tasks as JSON lines on standard input, answers each on standard output.
 * Whatever native code does in here, the run goes on.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { basename, dirname, join } from "node:path";
import {
  buildDay,
  createWorkshop,
  type DayJob,
  type DayResult,
  type Rejected,
  type Source,
} from "./day.ts";
import {
  commitFiles,
  identityOf,
  makeFolder,
  reasonOf,
  removeFolder,
  removeIfThere,
  type Staged,
  stageFile,
  sweepFolder,
} from "./files.ts";
import { readLayout } from "./layout.ts";
import { type Counts, dayRejectedName, markUnfinished, OWN_FOLDER } from "./records.ts";
import { step } from "./steps.ts";

/** Build a day. */
export interface DayTask {
  /** What to do. */
  kind: "day";
  /** The day. */
  job: DayJob;
  /** The output folder. */
  output: string;
}

/** Copy a file that the fast reader does not take. */
export interface CopyTask {
  /** What to do. */
  kind: "copy";
  /** The input file's name. */
  name: string;
  /** Its path. */
  path: string;
  /** The folder of what the tool keeps for itself. */
  own: string;
  /** The name under which it keeps what belongs to the file. */
  id: string;
  /** Whether to write nothing, and only say what the copies would be. */
  dryRun: boolean;
}

/** What became of a day. */
export interface DayAnswer extends Omit<DayResult, "rejected"> {
  /** Rejected readings by reason. */
  rejected: Counts;
}

/** What became of a copy. */
export interface CopyAnswer {
  /** Rows in the file. */
  rows: number;
  /** The copies. */
  sources: Source[];
  /** Rows that are no reading, by reason. */
  rejected: Counts;
}

function countReasons(rejected: readonly { reason: string }[]): Counts {
  const counts: Counts = {};
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Stages rejected rows as JSON lines; without any, no file stays. */
function stageRejected(path: string, rejected: readonly object[]): Staged | null {
  const lines = rejected.map((row) => `${JSON.stringify(row)}\n`);
  if (lines.length > 0) return stageFile(path, new TextEncoder().encode(lines.join("")));
  removeIfThere(path);
  return null;
}

const workshop = createWorkshop();

async function build({ job, output }: DayTask): Promise<DayAnswer> {
  const { result, writeFiles } = buildDay(workshop, job);
  const { rejected, ...answer } = result;
  if (!result.failures.some(({ unsupported }) => unsupported)) {
    await markUnfinished(output, job.day, result.files);
    step("day marked");
    const write = job.options.writer === "polars"
      ? (await import("./polars_writer.ts")).createPolarsWriter(
        job.options,
        workshop.reader.readings.values,
      )
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
      staged.push(stageFile(join(output, name), bytes, known));
      step("file staged");
    }, write);
    staged.push(stageRejected(join(output, dayRejectedName(job.day)), rejected));
    await commitFiles(staged.filter((file) => file !== null), changed);
  }
  return { ...answer, rejected: countReasons(rejected) };
}

async function copy({ name, path, own, id, dryRun }: CopyTask): Promise<CopyAnswer> {
  const { copyFile } = await import("./general.ts");
  const folder = join(own, "copies", id);
  const changed: string[] = [];
  if (!dryRun) {
    removeFolder(folder);
    changed.push(...makeFolder(own, `copies/${id}`), ...makeFolder(own, "rejected"));
  }
  const [staged, sources]: [(Staged | null)[], Source[]] = [[], []];
  const rejected: Rejected[] = [];
  const rows = await copyFile(path, {
    put(bytes) {
      const path = join(folder, `${sources.length}.parquet`);
      const read = (offset: number, size: number) => bytes.slice(offset, offset + size);
      const layout = readLayout(read, bytes.length);
      sources.push({ name, path, size: bytes.length, mtime: 0, layout });
      if (!dryRun) staged.push(stageFile(path, bytes));
    },
    reject: (row) => rejected.push({ file: name, ...row }),
  });
  if (!dryRun) {
    step("input copied");
    staged.push(stageRejected(join(own, "rejected", `${id}.jsonl`), rejected));
    await commitFiles(staged.filter((file) => file !== null), changed);
    for (const source of sources) Object.assign(source, identityOf(Deno.statSync(source.path)));
  }
  return { rows, sources, rejected: countReasons(rejected) };
}

/** An answer, or why there is none, and the most memory that the process had, in bytes. */
export type Reply = { peak: number } & ({ answer: DayAnswer | CopyAnswer } | { failure: string });

async function reply(task: DayTask | CopyTask): Promise<Reply> {
  const peak = () => process.resourceUsage().maxRSS * 1024;
  try {
    const answer = task.kind === "day" ? await build(task) : await copy(task);
    return { peak: peak(), answer };
  } catch (error) {
    return { peak: peak(), failure: reasonOf(error) };
  }
}

if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await reply(JSON.parse(line)))}\n`);
  }
}
