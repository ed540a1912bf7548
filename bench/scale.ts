// deno-lint-ignore-file no-console -- it prints a table
/**
 * Shows what size costs: the main job on samples of more and more days, and of more modules. Time
 * per row and peak memory should not grow.
 *
 * ```sh
 * deno task scale --days 1,10,100 --modules 24,240
 * ```
 *
 * @module
 */
import { dirname, join } from "node:path";
import { makeFolder } from "../lib/store/mod.ts";
import { makeSample, SAMPLE } from "../tools/sample/sample.ts";
import { measure, type Measured, ROOT } from "./measure.ts";
import { createTable } from "./table.ts";
import { parseTask } from "../tools/task.ts";

const PHASES = 3;
const { values } = parseTask(import.meta.url, {
  options: {
    days: { type: "string", default: "1,10,100" },
    modules: { type: "string", default: "24,240" },
    jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
    json: { type: "boolean", default: false },
  },
});
const numbers = (text: string) => text.split(",").map(Number);
const [least] = numbers(values.modules);
const sizes = [
  ...numbers(values.days).map((days) => ({ days, modules: least! })),
  ...numbers(values.modules).slice(1).map((modules) => ({ days: 1, modules })),
];
if (
  sizes.some(({ days, modules }) => !(days >= 1 && modules >= PHASES && modules % PHASES === 0))
) {
  throw new Error(`--days and --modules: whole numbers, modules by ${PHASES} phases`);
}

interface Figures extends Measured {
  days: number;
  modules: number;
  rows: number;
  /** How long making the sample took, in seconds. */
  made: number;
}

const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-scale-" });
const figures: Figures[] = [];
try {
  for (const [i, { days, modules }] of sizes.entries()) {
    const input = join(scratch, `in ${i}`);
    Deno.mkdirSync(input);
    const started = performance.now();
    makeSample({ ...SAMPLE, days, phases: PHASES, modules: modules / PHASES }, (name, bytes) => {
      makeFolder(input, dirname(name));
      Deno.writeFileSync(join(input, name), bytes);
    });
    const made = (performance.now() - started) / 1000;
    const paths = ["--input", input, "--output", join(scratch, `out ${i}`)];
    const program = ["run", "-A", join(ROOT, "solution.ts"), ...paths, "--jobs", values.jobs];
    const { stdout, ...taken } = await measure([...program, "--json"]);
    const { rows }: { rows: number } = JSON.parse(stdout);
    figures.push({ days, modules, rows, made, ...taken });
  }
} finally {
  Deno.removeSync(scratch, { recursive: true });
}
if (values.json) console.log(JSON.stringify(figures, null, 2));
else {
  const head = [
    "days",
    "modules",
    "M rows",
    "wall s",
    "CPU s",
    "M rows/s",
    "CPU s/M rows",
    "peak MB",
  ];
  const table = createTable(head);
  for (const { days, modules, rows, wall, cpu, peak } of figures) {
    const millions = rows / 1e6;
    const rates = [(millions / wall).toFixed(1), (cpu / millions).toFixed(3)];
    const rest = [millions.toFixed(1), wall.toFixed(2), cpu.toFixed(2), ...rates];
    table.push([days, modules, ...rest, (peak / 1e6).toFixed(0)]);
  }
  console.log(table.toString());
}
