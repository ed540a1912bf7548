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
import { fill, nameOf, type Notebook, type Output, parse, print, withKernel } from "./notebook.ts";

const SHOWN_LINES = 8;
const SHOWN_COLUMNS = 160;

/**
 * The lines in which two texts differ, `-` before and `+` behind; many are cut.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { diff } from "./execute.ts";
 * assert.equal(diff("a\nb\nc", "a\nB\nc"), "-b\n+B");
 * ```
 */
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

/** All texts in a JSON value. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* texts(part);
  }
}

/**
 * The first of some paths that outputs show; a longer name or a tag such as `</root>` is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findPath } from "./execute.ts";
 * const show = (text: string) => [{ output_type: "stream" as const, name: "stdout", text: [text] }];
 * assert.equal(findPath(show("in /tmp/a.parquet"), ["/root", "/tmp"]), "/tmp");
 * assert.equal(findPath(show("in data/tmp and /tmpl"), ["/root", "/tmp"]), undefined);
 * ```
 */
export function findPath(outputs: Output[], paths: string[]): string | undefined {
  const shows = (text: string, path: string) => {
    for (let at = -1; (at = text.indexOf(path, at + 1)) >= 0;) {
      const [before = "", behind = ""] = [text[at - 1], text[at + path.length]];
      if (!/[\w<.]/.test(before) && !/[\w-]/.test(behind)) return true;
    }
    return false;
  };
  const shown = [...texts(outputs)];
  return paths.find((path) => shown.some((text) => shows(text, path)));
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
  const formatted = parse(path, await format(path, print(withKernel(stored))));
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
