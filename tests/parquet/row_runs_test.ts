import assert from "node:assert/strict";
import fc from "fast-check";
import { areEqual, RunFinder, viewOf } from "../../lib/parquet/row_runs.ts";

Deno.test("RunFinder.find() finds maximal runs of equal codes", () => {
  const finder = new RunFinder();
  const anyCodes = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 9 })));
  fc.assert(fc.property(anyCodes, (parts) => {
    const codes = parts.flatMap(([code, length]) => Array<number>(length).fill(code));
    const runs = finder.find(Int32Array.from(codes), codes.length);
    const expanded: number[] = [];
    for (let i = 0; i < runs.length; i++) {
      assert.ok(i === 0 || runs.codes[i] !== runs.codes[i - 1], "neighbours are one run");
      while (expanded.length < runs.ends[i]!) expanded.push(runs.codes[i]!);
    }
    assert.deepEqual(expanded, codes);
  }));
});

Deno.test("areEqual() compares ranges of any length at any offset", () => {
  const anyNumbers = fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 24 });
  const anyPlace = fc.nat({ max: 12 });
  fc.assert(fc.property(anyNumbers, anyPlace, anyPlace, (numbers, a, b) => {
    const view = viewOf(Int32Array.from(numbers));
    const length = Math.max(0, numbers.length - Math.max(a, b));
    const [first, second] = [a, b].map((at) => numbers.slice(at, at + length).join());
    assert.equal(areEqual(view, a, b, length), first === second);
  }));
});
