import assert from "node:assert/strict";
import { blankPayloads, changedKinds, mixedPayloads, sparsePayloads } from "../../lib/run/hints.ts";
import { countByPayload, GAP_BOUNDS } from "../../lib/telemetry/mod.ts";

const signal = (payload: string, numeric: number, other: number) => ({
  ...{ payload, phase: null, module: null, column: payload, reason: null },
  ...{ numeric, other },
});
const counts = (...signals: ReturnType<typeof signal>[]) => countByPayload(signals);

Deno.test("mixedPayloads() returns only payload types of which 1 % to 99 % parse", () => {
  const found = mixedPayloads(counts(
    signal("all", 1000, 0),
    signal("few words", 990, 10),
    signal("fewer words", 991, 9),
    signal("mostly words", 10, 990),
    signal("words", 0, 1000),
  ));
  assert.deepEqual(found, [
    { payload: "few words", kind: "numeric", numericShare: 0.99, isQuantity: false },
    { payload: "mostly words", kind: "text", numericShare: 0.01, isQuantity: false },
  ]);
});

Deno.test("mixedPayloads() returns quantities of the battery that are not numbers, except states", () => {
  const found = mixedPayloads(counts(
    signal("module_voltage", 0, 7),
    signal("cell_voltage", 3, 997),
    signal("system_state", 0, 7),
  ));
  assert.deepEqual(found, [
    { payload: "cell_voltage", kind: "text", numericShare: 0.003, isQuantity: true },
    { payload: "module_voltage", kind: "text", numericShare: 0, isQuantity: true },
  ]);
});

Deno.test("blankPayloads() returns payload types that begin or end with a blank", () => {
  const found = blankPayloads(counts(signal("b ", 1, 0), signal(" a", 1, 0), signal("a b", 1, 0)));
  assert.deepEqual(found, [" a", "b "]);
});

Deno.test("changedKinds() compares with earlier records, and ignores new payload types", () => {
  const before = counts(signal("a", 6, 4), signal("b", 1, 0), signal("gone", 1, 0));
  const after = counts(signal("b", 2, 0), signal("new", 0, 1), signal("a", 6, 7));
  assert.deepEqual(changedKinds(before, after), [
    { payload: "a", before: "numeric", after: "text" },
  ]);
  const swapped = changedKinds(before, counts(signal("b", 0, 1), signal("a", 0, 1)));
  assert.deepEqual(swapped.map(({ payload }) => payload), ["a", "b"]);
});

/** A histogram of gaps. */
function gaps(...pairs: [seconds: number, count: number][]): number[] {
  const counts = GAP_BOUNDS.map(() => 0);
  for (const [seconds, count] of pairs) {
    counts[GAP_BOUNDS.findLastIndex((bound) => bound <= seconds)]! += count;
  }
  return counts;
}

/** A day on which each payload type has 100 cells. */
function dayOf(gaps: Record<string, number[]>, filled: [string, number][]) {
  const cells = filled.map(([payload, filled]) => [payload, { all: 100, filled }]);
  return { gaps, cells: Object.fromEntries(cells) };
}

Deno.test("sparsePayloads() returns payload types whose columns are mostly null, as readings are rare", () => {
  const reports = {
    often: gaps([5, 900], [40_000, 3]),
    rare: gaps([480, 90], [2000, 1]),
    few: gaps([480, 10]),
    full: gaps([480, 90]),
  };
  const filled: [string, number][] = [["often", 10], ["rare", 30], ["few", 1], ["full", 60]];
  const days = [dayOf(reports, filled), dayOf({ rare: gaps([480, 90]) }, [["rare", 50]])];
  assert.deepEqual(sparsePayloads(days, 300), [
    { payload: "rare", emptyShare: 0.6, maxGap: 600 },
  ]);
  assert.deepEqual(sparsePayloads(days, 600), []);
});

Deno.test("sparsePayloads() needs twenty gaps, and columns of which more than half is null", () => {
  const found = (count: number, filled: number) =>
    sparsePayloads([dayOf({ x: gaps([480, count]) }, [["x", filled]])], 300).length;
  assert.deepEqual([found(20, 49), found(19, 49), found(20, 50)], [1, 0, 0]);
});

Deno.test("sparsePayloads() names a max gap that bridges nine out of ten gaps, unless the given one does", () => {
  const found = (...pairs: [seconds: number, count: number][]) =>
    sparsePayloads([dayOf({ x: gaps(...pairs) }, [["x", 1]])], 300).map(({ maxGap }) => maxGap);
  assert.deepEqual(found([480, 50], [900, 40], [2000, 10]), [1800]);
  assert.deepEqual(found([480, 49], [900, 40], [2000, 11]), [3600]);
  // Nine out of ten gaps are bridged already.
  assert.deepEqual(found([60, 90], [900, 10]), []);
  assert.deepEqual(found([60, 89], [900, 11]), [1800]);
});

Deno.test("sparsePayloads() returns payload types in order", () => {
  const rare = gaps([480, 90]);
  const days = [dayOf({ b: rare, a: rare }, [["b", 1], ["a", 1]])];
  assert.deepEqual(sparsePayloads(days, 300).map(({ payload }) => payload), ["a", "b"]);
});
