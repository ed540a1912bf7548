import assert from "node:assert/strict";
import fc from "fast-check";
import { compareNatural, folderOf, signalOf, type Tags } from "../../lib/telemetry/tags.ts";

const place = [["phase", "1"], ["module", "2"]] as const;
const source = ["message_source", "master"] as const;

const signals: [payload: string, tags: Tags, column: string, reason?: string][] = [
  ["module_voltage", [...place, source], "module_voltage"],
  ["cell_voltage", [...place, ["battery", "1"], ["cell", "3"]], "cell_voltage_battery_1_cell_3"],
  [
    "debug_value",
    [["debug_value_key", "cb_temp_core"]],
    "debug_value_debug_value_key_cb_temp_core",
  ],
  ["x", [["cell", "1"], ["cell", "2"]], "x_cell_1_cell_2"],
  ["x", [["module", "2"]], "x", "a module without a phase"],
  ["x", [["phase", "1"], ["phase", "1"]], "x", "more than one phase tag"],
  ["x", [["phase", ""]], "x", "an empty phase tag"],
  ["x", [["phase", "1"], ["module", ""]], "x", "an empty module tag"],
  ["", [], "", "an empty payload_type"],
  ["phase", [], "phase", "a signal called phase, like a column that every file has"],
  ["x", [["phase", "é".repeat(50)]], "x", "phase and module too long for a folder's name"],
];

Deno.test("signalOf() derives the signal and its place from tags", () => {
  for (const [payload, tags, column, reason] of signals) {
    const signal = signalOf(payload, tags);
    assert.equal(signal.column, column);
    assert.equal(signal.reason, reason ?? null);
  }
  assert.deepEqual(signalOf("x", [...place, source]), {
    phase: "1",
    module: "2",
    payload: "x",
    column: "x",
    reason: null,
    tags: [...place, source],
  });
});

Deno.test("folderOf() returns a name that is safe, reversible and unique", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.isWellFormed());
  fc.assert(fc.property(text, text, (phase, module) => {
    const folder = folderOf(phase, module);
    assert.match(folder, /^([A-Za-z0-9-]|%[0-9A-F]{2})+_([A-Za-z0-9-]|%[0-9A-F]{2})+$/);
    assert.deepEqual(folder.split("_").map(decodeURIComponent), [phase, module]);
  }));
  assert.equal(folderOf("..", "/etc"), "%2E%2E_%2Fetc");
  assert.notEqual(folderOf("1_1", "2"), folderOf("1", "1_2"));
});

Deno.test("compareNatural() orders digits as numbers", () => {
  const order = ["cell_1", "cell_01", "cell_2", "cell_2_x", "cell_10", "cell_x", "dell"];
  fc.assert(fc.property(fc.shuffledSubarray(order, { minLength: order.length }), (shuffled) => {
    assert.deepEqual(shuffled.toSorted(compareNatural), order.toSorted(compareNatural));
  }));
  assert.deepEqual(["cell_10", "cell_2", "cell_1"].sort(compareNatural), [
    "cell_1",
    "cell_2",
    "cell_10",
  ]);
  assert.ok(compareNatural("a99999999999999999999", "a100000000000000000000") < 0);
});
