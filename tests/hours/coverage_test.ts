import assert from "node:assert/strict";
import fc from "fast-check";
import { coverageOf, markRows } from "../../lib/hours/coverage.ts";
import { createRuns, fillOf, fillRows } from "../../lib/hours/grid.ts";
import { CHOICES, type TableOptions } from "../../lib/hours/options.ts";
import type { Kind } from "../../lib/telemetry/mod.ts";

const ROWS = 17_280;
/** The max gap in rows. */
const GAP = 3;
const ALL_HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A column: the rows with readings, and those of them with readings of the module's own. */
interface Column {
  rows: number[];
  own: number[];
  kind: Kind;
}
const column = (rows: number[], kind: Kind = "numeric"): Column => ({ rows, own: rows, kind });
const rowValuesOf = (rows: number[]) => ({
  rows: Int32Array.from(rows),
  values: new Float64Array(rows.length),
  length: rows.length,
});
const coverage = (columns: Column[], fill: TableOptions["fill"] = "hold", hours = ALL_HOURS) => {
  const reported = markRows(columns.map(({ own }) => rowValuesOf(own)), ROWS);
  const filled = columns.map(({ rows, kind }) => {
    const runs = createRuns();
    fillRows(rowValuesOf(rows), ROWS, fillOf(kind, fill), GAP, runs);
    return runs;
  });
  return coverageOf(filled, reported, hours);
};

Deno.test("coverageOf() counts rows with readings and filled rows", () => {
  const { observed, filled } = coverage([column([-2, 718, 719]), column([0, 718])]);
  assert.deepEqual(observed.slice(0, 3), [3, 0, 0]);
  assert.deepEqual(filled.slice(0, 3), [3, 3, 0]); // rows 1 to 3, and 720 to 722
  assert.equal(observed.length, 24);
});

Deno.test("coverageOf() counts no filled row in an hour without a file", () => {
  const { observed, filled } = coverage([column([718, 719])], "hold", [0]);
  assert.deepEqual([observed.slice(0, 2), filled.slice(0, 2)], [[2, 0], [0, 0]]);
});

Deno.test("coverageOf() does not count readings of the phase in a module's column as observed", () => {
  const mixed = { ...column([0, 3, 100]), own: [0] };
  const { observed, filled } = coverage([mixed]);
  assert.deepEqual(coverage([mixed], "none").filled[0], 2);
  assert.deepEqual([observed[0], filled[0]], [1, 10]); // 1 to 6, and 100 to 103
});

Deno.test("coverageOf() fills nothing with none, only between near rows with linear, and holds text", () => {
  const columns = [column([0, 3, 10])];
  assert.equal(coverage(columns, "none").filled[0], 0);
  assert.equal(coverage(columns, "linear").filled[0], 2);
  const text = [column([0], "text")];
  assert.equal(coverage(text, "linear").filled[0], 3);
});

Deno.test("coverageOf() counts what a loop over all rows and columns counts, with every fill", () => {
  const rows = fc.uniqueArray(fc.integer({ min: -8, max: 60 }), { minLength: 1 })
    .chain((near) => fc.tuple(fc.constant(near), fc.constantFrom(0, 700, 17_270)))
    .map(([near, from]) => near.map((row) => row < 0 ? row : row + from))
    .map((list) => list.filter((row) => row < 17_280 + 8).sort((a, b) => a - b));
  const columns = fc.array(fc.tuple(rows, fc.constantFrom("numeric", "text" as const)), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(columns, fc.constantFrom(...CHOICES.fill), (own, fill) => {
      const observed = Array(24).fill(0), filled = Array(24).fill(0);
      for (let row = 0; row < ROWS; row++) {
        const hour = Math.floor(row / 720);
        if (own.some(([rows]) => rows.includes(row))) observed[hour]++;
        else if (
          own.some(([rows, kind]) => {
            const before = rows.findLast((other) => other < row) ?? -Infinity;
            const after = rows.find((other) => other > row) ?? Infinity;
            if (fill === "none") return false;
            const isLine = fill === "linear" && kind === "numeric";
            return isLine ? after - before <= 3 : row - before <= 3;
          })
        ) filled[hour]++;
      }
      const found = coverage(own.map(([rows, kind]) => column(rows, kind)), fill);
      assert.deepEqual(found, { observed, filled });
    }),
  );
});
