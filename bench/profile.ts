// deno-lint-ignore-file no-console -- it prints a table
/**
 * Shows where the time of the main job goes, by process and stage, beside the floor: the same bytes
 * read, decompressed by the same library and written, and nothing else.
 *
 * ```sh
 * deno task profile --input ../telemetry --jobs 2
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { findInputs, withFile } from "../lib/store/mod.ts";
import { readLayout } from "../lib/telemetry/mod.ts";
import { parseArguments } from "../lib/cli/mod.ts";
import { openPages } from "../lib/parquet/mod.ts";
import { run, type Stage, type StageTimes, startStages } from "../lib/run/mod.ts";
import { ROOT, walk } from "./measure.ts";
import { createTable } from "./table.ts";
import { parseTask } from "../tools/task.ts";

const MEANING: Record<Stage, string> = {
  start: "load modules",
  plan: "read footers and records",
  read: "read the bytes of column chunks",
  decode: "decompress pages (the floor); levels, codes, tags, values",
  distinct: "take out duplicates, merge files",
  place: "aggregate into rows of the grid",
  figures: "compute the figures of the batteries, publish their tables",
  encode: "fill, encode and compress hour files",
  write: "write them under hidden names",
  sync: "sync, rename, sync again",
  record: "records of days and inputs",
  other: "counts, columns, folders, messages",
  wait: "wait for a task, or for workers",
};

const { values } = parseTask(import.meta.url, {
  options: {
    input: { type: "string", default: join(ROOT, "data") },
    jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
    json: { type: "boolean", default: false },
  },
});
const { input, jobs, json } = values;
const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-profile-" });

/** How long something takes, in milliseconds. */
function time(use: () => void): number {
  const start = performance.now();
  use();
  return performance.now() - start;
}

/** How long reading, decompressing and writing the same takes in one process with warm caches. */
function measureFloor(output: string): Record<"read" | "decode" | "write" | "sync", number> {
  const inputs = findInputs(input).files.filter(({ name }) => name.endsWith(".parquet"));
  const layouts = inputs.map(({ path, size }) => withFile(path, (read) => readLayout(read, size)));
  const read = time(() => inputs.forEach(({ path }) => Deno.readFileSync(path)));
  let decode = 0;
  for (const [i, { path }] of inputs.entries()) {
    const bytes = Deno.readFileSync(path);
    decode += time(() => {
      for (const { chunks } of layouts[i]!.groups) {
        for (const chunk of chunks) {
          const part = bytes.subarray(chunk.offset, chunk.offset + chunk.size);
          for (const _ of openPages(part, chunk)) { /* opened */ }
        }
      }
    });
  }
  const files = [...walk(output)].filter(({ path }) => path.endsWith(".parquet"))
    .map(({ path }) => Deno.readFileSync(path));
  const folder = Deno.makeTempDirSync({ dir: scratch });
  const write = time(() =>
    files.forEach((bytes, i) => Deno.writeFileSync(join(folder, `${i}`), bytes))
  );
  const sync = time(() => {
    for (const i of files.keys()) {
      using file = Deno.openSync(join(folder, `${i}`));
      file.syncSync();
    }
  });
  return { read, decode, write, sync };
}

// Worker processes inherit it.
Deno.env.set("HOURGRID_PROFILE", "1");
startStages();
const output = join(scratch, "output");
const request = parseArguments(["--input", input, "--output", output, "--jobs", jobs]);
if (!("options" in request)) throw new Error("--input and --jobs ask for no run");
const { summary: { rows, seconds }, stages } = await run(request.options, () => {});
const floor = measureFloor(output);
const sum = (stage: Stage, kind: "wall" | "cpu", of: StageTimes[] = stages) =>
  of.reduce((total, times) => total + (times[stage]?.[kind] ?? 0), 0);
const all = Object.keys(MEANING) as Stage[];
const cpu = all.reduce((total, stage) => total + sum(stage, "cpu"), 0);
if (json) {
  console.log(JSON.stringify({ seconds, rows, cpu: cpu / 1000, stages, floor }));
} else {
  const ms = (value: number) => value.toFixed(0);
  const names = stages.map((_, i) => i === 0 ? "main" : `worker ${i}`);
  const head = ["stage", ...names, "CPU", "share", "floor", ""];
  const table = createTable(head, [0, head.length - 1]);
  for (const stage of all) {
    const own = stages.map((times) => ms(times[stage]?.wall ?? 0));
    const share = `${((sum(stage, "cpu") / cpu) * 100).toFixed(0)} %`;
    const least = floor[stage as keyof typeof floor];
    const beside = least === undefined ? "" : ms(least);
    table.push([stage, ...own, ms(sum(stage, "cpu")), share, beside, MEANING[stage]]);
  }
  console.log(table.toString());
  const rate = (rows / (cpu / 1000) / 1e6).toFixed(1);
  console.log(
    `Wall times by process, and CPU of all, in milliseconds. ${rows} rows: ` +
      `${seconds.toFixed(2)} s, ${
        (cpu / 1000).toFixed(2)
      } s of CPU, ${rate} M rows per CPU second.`,
  );
  const safe = (sum("sync", "cpu") + sum("record", "cpu")) / cpu;
  console.log(`Sync and record are ${(safe * 100).toFixed(0)} % of it, beside the workers.`);
}
Deno.removeSync(scratch, { recursive: true });
