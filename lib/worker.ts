/**
 * A worker process: takes tasks as JSON lines on standard input, answers each on standard output.
 * Whatever native code does in here, the run goes on.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { join } from "node:path";
import {
  buildDay,
  createWorkshop,
  type DayJob,
  type DayResult,
  type Rejected,
  type Source,
} from "./day.ts";
import { reasonOf, removeIfThere, replaceFile, withFile } from "./files.ts";
import { readLayout } from "./layout.ts";
import { type Counts, dayRejectedPath } from "./records.ts";

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
  /** The folder for the copies; what was in it is removed. */
  folder: string;
  /** The file for rows that are no reading. */
  rejectedPath: string;
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

/** Writes rejected rows as JSON lines; without any, no file stays. */
function writeRejected(path: string, rejected: readonly object[]): void {
  if (rejected.length === 0) return removeIfThere(path);
  const lines = rejected.map((row) => `${JSON.stringify(row)}\n`);
  replaceFile(path, new TextEncoder().encode(lines.join("")));
}

const workshop = createWorkshop();

async function build({ job, output }: DayTask): Promise<DayAnswer> {
  const { readings } = workshop.reader;
  const put = (name: string, bytes: Uint8Array) => void replaceFile(join(output, name), bytes);
  const write = job.options.writer === "polars"
    ? (await import("./polars_writer.ts")).createPolarsWriter(job.options, readings.values)
    : undefined;
  const { rejected, ...result } = buildDay(workshop, job, put, write);
  if (!result.failures.some(({ unsupported }) => unsupported)) {
    writeRejected(dayRejectedPath(output, job.day), rejected);
  }
  return { ...result, rejected: countReasons(rejected) };
}

async function copy({ name, path, folder, rejectedPath }: CopyTask): Promise<CopyAnswer> {
  const { copyFile } = await import("./general.ts");
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const [sources, rejected]: [Source[], Rejected[]] = [[], []];
  const rows = await copyFile(path, {
    put(bytes) {
      const file = join(folder, `${sources.length}.parquet`);
      replaceFile(file, bytes);
      const source = withFile(file, (read, { size, mtime }) => {
        const layout = readLayout(read, size);
        return { name, path: file, size, mtime, layout };
      });
      sources.push(source);
    },
    reject: (row) => rejected.push({ file: name, ...row }),
  });
  writeRejected(rejectedPath, rejected);
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
