// deno-lint-ignore-file no-console -- it prints a table
/**
 * Measures the main job beside the same in DuckDB, and beside the floor: reading and writing alone.
 * With `--against` another checkout of the project takes DuckDB's place: what did a change cost?
 *
 * ```sh
 * deno task bench
 * deno task bench --against ../before --input ../history --jobs 2 --runs 5
 * ```
 *
 * The contestants run in turn, so that slow minutes affect all of them alike. With
 * `--check` it compares what the first two write instead, value by value.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { compare } from "./compare.ts";
import { defaultInput, measure, type Measured, medians, ROOT, walk } from "./measure.ts";
import { createTable } from "./table.ts";
import { parseTask } from "../tools/task.ts";

/** A contestant's medians. */
interface Figures extends Measured {
  name: string;
  rowsPerSecond: number;
  /** CPU seconds per million rows. */
  cpuPerMillion: number;
  /** Its medians divided by the rival's. */
  ratio: Measured | null;
  runs: Measured[];
}

const { values } = parseTask(import.meta.url, {
  options: {
    input: { type: "string", default: defaultInput() },
    runs: { type: "string", default: "3" },
    jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
    against: { type: "string" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const { input, json } = values;
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) throw new Error("--runs: give a whole number from 1.");

const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-bench-" });
const sizes = join(scratch, "sizes.json");
const program = (...path: string[]) => ["run", "-A", join(...path)];
const options = ["--input", input, "--jobs", values.jobs, "--quiet", "--output"];
const hourgrid = (checkout: string) => [...program(checkout, "solution.ts"), ...options];
const { against } = values;
const rival = against === undefined ? "duckdb" : "against";
const theirs = against === undefined
  ? [...program(ROOT, "bench", "duckdb.ts"), input]
  : hourgrid(resolve(against));
const contestants: Record<string, string[]> = {
  hourgrid: hourgrid(ROOT),
  [rival]: theirs,
  floor: [...program(ROOT, "bench", "floor.ts"), input, sizes],
};
const { only = against === undefined ? "hourgrid,duckdb,floor" : "hourgrid,against" } = values;

let folders = 0;
/** A new folder, because deleting the files of one run slows down the next. */
const fresh = () => join(scratch, String(folders++));

async function check(ours: string): Promise<void> {
  const others = fresh();
  await measure([...theirs, others]);
  const found = await compare(ours, others);
  const { cells, differing, unordered, problems } = found;
  if (differing > 0 || problems.length > 0 || cells === 0) Deno.exitCode = 1;
  if (json) return console.log(JSON.stringify(found));
  for (const problem of problems) console.log(problem);
  console.log(`${cells} cells compared, ${differing} differ`);
  console.log(`${unordered[1]} files of the other's have their rows in another order`);
}

async function bench(names: string[], rows: number): Promise<Figures[]> {
  const measured = names.map((name) => ({ name, runs: [] as Measured[] }));
  for (let run = 0; run < runs; run++) {
    for (const { name, runs } of measured) {
      const { wall, cpu, peak } = await measure([...contestants[name]!, fresh()]);
      runs.push({ wall, cpu, peak });
    }
  }
  const base = measured.find(({ name }) => name === rival);
  const beside = base && medians(base.runs);
  return measured.map(({ name, runs }) => {
    const { wall, cpu, peak } = medians(runs);
    const ratio = beside === undefined
      ? null
      : { wall: wall / beside.wall, cpu: cpu / beside.cpu, peak: peak / beside.peak };
    const rates = { rowsPerSecond: rows / wall, cpuPerMillion: cpu / (rows / 1e6) };
    return { name, wall, cpu, peak, ...rates, ratio, runs };
  });
}

function print(figures: Figures[]): void {
  const head = ["", "wall s", "min–max", "CPU s", "peak MB", "rows/s", "CPU s/M rows"];
  if (figures[0]!.ratio !== null) head.push(...["wall", "CPU", "peak"].map((what) => `${what} ÷`));
  const table = createTable(head, [0]);
  for (const { name, wall, cpu, peak, rowsPerSecond, cpuPerMillion, ratio, runs } of figures) {
    const walls = runs.map(({ wall }) => wall);
    const range = [Math.min(...walls), Math.max(...walls)].map((wall) => wall.toFixed(2)).join("–");
    const speed = Math.round(rowsPerSecond).toLocaleString("en");
    const numbers = [wall.toFixed(2), range, cpu.toFixed(2), (peak / 1e6).toFixed(0)];
    const ratios = ratio === null ? [] : [ratio.wall, ratio.cpu, ratio.peak];
    const beside = ratios.map((ratio) => ratio.toFixed(3));
    table.push([name, ...numbers, speed, cpuPerMillion.toFixed(3), ...beside]);
  }
  console.log(table.toString());
  if (figures[0]!.ratio !== null) console.log(`÷: divided by the median of ${rival}`);
}

try {
  const names = only.split(",");
  const unknown = names.filter((name) => !Object.hasOwn(contestants, name));
  if (unknown.length > 0) {
    throw new Error(`--only: there is no ${unknown}, but ${Object.keys(contestants).join(", ")}.`);
  }
  // The first run warms the page cache, counts the rows and gives the floor its sizes.
  const first = fresh();
  const { stdout } = await measure([...contestants.hourgrid!, first, "--json"]);
  const { rows }: { rows: number } = JSON.parse(stdout);
  if (values.check) await check(first);
  else {
    const files = [...walk(first)].map(({ path, size }) => [relative(first, path), size]);
    Deno.writeTextFileSync(sizes, JSON.stringify(files));
    // Another checkout's first run is slower: Deno stores what it compiles.
    if (against !== undefined) await measure([...theirs, fresh()]);
    const figures = await bench(names, rows);
    if (json) console.log(JSON.stringify({ input, rows, contestants: figures }, null, 2));
    else print(figures);
  }
} finally {
  Deno.removeSync(scratch, { recursive: true });
}
