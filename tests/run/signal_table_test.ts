import assert from "node:assert/strict";
import fc from "fast-check";
import { SignalTable } from "../../lib/run/signal_table.ts";
import { addToTotals, createDigester, type SignalCounts } from "../../lib/telemetry/mod.ts";

const anyCounts: fc.Arbitrary<SignalCounts[]> = fc.uniqueArray(
  fc.record({
    payload: fc.constantFrom("volts", "state", "amps"),
    numeric: fc.integer({ min: 0, max: 3 }),
    other: fc.integer({ min: 1, max: 3 }),
  }).map(({ payload, ...counts }) => ({
    payload,
    column: payload,
    phase: "1",
    module: "1",
    reason: null,
    ...counts,
  })),
  { selector: ({ payload }) => payload },
);
const anyDay = fc.integer({ min: 0, max: 4 });
const anyStep = fc.oneof(
  fc.record({ replaced: anyDay, counts: anyCounts }),
  fc.record({ retained: fc.uniqueArray(anyDay), counts: anyCounts }),
);

Deno.test("SignalTable sums the days that it has, however they came and went", () => {
  fc.assert(fc.property(fc.array(anyStep), (steps) => {
    const table = new SignalTable();
    const expected = new Map<number, SignalCounts[]>();
    for (const step of steps) {
      const { counts } = step;
      if ("replaced" in step) {
        table.replace(step.replaced, counts);
        expected.set(step.replaced, counts);
      } else {
        const days = new Set(step.retained);
        table.retain(days, () => counts);
        for (const day of expected.keys()) if (!days.has(day)) expected.delete(day);
        for (const day of days) expected.getOrInsert(day, counts);
      }
    }
    const sumOf = (days: number[]) =>
      addToTotals(new Map(), days.flatMap((day) => expected.get(day)!));
    const inOrder = (counts: Iterable<SignalCounts>) =>
      [...counts].sort((a, b) => a.payload < b.payload ? -1 : 1);
    for (let day = 0; day < 5; day++) {
      const others = sumOf([...expected.keys()].filter((other) => other !== day));
      assert.deepEqual(inOrder(table.without(day)), inOrder(others.values()));
    }
    const digest = createDigester(sumOf([...expected.keys()]));
    const day = { signalCounts: [{ payload: "volts" }], modules: [["1", "1"]] as const };
    assert.equal(table.digester()(day), digest(day));
  }));
});
