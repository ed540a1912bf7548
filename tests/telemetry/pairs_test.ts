import assert from "node:assert/strict";
import { pairsOf } from "../../lib/telemetry/pairs.ts";

const PAIRS = [["phase", "1"], ["module", "2"]];
const MALFORMED = { reason: "tags that are malformed" };

Deno.test("pairsOf() finds the same pairs in lists, objects of two fields and an object", () => {
  const objects = (first: string, second: string) =>
    PAIRS.map(([key, value]) => ({ fields: [[first, key!], [second, value!]] as const }));
  const reversed = PAIRS.map(([key, value]) => ({
    fields: [["value", value!], ["key", key!]] as const,
  }));
  const object = { fields: [["phase", "1"], ["none", null], ["module", "2"]] as const };
  for (const nested of [PAIRS, objects("key", "value"), objects("a", "b"), reversed, object]) {
    assert.deepEqual(pairsOf(nested), { value: PAIRS });
  }
});

Deno.test("pairsOf() takes no pairs for one tag that is ignored", () => {
  for (const none of [[], { fields: [] }, { fields: [["phase", null]] as const }]) {
    assert.deepEqual(pairsOf(none), { value: [["message_source", ""]] });
  }
});

Deno.test("pairsOf() finds other values malformed", () => {
  const tags = { fields: [["phase", "1"], ["module", "2"]] as const };
  const many = Array.from({ length: 1_001 }, () => ["a", "1"]);
  const others = [null, "x", ["x"], [["a"]], [["a", null]], [["a", "b", "c"]], [["a", ["b"]]]];
  for (const nested of [...others, [tags], [{ fields: [["a", "b"]] as const }], many]) {
    assert.deepEqual(pairsOf(nested), MALFORMED, JSON.stringify(nested).slice(0, 60));
  }
  assert.ok("value" in pairsOf(many.slice(1)));
});
