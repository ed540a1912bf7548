import assert from "node:assert/strict";
import fc from "fast-check";
import { isSame, signalDayOf, silenceOf } from "../../lib/battery/signal_day.ts";
import { ValueSet } from "../../lib/telemetry/mod.ts";
import { rowValuesOf } from "../helpers/filled.ts";
import { JULY_13 } from "../helpers/support.ts";

const GRIDS = [[5, 60], [60, 5], [600, 1], [3600, 1], [5, 720], [5, 2000]] as const;

/** Readings in stretches, which have one value or several; some begin or end outside the day. */
const anyReadings = (interval: number, gap: number) =>
  fc.tuple(
    fc.integer({ min: -50, max: 50 }),
    fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 10_000 }),
        step: fc.integer({ min: 1, max: gap + 1 }),
        value: fc.integer({ min: 0, max: 14 }),
        varies: fc.boolean(),
        pause: fc.constantFrom(0, 0, 0, 2 * gap),
      }),
      { minLength: 1, maxLength: 14 },
    ),
  ).map(([first, parts]) => {
    const readings: [row: number, value: number][] = [];
    let row = first;
    for (const { seconds, step, value, varies, pause } of parts) {
      for (const end = row + seconds / interval; row < end; row += step) {
        readings.push([row, varies ? readings.length % 17 : value]);
      }
      row += pause;
    }
    return readings;
  });

for (const [interval, gap] of GRIDS) {
  Deno.test(`signalDayOf() finds the runs that a loop finds, with rows of ${interval} s and gaps of ${gap}`, () => {
    const on = { day: JULY_13, rows: 86_400 / interval, interval, gap };
    fc.assert(
      fc.property(anyReadings(interval, gap), (readings) => {
        const column = { name: "x", kind: "numeric", rowValues: rowValuesOf(readings) } as const;
        const found = signalDayOf(column, new ValueSet(), on);
        const own = readings.filter(([row]) => row >= 0 && row < on.rows);
        const runs: { value: number; first: number; last: number }[] = [];
        for (const [row, value] of own) {
          const last = runs.at(-1);
          if (last?.value === value && row - last.last <= gap) last.last = row;
          else runs.push({ value, first: row, last: row });
        }
        const values = new Set(own.map(([, value]) => value));
        const isMany = values.size > 10;
        const expected = runs.filter(({ first, last }, i) =>
          (last + 1 - first) * interval >= 7200 || (i === 0 && first < gap) ||
          (i === runs.length - 1 && last >= on.rows - gap)
        ).map(({ value, first, last }) => {
          const recurs = isMany || runs.filter((run) => run.value === value).length > 1;
          return [value, JULY_13 + first * interval, JULY_13 + (last + 1) * interval, recurs];
        });
        assert.deepEqual(
          found,
          own.length === 0
            ? null
            : { column: "x", values: isMany ? null : [...values], runs: expected },
        );
      }),
      { numRuns: 300 },
    );
  });
}

Deno.test("silenceOf() finds what a loop over the rows finds", () => {
  const anyRows = (rows: number) =>
    fc.array(fc.integer({ min: 0, max: rows - 1 }), { maxLength: 40 });
  for (const interval of [5, 60, 900, 3600]) {
    const on = { day: JULY_13, rows: 86_400 / interval, interval, gap: 1 };
    fc.assert(fc.property(anyRows(on.rows), (rows) => {
      const reported = new Uint8Array(on.rows);
      for (const row of rows) reported[row] = 1;
      const inOrder = [...new Set(rows)].sort((a, b) => a - b);
      const seconds = (row: number) => JULY_13 + row * interval;
      const silent = inOrder.slice(1).map((row, i) => [seconds(inOrder[i]! + 1), seconds(row)])
        .filter(([from, to]) => to! - from! > 3600);
      const span = inOrder.length === 0
        ? null
        : [seconds(inOrder[0]!), seconds(inOrder.at(-1)! + 1)];
      assert.deepEqual(silenceOf(reported, on), { reported: span, silent });
    }));
  }
});

Deno.test("isSame() allows for the rounding of a mean, of either sign, and for nothing more", () => {
  const anyNumber = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
  fc.assert(fc.property(anyNumber, fc.integer({ min: 2, max: 9 }), (number, count) => {
    const mean = Array(count).fill(number).reduce((a, b) => a + b, 0) / count;
    assert.ok(isSame(number, mean) && isSame(mean, number));
    assert.ok(isSame(-number, -mean));
  }));
  for (const [a, b] of [[1, 1 + 1e-11], [-1, 1], [0, 1e-300], [-2, -2.000_001]] as const) {
    assert.ok(!isSame(a, b) && !isSame(b, a), `${a} ${b}`);
  }
});
