import fc from "fast-check";
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../helpers/support.ts";
import { check } from "./cells.ts";
import { fill, lines, parse, print, text } from "./notebook.ts";

const cell = { cell_type: "code", id: "a", metadata: {}, source: "1;\n2;" };
const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
const read = (value: unknown) => parse("a.ipynb", JSON.stringify(value));

Deno.test("lines() cuts a text after its line ends and loses nothing", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r") }), (whole) => {
    assert.equal(text(lines(whole)), whole);
    for (const line of lines(whole).slice(0, -1)) assert.match(line, /^[^\n]*\n$/);
  }));
});

Deno.test("parse() names what is not a notebook, or an old one", () => {
  assert.throws(() => parse("a.ipynb", "{"), /^Error: a\.ipynb: it is not JSON/);
  assert.throws(() => read({ ...notebook, nbformat_minor: 4 }), /a\.ipynb: .* older than 4\.5/);
  assert.throws(() => read({ ...notebook, cells: [cell, cell] }), /every cell needs an "id"/);
  const { id: _, ...nameless } = cell;
  assert.throws(() => read({ ...notebook, cells: [nameless] }), /every cell needs an "id"/);
});

Deno.test("print() gives the same bytes whatever the order of fields", () => {
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
  const other = reversed({ ...notebook, cells: [reversed(cell)] });
  assert.notEqual(JSON.stringify(other), JSON.stringify(notebook));
  assert.equal(print(read(other)), print(read(notebook)));
});

Deno.test("fill() numbers the cells that ran and keeps no times", () => {
  const ran = { ...cell, metadata: { execution: { iopub: "now" }, tags: ["a"] } };
  const prose = { ...cell, id: "b", cell_type: "markdown" };
  const left = { ...cell, id: "c" };
  const stored = read({ ...notebook, cells: [prose, ran, left], metadata: { widgets: {} } });
  const filled = fill(stored, new Map([["a", []]]), { name: "typescript" });
  assert.deepEqual(filled.cells.map(({ execution_count }) => execution_count), [
    undefined,
    1,
    null,
  ]);
  assert.deepEqual(filled.cells[1]!.metadata, { tags: ["a"] });
  assert.deepEqual(Object.keys(filled.metadata), ["kernelspec", "language_info"]);
});

Deno.test("the types of etl.ipynb hold: what it imports is exported", async () => {
  const path = join(ROOT, "etl.ipynb");
  const notebook = parse(path, Deno.readTextFileSync(path));
  assert.equal(await check(path, notebook), undefined);
});
