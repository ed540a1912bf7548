import assert from "node:assert/strict";
import {
  addFacts,
  createColumnsOf,
  createDigester,
  type Fact,
  kindsOf,
} from "../../lib/telemetry/signals.ts";

function fact(
  payload: string,
  phase: string | null,
  module: string | null,
  numeric: number,
  other = 0,
): Fact {
  return { payload, column: payload, phase, module, reason: null, numeric, other };
}

const FACTS: Fact[] = [
  { ...fact("cell", "1", "1", 5), column: "cell_10" },
  { ...fact("cell", "1", "1", 5), column: "cell_2" },
  fact("volts", "1", "1", 5),
  fact("volts", "1", "2", 5),
  fact("amps", "1", null, 5),
  fact("amps", "2", null, 5),
  fact("state", null, null, 0, 5),
  fact("broken", "1", "1", 0, 1),
  fact("broken", "1", "2", 1, 0),
  { ...fact("lost", null, "1", 5), reason: "a module without a phase" },
];

Deno.test("kindsOf() returns text if most distinct readings of a payload type are not numbers", () => {
  const catalogue = addFacts(new Map(), FACTS);
  assert.equal(kindsOf(catalogue).get("state"), "text");
  assert.equal(kindsOf(catalogue).get("broken"), "numeric", "half is not most");
  addFacts(catalogue, [fact("broken", "3", "1", 0, 1)]);
  assert.equal(kindsOf(catalogue).get("broken"), "text");
});

Deno.test("createColumnsOf() returns a module's columns, its phase's and the system's, in natural order", () => {
  const columnsOf = createColumnsOf(addFacts(new Map(), FACTS));
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
  const catalogue = addFacts(new Map(), [
    { ...fact("a", null, null, 9), column: "a_b_c" },
    { ...fact("a_b", null, null, 0, 9), column: "a_b_c" },
  ]);
  assert.deepEqual(createColumnsOf(catalogue)("1", "1"), [{
    name: "a_b_c",
    kind: "text",
  }]);
});

Deno.test("createDigester() changes the digest only if a column or a kind changes", () => {
  const digest = (facts: Fact[]) =>
    createDigester(addFacts(new Map(), facts))(["volts", "cell"], [["1", "1"]]);
  const before = digest(FACTS);
  assert.equal(digest(FACTS.toReversed()), before, "not with the order of days");
  assert.equal(digest([...FACTS, fact("volts", "1", "1", 1)]), before, "not with more readings");
  assert.equal(digest([...FACTS, fact("volts", "9", "9", 1)]), before, "not with other modules");
  assert.notEqual(digest([...FACTS, fact("new", null, null, 1)]), before);
  assert.notEqual(digest([...FACTS, fact("volts", "1", "1", 0, 99)]), before);
});
