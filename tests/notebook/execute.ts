// deno-lint-ignore-file no-console -- it is a command
/**
 * Runs a notebook in a fresh kernel and compares what it shows with what is stored in it.
 *
 * ```sh
 * deno run -A tests/notebook/execute.ts etl.ipynb          # leaves etl-changed.ipynb if it differs
 * deno run -A tests/notebook/execute.ts --write etl.ipynb  # stores what it shows
 *
 * # Only runs it, with another value in the line `const input = …`; etl-changed.ipynb shows the rest.
 * deno run -A tests/notebook/execute.ts --set input=/mnt/telemetry etl.ipynb
 * ```
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { parseTask } from "../../tools/task.ts";
import { exists, ROOT } from "../helpers/support.ts";
import { check, format } from "./cells.ts";
import { startKernel } from "./kernel.ts";
import {
  fill,
  lines,
  nameOf,
  type Notebook,
  type Output,
  parse,
  print,
  text,
  withKernel,
} from "./notebook.ts";

const SHOWN_LINES = 8;
const SHOWN_COLUMNS = 160;

/**
 * The lines in which two texts differ, `-` before and `+` after; many are cut.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { diff } from "./execute.ts";
 * assert.equal(diff("a\nb\nc", "a\nB\nc"), "-b\n+B");
 * ```
 */
export function diff(before: string, after: string): string {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let [head, tail] = [0, 0];
  const most = Math.min(a.length, b.length);
  while (head < most && a[head] === b[head]) head++;
  while (tail < most - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const show = (sign: string, all: string[]) => {
    const middle = all.slice(head, all.length - tail);
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
      const [before = "", after = ""] = [text[at - 1], text[at + path.length]];
      if (!/[\w<.]/.test(before) && !/[\w-]/.test(after)) return true;
    }
    return false;
  };
  const shown = [...texts(outputs)];
  return paths.find((path) => shown.some((text) => shows(text, path)));
}

/**
 * Puts other texts into the lines `const name = …` of a notebook.
 *
 * @throws {Error} If no cell has such a line.
 */
export function setValues(notebook: Notebook, values: Map<string, string>): Notebook {
  const cells = notebook.cells.map((cell) => ({ ...cell }));
  for (const [name, value] of values) {
    const line = new RegExp(`^(const|let) ${RegExp.escape(name)}(: [^=]+)? = .*;(?: //.*)?$`, "m");
    const cell = cells.find((cell) => cell.cell_type === "code" && line.test(text(cell.source)));
    if (cell === undefined) throw new Error(`--set: no cell has a line "const ${name} = …;"`);
    const set = text(cell.source).replace(line, (_, kind, type = "") => {
      return `${kind} ${name}${type} = ${JSON.stringify(value)};`;
    });
    cell.source = lines(set);
  }
  return { ...notebook, cells };
}

/** Runs the code cells one after the other, up to the first that fails. */
async function run(path: string, notebook: Notebook) {
  const [problems, paths]: [string[], string[]] = [[], []];
  const outputs = new Map<string, Output[]>();
  const machine = machinePaths(dirname(path));
  const kernel = await startKernel(dirname(path));
  try {
    for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
      const name = nameOf(notebook, cell);
      const ran = await kernel.run(cell.source.join("")).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      outputs.set(cell.id, ran.outputs);
      const found = findPath(ran.outputs, machine);
      if (found !== undefined) paths.push(`${name} shows a path of this machine: ${found}`);
      if (ran.failure !== undefined) {
        problems.push(`${name} fails: ${ran.failure}`);
        break;
      }
    }
  } finally {
    await kernel.close();
  }
  return { problems, paths, fresh: fill(notebook, outputs, kernel.language) };
}

/** How two objects differ, field by field; nothing, where they don't. */
function diffFields(before: object, after: object): string {
  const fields = (value: object) => new Map(Object.entries(value));
  const [a, b] = [fields(before), fields(after)];
  const names = [...new Set([...a.keys(), ...b.keys()])].toSorted();
  const differing = names.map((name) => [name, print(a.get(name)), print(b.get(name))] as const)
    .filter(([, a, b]) => a !== b);
  return differing.map(([name, a, b]) => `${name}:\n${diff(a, b)}`).join("\n");
}

/** Names each cell that is not as it is stored, and how it differs. */
function compare(stored: Notebook, fresh: Notebook): string[] {
  const cells = fresh.cells.map((cell, i): [string, object, object] => {
    return [nameOf(fresh, cell), stored.cells[i]!, cell];
  });
  const metadata = (notebook: Notebook) => ({ metadata: notebook.metadata });
  const parts = [...cells, ["the notebook", metadata(stored), metadata(fresh)] as const];
  const differing = parts.flatMap(([name, before, after]) => {
    const shown = diffFields(before, after);
    return shown === "" ? [] : [`${name} is not as stored: ${shown}`];
  });
  return differing.length > 0 ? differing : ["the notebook is not laid out as it would be stored"];
}

/** Where the fresh notebook is left for a look. */
export function changedPath(path: string): string {
  return path.replace(/\.ipynb$/, "-changed.ipynb");
}

/** What to do with what a notebook shows, if it isn't compared. */
export interface Options {
  /** Store it. */
  write?: boolean;
  /** Leave it beside, after a run with other texts in the lines `const name = …`. */
  set?: Map<string, string>;
}

/**
 * Runs a notebook, and compares or stores what it shows.
 *
 * @returns What is wrong; nothing, if all is well.
 */
export async function execute(path: string, options: Options = {}): Promise<string[]> {
  const { write = false, set = new Map() } = options;
  if (!path.endsWith(".ipynb")) throw new Error(`${path}: give a notebook, such as etl.ipynb`);
  const changed = changedPath(path);
  if (exists(changed)) Deno.removeSync(changed);
  const json = Deno.readTextFileSync(path);
  const stored = parse(path, json);
  const formatted = parse(path, await format(path, print(withKernel(stored))));
  const notebook = setValues(formatted, set);
  const mistyped = await check(path, notebook);
  if (mistyped !== undefined) return [mistyped];
  const { problems, paths, fresh } = await run(path, notebook);
  if (set.size === 0) problems.push(...paths);
  const shown = print(fresh);
  if (write && problems.length === 0) {
    Deno.writeTextFileSync(path, shown);
  } else if (json !== shown) {
    Deno.writeTextFileSync(changed, shown);
    if (problems.length === 0 && set.size === 0) problems.push(...compare(stored, fresh));
  }
  return problems;
}

/** Reads `name=value` as many times as it is given. */
function readSet(set: string[]): Map<string, string> {
  return new Map(set.map((one) => {
    const [, name, value] = /^([\w$]+)=(.*)$/s.exec(one) ?? [];
    if (name === undefined) throw new Error(`--set ${one}: give it as name=value`);
    return [name, value!];
  }));
}

/** Runs the notebooks that are named; says what is wrong, and with its status whether. */
async function main(args: string[]): Promise<number> {
  const { values: { write, set }, positionals } = parseTask(import.meta.url, {
    args,
    options: {
      write: { type: "boolean", default: false },
      set: { type: "string", multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error("give the notebooks to run, such as etl.ipynb");
  if (write && set.length > 0) throw new Error("--set: what it shows can't be stored by --write");
  let status = 0;
  for (const path of positionals) {
    const problems = await execute(resolve(path), { write, set: readSet(set) });
    if (problems.length === 0) continue;
    status = 1;
    console.error(`${path}: ${problems.join("\n\n")}`);
    if (exists(changedPath(path))) {
      const changed = changedPath(path);
      console.error(`\nWhat it shows now is in ${changed}; if that is right, --write stores it.`);
    }
  }
  return status;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    Deno.exitCode = 1;
  }
}
