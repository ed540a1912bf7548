import assert from "node:assert/strict";
import fc from "fast-check";
import { medianOf } from "../../lib/battery/mod.ts";

Deno.test("medianOf() leaves as many numbers below as above", () => {
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), (numbers) => {
    const median = medianOf(numbers);
    const below = numbers.filter((number) => number < median).length;
    const above = numbers.filter((number) => number > median).length;
    assert.ok(below <= numbers.length / 2 && above <= numbers.length / 2);
  }));
  assert.ok(Number.isNaN(medianOf([])));
});
