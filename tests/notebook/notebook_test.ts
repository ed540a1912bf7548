import fc from "fast-check";
import assert from "node:assert/strict";
import { fill, lines, parse, print, text } from "./notebook.ts";

const cell = { cell_type: "code", id: "a", metadata: {}, source: "1;\n2;" };
const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
const read = (value: unknown) => parse("a.ipynb", JSON.stringify(value));

Deno.test("texts are cut behind line ends, and nothing is lost", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r") }), (whole) => {
    assert.equal(text(lines(whole)), whole);
    for (const line of lines(whole).slice(0, -1)) assert.match(line, /^[^\n]*\n$/);
  }));
});

Deno.test("what is no notebook, or an old one, is named", () => {
  assert.throws(() => parse("a.ipynb", "{"), /^Error: a\.ipynb: it is no JSON/);
  assert.throws(() => read({ ...notebook, nbformat_minor: 4 }), /a\.ipynb: .* older than 4\.5/);
  assert.throws(() => read({ ...notebook, cells: [cell, cell] }), /every cell needs an "id"/);
  const { id: _, ...nameless } = cell;
  assert.throws(() => read({ ...notebook, cells: [nameless] }), /every cell needs an "id"/);
});

Deno.test("the same notebook has the same bytes, in whatever order its fields stand", () => {
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
  const other = reversed({ ...notebook, cells: [reversed(cell)] });
  assert.notEqual(JSON.stringify(other), JSON.stringify(notebook));
  assert.equal(print(read(other)), print(read(notebook)));
});

Deno.test("filled cells are counted, and say nothing of the time", () => {
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
