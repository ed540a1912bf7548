import assert from "node:assert/strict";
import fc from "fast-check";
import { medianOf } from "../../lib/battery/mod.ts";

const anyNumbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer()), {
  minLength: 1,
});

Deno.test("medianOf() returns the middle number in order, or the mean of the middle two", () => {
  fc.assert(fc.property(anyNumbers, (numbers) => {
    const inOrder = numbers.toSorted((a, b) => a - b);
    const half = numbers.length / 2;
    const [below, above] = [inOrder[Math.ceil(half) - 1]!, inOrder[Math.floor(half)]!];
    assert.equal(medianOf(numbers), (below + above) / 2);
  }));
});

Deno.test("medianOf() ignores NaN, and returns it if there is no number", () => {
  assert.equal(medianOf([NaN, 4, NaN, 1, 2]), 2);
  assert.deepEqual([medianOf([]), medianOf([NaN, NaN])], [NaN, NaN]);
});
