import assert from "node:assert/strict";
import fc from "fast-check";
import { axisOf, type Rows } from "../../../lib/report/charts/frame.ts";
import { envelope } from "../../../lib/report/charts/m4.ts";

const cell = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 5 }) },
  fc.constant(NaN),
);

Deno.test("envelope() keeps the first, least, greatest and last value of each pixel column", () =>
  fc.assert(fc.property(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 60 }),
    (columns, pixels) => {
      const all = columns.flatMap((values, series) =>
        values.map((value, row) => ({ value, row, series }))
      );
      const rows: Rows = {
        times: Float64Array.from(all, ({ row }) => 1e12 + row * 5000),
        series: Uint32Array.from(all, ({ series }) => series),
        places: columns.map((_, i) => ({ phase: "1", module: String(i) })),
      };
      const axis = axisOf(rows.times, pixels)!;
      const points = envelope(rows, Float64Array.from(all, ({ value }) => value), axis);
      assert.ok((axis.to - axis.from) / axis.step <= pixels);
      columns.forEach((values, series) => {
        const line = points.filter((point) => point.series === series);
        const at = (row: number) => Math.floor((row * 5000) / axis.step);
        const expected = new Map<number, number[]>();
        values.forEach((value, row) => {
          if (!Number.isNaN(value)) expected.set(at(row), [...expected.get(at(row)) ?? [], value]);
        });
        const drawn = new Map<number, number[]>();
        for (const { time, value } of line) {
          const pixel = (time.getTime() - axis.from) / axis.step;
          if (value !== null) drawn.set(pixel, [...drawn.get(pixel) ?? [], value]);
        }
        for (const [pixel, kept] of drawn) {
          const values = expected.get(pixel)!;
          assert.ok(kept.length <= 4);
          assert.equal(Math.min(...kept), Math.min(...values));
          assert.equal(Math.max(...kept), Math.max(...values));
        }
        // What is not drawn lies on a flat piece of line.
        for (const [pixel, values] of expected) {
          if (drawn.has(pixel)) continue;
          const before = line.findLast(({ time }) =>
            time.getTime() < axis.from + pixel * axis.step
          );
          assert.deepEqual(new Set(values), new Set([before?.value]));
        }
        // A line is broken just where nothing came for longer than a pixel column is.
        const heard = values.flatMap((value, row) => Number.isNaN(value) ? [] : [row * 5000]);
        const gaps = heard.filter((time, i) =>
          i > 0 && time - heard[i - 1]! > axis.step &&
          Math.floor(time / axis.step) !== Math.floor(heard[i - 1]! / axis.step)
        );
        assert.equal(line.filter(({ value }) => value === null).length, gaps.length);
      });
    },
  )));

Deno.test("axisOf() of no rows is null, of one row an hour", () => {
  assert.equal(axisOf(new Float64Array(0), 10), null);
  assert.deepEqual(axisOf(Float64Array.of(7), 10), {
    from: 7,
    to: 3_600_007,
    row: 3_600_000,
    step: 3_600_000,
  });
});
