import assert from "node:assert/strict";
import fc from "fast-check";
import { rowCounts } from "../../lib/store/row_counts.ts";
import { totalOf } from "../../lib/telemetry/mod.ts";

const count = fc.integer({ min: 0, max: 1e6 });
const rejected = fc.dictionary(
  fc.constantFrom("no tags", "no value", "constructor", "__proto__"),
  count,
);
const day = fc.tuple(count, count, rejected).map(([readings, duplicates, rejected]) => ({
  rows: readings + duplicates + totalOf(rejected),
  readings,
  duplicates,
  rejected,
}));

Deno.test("rowCounts() counts every row once, whatever days and files there are", () => {
  fc.assert(fc.property(fc.array(day), fc.array(fc.record({ rejected })), (days, inputs) => {
    const counts = rowCounts(days, inputs);
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    assert.equal(counts.readings, sum(days.map(({ readings }) => readings)));
    assert.equal(counts.duplicates, sum(days.map(({ duplicates }) => duplicates)));
    const all = [...days, ...inputs].map(({ rejected }) => rejected);
    for (const reason of Object.keys(counts.rejected)) {
      const known = all.map((rejected) => Object.hasOwn(rejected, reason) ? rejected[reason]! : 0);
      assert.equal(counts.rejected[reason], sum(known));
    }
    assert.equal(counts.rows, counts.readings + counts.duplicates + totalOf(counts.rejected));
  }));
});

Deno.test("rowCounts() of nothing is zero", () => {
  assert.deepEqual(rowCounts([]), { rows: 0, readings: 0, duplicates: 0, rejected: {} });
});
