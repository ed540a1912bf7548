/**
 * Formats and type-checks the cells of a notebook.
 *
 * `deno fmt --check` can't be asked: it takes every notebook whose cells don't end in an empty line
 * for unformatted, and `deno check` takes none.
 *
 * @module
 */
import { dirname } from "node:path";
import { type Cell, nameOf, type Notebook, text } from "./notebook.ts";

/** Runs Deno in a folder, whose deno.json holds; gives its status and what it printed. */
async function deno(folder: string, args: string[], input: string = "") {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" }, // just what is wrong
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr).trim() };
}

/**
 * Formats a notebook's text as `deno fmt` does.
 *
 * @throws {Error} If a cell can't be read; the message is that of `deno fmt`.
 */
export async function format(path: string, json: string): Promise<string> {
  const args = ["fmt", "--quiet", "--ext", "ipynb", "-"];
  const { success, stdout, stderr } = await deno(dirname(path), args, json);
  if (!success) throw new Error(`${path}: ${stderr}`);
  return stdout;
}

/** Joins all code cells into a module, and says to which cell and line of it a line belongs. */
export function join(notebook: Notebook): { module: string; places: [cell: Cell, line: number][] } {
  const lines: string[] = [];
  const places: [Cell, number][] = [];
  for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
    // The semicolon keeps a cell's first line from going on with the last of the one before.
    for (const [i, line] of [...text(cell.source).split("\n"), ";"].entries()) {
      lines.push(line);
      places.push([cell, i + 1]);
    }
  }
  return { module: [...lines, "export {};", ""].join("\n"), places };
}

/**
 * Type-checks the cells as one module in the notebook's folder.
 *
 * @returns What is wrong, with cells and lines; nothing, if all is well.
 */
export async function check(path: string, notebook: Notebook): Promise<string | undefined> {
  const { module, places } = join(notebook);
  const folder = dirname(path);
  const file = Deno.makeTempFileSync({ dir: folder, prefix: ".cells-", suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, module);
    const { success, stderr } = await deno(folder, ["check", "--quiet", file]);
    if (success) return undefined;
    const [errors] = stderr.split("\n\nerror: Type checking failed.");
    const said = errors!.replace(/\bfile:\/\/\S*\.cells-[^:\s]*\.ts:(\d+):\d+/g, (_, line) => {
      const [cell, at] = places[Number(line) - 1] ?? places.at(-1)!;
      return `${nameOf(notebook, cell)}, line ${at}`;
    });
    const twice = /TS(2300|2440|2451)\b/.test(said);
    return twice ? `${said}\nCells share names: declare or import each once.` : said;
  } finally {
    Deno.removeSync(file);
  }
}
