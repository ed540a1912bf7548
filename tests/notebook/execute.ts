// deno-lint-ignore-file no-console -- it is a command
/**
 * Runs a notebook in a fresh kernel and compares what it shows with what is stored in it.
 *
 * ```sh
 * deno run -A tests/notebook/execute.ts etl.ipynb          # leaves etl-changed.ipynb if it differs
 * deno run -A tests/notebook/execute.ts --write etl.ipynb  # stores what it shows
 * ```
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { exists, ROOT } from "../support.ts";
import { check, format } from "./cells.ts";
import { startKernel } from "./kernel.ts";
import { fill, nameOf, type Notebook, type Output, parse, print } from "./notebook.ts";

const SHOWN_LINES = 8;
const SHOWN_COLUMNS = 160;

/** The lines in which two texts differ, `-` before and `+` behind; many are cut. */
export function diff(before: string, behind: string): string {
  const [a, b] = [before.split("\n"), behind.split("\n")];
  let [head, tail] = [0, 0];
  const most = Math.min(a.length, b.length);
  while (head < most && a[head] === b[head]) head++;
  while (tail < most - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const show = (sign: string, lines: string[]) => {
    const middle = lines.slice(head, lines.length - tail);
    const shown = middle.slice(0, SHOWN_LINES).map((line) => sign + line.slice(0, SHOWN_COLUMNS));
    const more = middle.length - shown.length;
    return more > 0 ? [...shown, `${sign} … ${more} more lines`] : shown;
  };
  return [...show("-", a), ...show("+", b)].join("\n");
}

/** Paths that say on which machine a notebook ran. */
function machinePaths(folder: string): string[] {
  const paths = [ROOT, folder, Deno.env.get("HOME"), Deno.env.get("TMPDIR"), "/tmp"];
  return [...new Set(paths)].filter((path) => path !== undefined && path.length > 1) as string[];
}

/** The first path of this machine in some outputs. */
export function findPath(outputs: Output[], paths: string[]): string | undefined {
  const shown = JSON.stringify(outputs);
  return paths.find((path) => {
    for (let at = -1; (at = shown.indexOf(path, at + 1)) >= 0;) {
      // A tag `</tmp>` or a longer name is no path.
      if (!/[\w<.]/.test(shown[at - 1]!) && !/[\w-]/.test(shown[at + path.length]!)) return true;
    }
    return false;
  });
}

/** Runs the code cells one after the other, up to the first that fails. */
async function run(path: string, notebook: Notebook) {
  const problems: string[] = [];
  const outputs = new Map<string, Output[]>();
  const paths = machinePaths(dirname(path));
  const kernel = await startKernel(dirname(path));
  try {
    for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
      const name = nameOf(notebook, cell);
      const ran = await kernel.run(cell.source.join("")).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      outputs.set(cell.id, ran.outputs);
      const found = findPath(ran.outputs, paths);
      if (found !== undefined) problems.push(`${name} shows a path of this machine: ${found}`);
      if (ran.failure !== undefined) {
        problems.push(`${name} fails: ${ran.failure}`);
        break;
      }
    }
  } finally {
    await kernel.close();
  }
  return { problems, fresh: fill(notebook, outputs, kernel.language) };
}

/** Names each cell that is not as it is stored, and how it differs. */
function compare(stored: Notebook, fresh: Notebook): string[] {
  const differing = fresh.cells.flatMap((cell, i) => {
    const [before, behind] = [print(stored.cells[i]!), print(cell)];
    if (before === behind) return [];
    return [`${nameOf(fresh, cell)} is not as stored:\n${diff(before, behind)}`];
  });
  if (differing.length > 0) return differing;
  const [before, behind] = [print(stored.metadata), print(fresh.metadata)];
  if (before !== behind) return [`the metadata are not as stored:\n${diff(before, behind)}`];
  return ["the notebook is not laid out as it would be stored"];
}

/** Where the fresh notebook is left for a look. */
export function changedPath(path: string): string {
  return path.replace(/\.ipynb$/, "-changed.ipynb");
}

/**
 * Runs a notebook, and compares or stores what it shows.
 *
 * @param write Whether to store.
 * @returns What is wrong; nothing, if all is well.
 */
export async function execute(path: string, write: boolean): Promise<string[]> {
  const changed = changedPath(path);
  if (exists(changed)) Deno.removeSync(changed);
  const json = Deno.readTextFileSync(path);
  const stored = parse(path, json);
  // Printed first, since `deno fmt` passes over cells that aren't stored by lines.
  const formatted = parse(path, await format(path, print(stored)));
  const mistyped = await check(path, formatted);
  if (mistyped !== undefined) return [mistyped];
  const { problems, fresh } = await run(path, formatted);
  const behind = print(fresh);
  if (write && problems.length === 0) {
    Deno.writeTextFileSync(path, behind);
  } else if (json !== behind) {
    Deno.writeTextFileSync(changed, behind);
    if (problems.length === 0) problems.push(...compare(stored, fresh));
  }
  return problems;
}

if (import.meta.main) {
  const { values: { write }, positionals } = parseArgs({
    options: { write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error("give the notebooks to run, such as etl.ipynb");
  for (const path of positionals) {
    const problems = await execute(resolve(path), write);
    if (problems.length === 0) continue;
    Deno.exitCode = 1;
    console.error(`${path}: ${problems.join("\n\n")}`);
    if (exists(changedPath(path))) {
      console.error(`\nWhat it shows now is in ${changedPath(path)}; --write stores it.`);
    }
  }
}
