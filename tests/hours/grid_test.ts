import assert from "node:assert/strict";
import fc from "fast-check";
import {
  aggregate,
  createRowValues,
  createRuns,
  cutRuns,
  fillRows,
  type RowValues,
} from "../../lib/hours/grid.ts";
import { CHOICES, type TableOptions } from "../../lib/hours/options.ts";
import { ValueSet } from "../../lib/telemetry/mod.ts";
import { rowValuesOf } from "../helpers/filled.ts";

/** Readings given as [seconds, text], in order. */
function seriesOf(readings: readonly (readonly [number, string])[]) {
  const values = new ValueSet();
  const ids = readings.map(([, text]) => {
    const bytes = new TextEncoder().encode(text);
    return values.intern(bytes, 0, bytes.length);
  });
  const times = Float64Array.from(readings, ([time]) => time);
  return { series: { times, ids: Int32Array.from(ids), length: readings.length }, values };
}

function rowsOf(rowValues: RowValues): [row: number, value: number][] {
  return Array.from(
    { length: rowValues.length },
    (_, i) => [rowValues.rows[i]!, rowValues.values[i]!],
  );
}

const readings = [[-1, "7"], [0, "1"], [1, "2"], [1, "6"], [4.9, "4"], [5, "5"], [
  12,
  "8",
]] as const;
const firstRow: Record<TableOptions["aggregate"], number> = {
  mean: 3.25,
  median: 3,
  min: 1,
  max: 6,
  last: 4,
};

for (const method of CHOICES.aggregate) {
  Deno.test(`aggregate() computes the ${method} of a row`, () => {
    const { series, values } = seriesOf(readings);
    const rowValues = createRowValues();
    aggregate(series, values, "numeric", method, 5, rowValues);
    assert.deepEqual(rowsOf(rowValues), [[-1, 7], [0, firstRow[method]], [1, 5], [2, 8]]);
  });
}

Deno.test("aggregate() and fillRows() do not overflow on large numbers", () => {
  const { series, values } = seriesOf([[0, "1e308"], [1, "1e308"], [2, "1.6e308"], [3, "1.6e308"]]);
  for (const method of ["mean", "median"] as const) {
    const rowValues = createRowValues();
    aggregate(series, values, "numeric", method, 5, rowValues);
    assert.ok(Math.abs(rowValues.values[0]! / 1.3e308 - 1) < 1e-15, method);
  }
  const ends = { rows: Int32Array.of(0, 4), values: Float64Array.of(-1e308, 1e308), length: 2 };
  const runs = createRuns(5);
  fillRows(ends, 5, "linear", 10, runs);
  assert.deepEqual([...runs.values], [-1e308, -5e307, 0, 5e307, 1e308]);
});

Deno.test("aggregate() with last takes the greatest reading of the latest second", () => {
  const numbers = seriesOf([[0, "9"], [3, "2"], [3.5, "10"], [3.9, "5"]]);
  const rowValues = createRowValues();
  aggregate(numbers.series, numbers.values, "numeric", "last", 5, rowValues);
  assert.deepEqual(rowsOf(rowValues), [[0, 10]]);
  const { series, values } = seriesOf([[0, "Z"], [3, "2"], [3.5, "IDLE"], [3.9, "10"]]);
  for (const method of ["mean", "last"] as const) {
    aggregate(series, values, "text", method, 5, rowValues);
    assert.equal(values.text(rowValues.values[0]!), "IDLE");
  }
});

function filled(
  rows: [number, number][],
  fill: TableOptions["fill"],
  gap: number,
  from: number,
  count: number,
) {
  const [day, runs] = [createRuns(), createRuns(count)];
  fillRows(rowValuesOf(rows), from + count + 7, fill, gap, day);
  cutRuns(day, from, from + count, runs);
  assert.equal(runs.ends[runs.length - 1], count);
  const cells: (number | null)[] = [];
  for (let i = 0; i < runs.length; i++) {
    const value = runs.values[i]!;
    while (cells.length < runs.ends[i]!) cells.push(Number.isNaN(value) ? null : value);
    assert.ok(i === 0 || !Object.is(value, runs.values[i - 1]), "neighbours are one run");
  }
  return cells;
}

Deno.test("fillRows() holds values up to the gap, joins rows within it by a line, or leaves nulls", () => {
  const rows: [number, number][] = [[-2, 10], [1, 4], [4, 1], [8, 9]];
  const [__, gap] = [null, 3];
  assert.deepEqual(filled(rows, "hold", gap, 0, 10), [10, 4, 4, 4, 1, 1, 1, 1, 9, 9]);
  assert.deepEqual(filled(rows, "hold", 2, 0, 10), [10, 4, 4, 4, 1, 1, 1, __, 9, 9]);
  assert.deepEqual(filled(rows, "linear", gap, 0, 10), [6, 4, 3, 2, 1, __, __, __, 9, __]);
  assert.deepEqual(filled(rows, "none", gap, 0, 10), [__, 4, __, __, 1, __, __, __, 9, __]);
});

Deno.test("fillRows() and cutRuns() give the same as filling cell by cell", () => {
  const rows = fc.uniqueArray(fc.integer({ min: -40, max: 60 }), { maxLength: 30 })
    .map((rows) => rows.sort((a, b) => a - b).map((row, i): [number, number] => [row, i % 4]));
  const fill = fc.constantFrom(...CHOICES.fill);
  fc.assert(
    fc.property(rows, fill, fc.nat({ max: 30 }), fc.nat({ max: 20 }), (rows, fill, gap, from) => {
      const expected = Array.from({ length: 20 }, (_, i) => {
        const row = from + i;
        const last = rows.findLast(([at]) => at <= row);
        const next = rows.find(([at]) => at > row);
        if (last === undefined) return null;
        if (last[0] === row) return last[1];
        if (fill === "hold") return row - last[0] <= gap ? last[1] : null;
        if (fill === "none" || next === undefined || next[0] - last[0] > gap) return null;
        return last[1] + (next[1] - last[1]) * ((row - last[0]) / (next[0] - last[0]));
      });
      assert.deepEqual(filled(rows, fill, gap, from, 20), expected);
    }),
  );
});
