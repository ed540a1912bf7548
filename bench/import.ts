// deno-lint-ignore-file no-console -- it prints a table
/**
 * Measures importing: files that are not in the exporters' dialect, which the tool turns into that
 * dialect once. It makes the same rows as parquet (datetimes, numeric values, tags as structs, lz4)
 * and as CSV, and runs the tool twice on each: the first run imports, the second (`--force`) builds
 * the same days from what was imported. The difference is what importing takes.
 *
 * ```sh
 * deno task bench:import --rows 2000000 --jobs 2 --runs 3
 * ```
 *
 * `--checkout` measures the tool of another checkout of the project.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { join, resolve } from "node:path";
import { measure, type Measured, medians, ROOT } from "./measure.ts";
import { createTable } from "./table.ts";
import { parseTask } from "../tools/task.ts";

const { values } = parseTask(import.meta.url, {
  options: {
    rows: { type: "string", default: "2000000" },
    jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
    runs: { type: "string", default: "3" },
    checkout: { type: "string", default: ROOT },
    json: { type: "boolean", default: false },
  },
});

/**
 * Rows as a site of 24 modules sends them in a day: 14 cells and 6 other signals of each every few
 * seconds, all distinct.
 */
const rowsOf = (count: number) => `
  select
    make_timestamp((1720828800 + i // 480 * 86400 // greatest(1, ${count} // 480)) * 1000000) as timestamp,
    case when k < 14 then 'cell_voltage' else 'signal_' || k end as payload_type,
    round(3.2 + (hash(i) % 2000) / 10000.0, 4) as value,
    [{key: 'phase', value: (m // 8 + 1)::varchar}, {key: 'module', value: (m % 8 + 1)::varchar}]
      || case when k < 14 then [{key: 'cell', value: (k + 1)::varchar}] else [] end as tags
  from (select i, i % 20 as k, i // 20 % 24 as m from range(${count}) t(i))`;

/** Writes the rows in both forms into folders of their own; returns the folders by form. */
async function makeInputs(count: number, folder: string): Promise<Map<string, string>> {
  const connection = await (await DuckDBInstance.create()).connect();
  const inputs = new Map<string, string>();
  const write = async (form: string, select: string, options: string) => {
    const input = join(folder, form);
    Deno.mkdirSync(input);
    await connection.run(`copy (${select}) to '${join(input, `day.${form}`)}' (${options})`);
    inputs.set(form, input);
  };
  await write("parquet", rowsOf(count), "compression lz4_raw");
  await write("csv", `select * replace (to_json(tags) as tags) from (${rowsOf(count)})`, "header");
  connection.closeSync();
  return inputs;
}

/** What the two runs took, medians of several, and their difference. */
interface Figures {
  form: string;
  /** The bytes of the file. */
  size: number;
  rows: number;
  importing: Measured;
  building: Measured;
  /** Rows by the seconds of the first run, and by those of the difference. */
  rowsPerSecond: { run: number; import: number };
}

const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-import-" });
const figures: Figures[] = [];
try {
  for (const [form, input] of await makeInputs(Number(values.rows), scratch)) {
    const [first, again]: [Measured[], Measured[]] = [[], []];
    let rows = 0;
    for (let run = 0; run < Number(values.runs); run++) {
      const paths = ["--input", input, "--output", join(scratch, `out ${form} ${run}`)];
      const program = ["run", "-A", join(resolve(values.checkout), "solution.ts"), ...paths];
      const { stdout, ...taken } = await measure([...program, "--jobs", values.jobs, "--json"]);
      const summary = JSON.parse(stdout);
      rows = summary.rows;
      if (summary.readings !== Number(values.rows)) throw new Error(`not all was read: ${stdout}`);
      first.push(taken);
      again.push(await measure([...program, "--jobs", values.jobs, "--quiet", "--force"]));
    }
    const { size } = Deno.statSync(join(input, `day.${form}`));
    const [importing, building] = [medians(first), medians(again)];
    const rowsPerSecond = {
      run: rows / importing.wall,
      import: rows / (importing.wall - building.wall),
    };
    figures.push({ form, size, rows, importing, building, rowsPerSecond });
  }
} finally {
  Deno.removeSync(scratch, { recursive: true });
}
if (values.json) console.log(JSON.stringify(figures, null, 2));
else {
  const head = ["", "M rows", "MB", "run", "wall s", "CPU s", "peak MB", "M rows/s"];
  const table = createTable(head, [0, 3]);
  for (const { form, size, rows, importing, building, rowsPerSecond } of figures) {
    const cells = ({ wall, cpu }: Measured) => [wall.toFixed(2), cpu.toFixed(2)];
    const speed = (rate: number) => (rate / 1e6).toFixed(2);
    const mega = [rows, size].map((count) => (count / 1e6).toFixed(1));
    const peak = ({ peak }: Measured) => (peak / 1e6).toFixed(0);
    table.push([
      form,
      ...mega,
      "first",
      ...cells(importing),
      peak(importing),
      speed(rowsPerSecond.run),
    ]);
    table.push([
      "",
      "",
      "",
      "again",
      ...cells(building),
      peak(building),
      speed(rows / building.wall),
    ]);
    const wall = importing.wall - building.wall;
    const cpu = importing.cpu - building.cpu;
    table.push([
      "",
      "",
      "",
      "import",
      ...cells({ wall, cpu, peak: 0 }),
      "",
      speed(rowsPerSecond.import),
    ]);
  }
  console.log(table.toString());
}
