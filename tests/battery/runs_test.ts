import assert from "node:assert/strict";
import fc from "fast-check";
import {
  countKnown,
  extremesOf,
  meanByHour,
  valueAt,
  withinHours,
} from "../../lib/battery/runs.ts";
import type { Runs } from "../../lib/hours/mod.ts";
import { JULY_13 } from "../helpers/support.ts";

const INTERVAL = 600;
const PER_HOUR = 3600 / INTERVAL;
const ROWS = 24 * PER_HOUR;

/** The rows of a day as runs, some of them null. */
const anyRuns: fc.Arbitrary<Runs> = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    value: fc.constantFrom(NaN, -1.5, 0, 2, 7),
  }),
).map((parts) => {
  const runs = { ends: new Int32Array(ROWS), values: new Float64Array(ROWS), length: 0 };
  let row = 0;
  for (const { length, value } of [...parts, { length: ROWS, value: NaN }]) {
    if (row === ROWS) break;
    row = Math.min(ROWS, row + length);
    runs.ends[runs.length] = row;
    runs.values[runs.length++] = value;
  }
  return runs;
});
const anyHours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }))
  .map((hours) => hours.sort((a, b) => a - b));

const dense = (runs: Runs) => Array.from({ length: ROWS }, (_, row) => valueAt(runs, row));
const isKnown = (value: number) => !Number.isNaN(value);

Deno.test("valueAt() returns the value of the run that a row is in", () => {
  fc.assert(fc.property(anyRuns, (runs) => {
    let from = 0;
    for (let i = 0; i < runs.length; i++) {
      for (let row = from; row < runs.ends[i]!; row++) {
        assert.ok(Object.is(valueAt(runs, row), runs.values[i]));
      }
      from = runs.ends[i]!;
    }
  }));
});

Deno.test("withinHours() keeps the rows of some hours, and makes the others null", () => {
  fc.assert(fc.property(anyRuns, anyHours, (runs, hours) => {
    const expected = dense(runs).map((value, row) =>
      hours.includes(Math.floor(row / PER_HOUR)) ? value : NaN
    );
    const found = withinHours(runs, hours, PER_HOUR);
    assert.deepEqual(dense(found), expected);
    const ends = [...found.ends.subarray(0, found.length)];
    assert.equal(ends.at(-1), ROWS);
    assert.ok(ends.every((end, i) => end > (ends[i - 1] ?? 0)), "no run is empty");
    if (hours.length === 24) assert.equal(found, runs);
  }));
});

Deno.test("meanByHour() is the mean of the known rows of each hour, rounded", () => {
  assert.equal(
    meanByHour(
      { ends: Int32Array.of(1, 3, ROWS), values: Float64Array.of(1, 2, NaN), length: 3 },
      6,
      2,
    )[0],
    1.67,
  );
  fc.assert(fc.property(anyRuns, (runs) => {
    const rows = dense(runs);
    const expected = Array.from({ length: 24 }, (_, hour) => {
      const known = rows.slice(hour * PER_HOUR, (hour + 1) * PER_HOUR).filter(isKnown);
      if (known.length === 0) return null;
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    });
    const found = meanByHour(runs, PER_HOUR, 4);
    assert.equal(found.length, 24);
    found.forEach((mean, hour) => {
      const other = expected[hour]!;
      assert.ok(mean === other || Math.abs(mean! - other) <= 0.5e-4 + 1e-12, `${mean} ${other}`);
    });
  }));
});

Deno.test("countKnown() counts known rows, and extremesOf() finds the first row of each extreme", () => {
  const anyColumns = fc.array(anyRuns, { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(anyColumns, (runs) => {
    const columns = runs.map((runs, i) => {
      return { name: `c${i}`, kind: "numeric" as const, runs, known: countKnown(runs) };
    });
    const rows = runs.map(dense);
    rows.forEach((rows, i) => assert.equal(columns[i]!.known, rows.filter(isKnown).length));
    const all = rows.flat().filter(isKnown);
    const range = extremesOf(columns, JULY_13, INTERVAL);
    if (all.length === 0) return assert.equal(range, null);
    const values = { min: Math.min(...all), max: Math.max(...all) };
    for (const end of ["min", "max"] as const) {
      const value = values[end];
      const firsts = rows.map((rows) => rows.indexOf(value)).filter((row) => row !== -1);
      const first = Math.min(...firsts);
      const column = `c${rows.findIndex((rows) => rows.indexOf(value) === first)}`;
      const at = JULY_13 + first * INTERVAL;
      assert.deepEqual(range![end], { value, column, at, columns: firsts.length });
    }
  }));
});
