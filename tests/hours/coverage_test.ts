import assert from "node:assert/strict";
import fc from "fast-check";
import { coverageOf, type OwnColumn, reportedRows } from "../../lib/hours/coverage.ts";
import type { TableOptions } from "../../lib/hours/mod.ts";

const OPTIONS = { interval: 5, maxGap: 15, fill: "hold" } as const;
const column = (rows: number[], kind: "numeric" | "text" = "numeric") => ({
  kind,
  rowValues: {
    rows: Int32Array.from(rows),
    values: new Float64Array(rows.length),
    length: rows.length,
  },
});
const coverage = (
  columns: OwnColumn[],
  options: Pick<TableOptions, "interval" | "maxGap" | "fill">,
) => coverageOf(columns, reportedRows(columns, 86_400 / options.interval), options);

Deno.test("coverageOf() counts rows with readings and filled rows", () => {
  const { observed, filled } = coverage([column([-2, 718, 719]), column([0, 718])], OPTIONS);
  assert.deepEqual(observed.slice(0, 3), [3, 0, 0]);
  assert.deepEqual(filled.slice(0, 3), [3, 3, 0]); // rows 1 to 3, and 720 to 722
  assert.equal(observed.length, 24);
});

Deno.test("coverageOf() fills nothing with none, only between near rows with linear, and holds text", () => {
  const columns = [column([0, 3, 10])];
  assert.equal(coverage(columns, { ...OPTIONS, fill: "none" }).filled[0], 0);
  assert.equal(coverage(columns, { ...OPTIONS, fill: "linear" }).filled[0], 2);
  const text = [column([0], "text")];
  assert.equal(coverage(text, { ...OPTIONS, fill: "linear" }).filled[0], 3);
});

Deno.test("coverageOf() fills exactly the rows at most a gap after one with readings", () =>
  fc.assert(fc.property(
    fc.array(fc.uniqueArray(fc.integer({ min: -5, max: 17_279 }), { minLength: 1 }), {
      minLength: 1,
      maxLength: 3,
    }),
    (columns) => {
      const sorted = columns.map((rows) => rows.toSorted((a, b) => a - b));
      const { observed, filled } = coverage(sorted.map((rows) => column(rows)), OPTIONS);
      const all = new Set(columns.flat());
      const reached = new Set([...all].flatMap((row) => [row, row + 1, row + 2, row + 3]));
      const inDay = [...reached].filter((row) => row >= 0 && row < 17_280);
      assert.equal(observed.reduce((a, b) => a + b), inDay.filter((row) => all.has(row)).length);
      assert.equal(filled.reduce((a, b) => a + b), inDay.filter((row) => !all.has(row)).length);
    },
  )));
