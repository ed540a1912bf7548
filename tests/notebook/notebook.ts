/**
 * Notebooks as Jupyter writes them: nbformat 4.5.
 *
 * @see {@link https://nbformat.readthedocs.io/en/latest/format_description.html}
 * @module
 */

/** Whatever JSON can hold, by name. */
export type Fields = Record<string, unknown>;

/** What a cell has shown. */
export type Output =
  | { output_type: "stream"; name: string; text: string[] }
  | { output_type: "display_data"; data: Fields; metadata: Fields }
  | { output_type: "execute_result"; data: Fields; metadata: Fields; execution_count: number }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A piece of text, or of code and what it has shown. */
export interface Cell {
  cell_type: string;
  id: string;
  source: string[];
  metadata: Fields;
  outputs?: Output[];
  execution_count?: number | null;
}

/** A file `.ipynb`. */
export interface Notebook {
  cells: Cell[];
  metadata: Fields;
  nbformat: number;
  nbformat_minor: number;
}

/** Cuts a text after its line ends, which is how notebooks hold it. */
export function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** A text that a notebook may hold in one piece or by lines. */
export function text(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value);
}

/** How a cell is called in a message: by its place and its id. */
export function nameOf(notebook: Notebook, cell: Cell): string {
  return `cell ${notebook.cells.indexOf(cell) + 1} (${cell.id})`;
}

/**
 * Reads a notebook.
 *
 * @throws {Error} If it isn't one, or is of an older format; the message names the file.
 */
export function parse(path: string, json: string): Notebook {
  let notebook: Notebook;
  try {
    notebook = JSON.parse(json);
  } catch (error) {
    throw new Error(`${path}: it is not JSON (${(error as Error).message})`);
  }
  const { nbformat, nbformat_minor, cells } = notebook;
  if (nbformat !== 4 || nbformat_minor < 5) {
    throw new Error(`${path}: its nbformat is older than 4.5; save it with a newer Jupyter`);
  }
  const ids = new Set(cells.map(({ id }) => id));
  if (ids.size < cells.length || ids.has(undefined!)) {
    throw new Error(`${path}: every cell needs an "id" of its own`);
  }
  for (const cell of cells) cell.source = lines(text(cell.source));
  return notebook;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}

/** Prints a notebook, or a part of it, as Jupyter saves it: the same always. */
export function print(value: unknown): string {
  return JSON.stringify(sorted(value), null, 1) + "\n";
}

const KERNEL = { display_name: "Deno", language: "typescript", name: "deno" };
const LANGUAGE = { name: "typescript" };

/** Names Deno as the kernel; `deno fmt` passes over the cells of a notebook without a language. */
export function withKernel(notebook: Notebook, language: Fields = LANGUAGE): Notebook {
  return { ...notebook, metadata: { kernelspec: KERNEL, language_info: language } };
}

/** Puts fresh outputs in the place of those that are stored; without metadata that change. */
export function fill(
  notebook: Notebook,
  outputs: Map<string, Output[]>,
  language: Fields,
): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell): Cell => {
    const { execution: _, ...metadata } = cell.metadata;
    if (cell.cell_type !== "code") return { ...cell, metadata };
    const execution_count = outputs.has(cell.id) ? ++count : null;
    return { ...cell, metadata, outputs: outputs.get(cell.id) ?? [], execution_count };
  });
  return withKernel({ ...notebook, cells }, language);
}
