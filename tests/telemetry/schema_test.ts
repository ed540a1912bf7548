import assert from "node:assert/strict";
import { Unsupported } from "../../lib/errors.ts";
import { type Element, readSchema } from "../../lib/telemetry/schema.ts";

const text = (name: string, more: Partial<Element> = {}): Element => ({
  ...{ name, type: "BYTE_ARRAY", repetition_type: "OPTIONAL", converted_type: "UTF8" },
  ...more,
});
const group = (name: string, num_children: number, repetition_type = "OPTIONAL"): Element => ({
  name,
  num_children,
  repetition_type,
});
const time = { name: "timestamp", type: "INT64", repetition_type: "REQUIRED" };
const schema = (...tags: Element[]) => [
  { name: "schema", num_children: 5 },
  ...[text("value"), group("other", 2), text("a"), text("b"), time, text("payload_type"), ...tags],
];
const LISTS = [
  ...[group("tags", 1), group("list", 1, "REPEATED"), group("element", 1)],
  ...[group("list", 1, "REPEATED"), text("element")],
];

Deno.test("columns are found wherever they stand", () => {
  const { leaves, tags, unit } = readSchema(schema(...LISTS));
  assert.deepEqual(leaves.map(({ index }) => index), [3, 4, 0, 5]);
  assert.deepEqual(leaves.map(({ definition }) => definition), [0, 1, 1, 5]);
  assert.deepEqual(tags, { form: "lists", list: 1, item: 2, tag: 3, keyFirst: true });
  assert.equal(unit, "epoch");
});

Deno.test("structs may have their fields in any order, and nothing may be missing", () => {
  const required = (name: string) => text(name, { repetition_type: "REQUIRED" });
  const { leaves, tags } = readSchema(schema(
    ...[
      group("tags", 1, "REQUIRED"),
      group("list", 1, "REPEATED"),
      group("element", 2, "REQUIRED"),
    ],
    ...[required("value"), text("key")],
  ));
  assert.deepEqual(tags, { form: "structs", list: 0, item: 1, tag: 1, keyFirst: false });
  assert.deepEqual(leaves.slice(3).map(({ index, definition }) => [index, definition]), [
    [6, 2],
    [5, 1],
  ]);
});

Deno.test("other tags are left to the general reader", () => {
  const pair = [text("key"), text("value")];
  const others: [what: string, tags: Element[]][] = [
    ["a map", [group("tags", 1), group("key_value", 2, "REPEATED"), ...pair]],
    ["a list of old", [group("tags", 1), group("array", 1, "REPEATED"), group("x", 2), ...pair]],
    ["texts", [group("tags", 1), group("list", 1, "REPEATED"), text("element")]],
    ["a struct", [group("tags", 2), ...pair]],
    ["a third field", [
      ...[group("tags", 1), group("list", 1, "REPEATED"), group("element", 3), ...pair],
      text("more"),
    ]],
    ["numbers", [{ name: "tags", type: "INT64", repetition_type: "OPTIONAL" }]],
  ];
  for (const [what, tags] of others) {
    assert.throws(() => readSchema(schema(...tags)), Unsupported, what);
  }
});

Deno.test("a schema that ends early is broken", () => {
  const whole = schema(...LISTS);
  for (let end = 0; end < whole.length; end++) {
    assert.throws(() => readSchema(whole.slice(0, end)), /a schema that is broken/);
  }
  const endless = Array.from({ length: 1_000 }, () => group("x", 1));
  assert.throws(() => readSchema(endless), /a schema that is broken/);
});
