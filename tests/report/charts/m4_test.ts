import assert from "node:assert/strict";
import fc from "fast-check";
import { envelope } from "../../../lib/report/charts/m4.ts";
import { axisOf, rowLength } from "../../../lib/report/charts/module_rows.ts";

const cell = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 5 }) },
  fc.constant(NaN),
);

Deno.test("envelope() keeps the first, least, greatest and last value of each pixel column", () =>
  fc.assert(fc.property(
    fc.array(cell, { minLength: 1, maxLength: 200 }),
    fc.integer({ min: 1, max: 60 }),
    (values, pixels) => {
      const times = Float64Array.from(values, (_, row) => 1e12 + row * 5000);
      const axis = axisOf([{ times }], pixels)!;
      const line = envelope(times, Float64Array.from(values), axis);
      assert.ok((axis.to - axis.from) / axis.step <= pixels);
      const at = (row: number) => Math.floor((row * 5000) / axis.step);
      const expected = new Map<number, number[]>();
      values.forEach((value, row) => {
        if (!Number.isNaN(value)) expected.set(at(row), [...expected.get(at(row)) ?? [], value]);
      });
      const drawn = new Map<number, number[]>();
      for (const { time, value } of line) {
        const pixel = (time - axis.from) / axis.step;
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
        const before = line.findLast(({ time }) => time < axis.from + pixel * axis.step);
        assert.deepEqual(new Set(values), new Set([before?.value]));
      }
      // A line is broken just where nothing came for longer than a pixel column is.
      const heard = values.flatMap((value, row) => Number.isNaN(value) ? [] : [row * 5000]);
      const gaps = heard.filter((time, i) =>
        i > 0 && time - heard[i - 1]! > axis.step &&
        Math.floor(time / axis.step) !== Math.floor(heard[i - 1]! / axis.step)
      );
      assert.equal(line.filter(({ value }) => value === null).length, gaps.length);
    },
  )));

Deno.test("axisOf() of no rows is null, of one row an hour", () => {
  assert.equal(axisOf([{ times: new Float64Array(0) }], 10), null);
  assert.deepEqual(axisOf([{ times: Float64Array.of(7) }], 10), {
    from: 7,
    to: 3_600_007,
    row: 3_600_000,
    step: 3_600_000,
  });
});

/** The times of rows of one minute and of one hour, a day each. */
const MINUTES = Array.from({ length: 1440 }, (_, row) => row * 60_000);
const HOURS = Array.from({ length: 24 }, (_, row) => row * 3_600_000);
const after = (times: number[]) => times.map((time) => time + 86_400_000);

Deno.test("envelope() breaks no line where rows are longer than on other days", () => {
  for (const all of [[...MINUTES, ...after(HOURS)], [...HOURS, ...after(MINUTES)]]) {
    const gapsIn = (times: Float64Array) => {
      const axis = axisOf([{ times }], 100)!;
      assert.deepEqual([axis.row, axis.to], [60_000, 2 * 86_400_000]);
      const line = envelope(times, times, axis);
      return line.filter(({ value }) => value === null).length;
    };
    const times = Float64Array.from(all);
    assert.equal(gapsIn(times), 0);
    // An hour without a file.
    assert.equal(gapsIn(times.filter((time) => Math.floor(time / 3_600_000) !== 30)), 1);
  }
});

Deno.test("rowLength() is that of the rows of an hour, also beside hours that are missing", () => {
  const lengths = (...times: number[]) =>
    times.map((_, row) => rowLength(Float64Array.from(times), row) / 60_000);
  assert.deepEqual(lengths(...MINUTES.slice(0, 60), ...HOURS.slice(2, 4), ...HOURS.slice(7, 8)), [
    ...Array(60).fill(1),
    ...[60, 60, 60],
  ]);
  assert.deepEqual(lengths(...HOURS.slice(0, 1), ...MINUTES.slice(120, 180)), [
    60,
    ...Array(60).fill(1),
  ]);
});
