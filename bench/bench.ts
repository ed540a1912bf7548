// deno-lint-ignore-file no-console -- it prints a table
/**
 * Measures the main job beside the same in DuckDB, and beside the floor: reading and writing alone.
 * With `--check` it compares what the two write instead.
 *
 * @module
 */
import Table from "cli-table3";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { measure, type Measured, walk } from "./measure.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** A contestant's medians. */
interface Figures extends Measured {
  name: string;
  rowsPerSecond: number;
  /** CPU seconds for a million rows. */
  cpuPerMillion: number;
  /** Its wall time by DuckDB's. */
  ratio: number | null;
  runs: Measured[];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const telemetry = join(ROOT, "..", "shared", "telemetry");
const { values } = parseArgs({
  options: {
    input: { type: "string", default: isFolder(telemetry) ? telemetry : join(ROOT, "data") },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "hourgrid,duckdb,floor" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const { input, json } = values;
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) throw new Error("--runs: give a whole number from 1.");

const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-bench-" });
const sizes = join(scratch, "sizes.json");
const program = (...path: string[]) => ["run", "-A", join(ROOT, ...path)];
const hourgrid = [...program("solution.ts"), "--input", input, "--quiet", "--output"];
const duckdb = [...program("bench", "duckdb.ts"), input];
const contestants: Record<string, string[]> = {
  hourgrid,
  duckdb,
  floor: [...program("bench", "floor.ts"), input, sizes],
};

let folders = 0;
/** A folder that no run has written to: what is deleted is paid for by the next run. */
const fresh = () => join(scratch, String(folders++));

async function check(ours: string): Promise<void> {
  const theirs = fresh();
  await measure([...duckdb, theirs]);
  const found = await compare(ours, theirs);
  const { cells, differing, unordered, problems } = found;
  if (differing > 0 || problems.length > 0 || cells === 0) Deno.exitCode = 1;
  if (json) return console.log(JSON.stringify(found));
  for (const problem of problems) console.log(problem);
  console.log(`${cells} cells compared, ${differing} differ`);
  console.log(`${unordered[1]} files of DuckDB's have their rows in another order`);
}

async function bench(names: string[], rows: number): Promise<Figures[]> {
  const measured = names.map((name) => ({ name, runs: [] as Measured[] }));
  for (let run = 0; run < runs; run++) {
    for (const { name, runs } of measured) {
      const { wall, cpu, peak } = await measure([...contestants[name]!, fresh()]);
      runs.push({ wall, cpu, peak });
    }
  }
  const medians = measured.map(({ name, runs }) => {
    const of = (what: keyof Measured) => median(runs.map((run) => run[what]));
    return { name, wall: of("wall"), cpu: of("cpu"), peak: of("peak"), runs };
  });
  const base = medians.find(({ name }) => name === "duckdb")?.wall;
  return medians.map((one) => {
    const ratio = base === undefined ? null : one.wall / base;
    const cpuPerMillion = one.cpu / (rows / 1e6);
    return { ...one, rowsPerSecond: rows / one.wall, cpuPerMillion, ratio };
  });
}

function print(figures: Figures[]): void {
  const head = ["", "wall s", "CPU s", "peak MB", "rows/s", "CPU s/M rows", "wall / DuckDB's"];
  const colAligns = head.map((_, k) => k === 0 ? "left" as const : "right" as const);
  const table = new Table({ head, colAligns, style: { head: [], border: [] } });
  for (const { name, wall, cpu, peak, rowsPerSecond, cpuPerMillion, ratio } of figures) {
    const speed = Math.round(rowsPerSecond).toLocaleString("en");
    const numbers = [wall.toFixed(2), cpu.toFixed(2), (peak / 1e6).toFixed(0)];
    table.push([name, ...numbers, speed, cpuPerMillion.toFixed(3), ratio?.toFixed(3) ?? ""]);
  }
  console.log(table.toString());
}

try {
  const names = values.only.split(",");
  const unknown = names.filter((name) => !Object.hasOwn(contestants, name));
  if (unknown.length > 0) {
    throw new Error(`--only: there is no ${unknown}, but ${Object.keys(contestants).join(", ")}.`);
  }
  // The first run warms the page cache, counts the rows and tells the floor its sizes.
  const first = fresh();
  const { stdout } = await measure([...hourgrid, first, "--json"]);
  const { rows }: { rows: number } = JSON.parse(stdout);
  if (values.check) await check(first);
  else {
    const files = [...walk(first)].map(({ path, size }) => [relative(first, path), size]);
    Deno.writeTextFileSync(sizes, JSON.stringify(files));
    const figures = await bench(names, rows);
    if (json) console.log(JSON.stringify({ input, rows, contestants: figures }, null, 2));
    else print(figures);
  }
} finally {
  Deno.removeSync(scratch, { recursive: true });
}
