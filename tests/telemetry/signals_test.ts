import assert from "node:assert/strict";
import {
  addToTotals,
  countByPayload,
  createColumnsOf,
  createDigester,
  kindsOf,
  type SignalCounts,
} from "../../lib/telemetry/signals.ts";

function signal(
  payload: string,
  phase: string | null,
  module: string | null,
  numeric: number,
  other = 0,
): SignalCounts {
  return { payload, column: payload, phase, module, reason: null, numeric, other };
}

const FACTS: SignalCounts[] = [
  { ...signal("cell", "1", "1", 5), column: "cell_10" },
  { ...signal("cell", "1", "1", 5), column: "cell_2" },
  signal("volts", "1", "1", 5),
  signal("volts", "1", "2", 5),
  signal("amps", "1", null, 5),
  signal("amps", "2", null, 5),
  signal("state", null, null, 0, 5),
  signal("broken", "1", "1", 0, 1),
  signal("broken", "1", "2", 1, 0),
  { ...signal("lost", null, "1", 5), reason: "a module without a phase" },
];

Deno.test("countByPayload() sums the counts of signals", () => {
  const place = { phase: null, module: null, column: "a", payload: "a", reason: null };
  const signals = [{ ...place, numeric: 1, other: 2 }, { ...place, numeric: 3, other: 4 }];
  assert.deepEqual([...countByPayload(signals)], [["a", { numeric: 4, other: 6 }]]);
});

Deno.test("addToTotals() leaves nothing of what is subtracted again, even if it was text", () => {
  const totals = addToTotals(new Map(), FACTS);
  const before = [...totals.values()];
  const gone = [signal("state", "1", "1", 0, 3), signal("other", "1", "1", 0, 3)];
  addToTotals(totals, gone);
  addToTotals(totals, gone, -1);
  assert.deepEqual([...totals.values()], before);
  assert.ok(!createColumnsOf(totals)("1", "1").some(({ name }) => name === "other"));
});

Deno.test("kindsOf() returns text if most distinct readings of a payload type are not numbers", () => {
  const totals = addToTotals(new Map(), FACTS);
  assert.equal(kindsOf(totals).get("state"), "text");
  assert.equal(kindsOf(totals).get("broken"), "numeric", "half is not most");
  addToTotals(totals, [signal("broken", "3", "1", 0, 1)]);
  assert.equal(kindsOf(totals).get("broken"), "text");
});

Deno.test("createColumnsOf() returns a module's columns, its phase's and the system's, in natural order", () => {
  const columnsOf = createColumnsOf(addToTotals(new Map(), FACTS));
  const names = (phase: string, module: string) =>
    columnsOf(phase, module).map(({ name, kind }) => `${name} ${kind}`);
  assert.deepEqual(names("1", "1"), [
    "amps numeric",
    "cell_2 numeric",
    "cell_10 numeric",
    "state text",
    "volts numeric",
  ]);
  assert.deepEqual(names("1", "2"), [
    "amps numeric",
    "broken numeric",
    "state text",
    "volts numeric",
  ]);
});

Deno.test("createColumnsOf() returns text for a column that numbers and texts share", () => {
  const totals = addToTotals(new Map(), [
    { ...signal("a", null, null, 9), column: "a_b_c" },
    { ...signal("a_b", null, null, 0, 9), column: "a_b_c" },
  ]);
  assert.deepEqual(createColumnsOf(totals)("1", "1"), [{
    name: "a_b_c",
    kind: "text",
  }]);
});

Deno.test("createDigester() changes the digest only if a column or a kind changes", () => {
  const modules = [["1", "1"]] as const;
  const day = { signalCounts: [{ payload: "volts" }, { payload: "cell" }], modules };
  const digest = (signalCounts: SignalCounts[]) =>
    createDigester(addToTotals(new Map(), signalCounts))(day);
  const before = digest(FACTS);
  assert.equal(digest(FACTS.toReversed()), before, "not with the order of days");
  assert.equal(digest([...FACTS, signal("volts", "1", "1", 1)]), before, "not with more readings");
  assert.equal(digest([...FACTS, signal("volts", "9", "9", 1)]), before, "not with other modules");
  assert.notEqual(digest([...FACTS, signal("new", null, null, 1)]), before);
  assert.notEqual(digest([...FACTS, signal("volts", "1", "1", 0, 99)]), before);
});
