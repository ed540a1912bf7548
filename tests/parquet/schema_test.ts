import assert from "node:assert/strict";
import type { SchemaElement } from "hyparquet";
import { NeedsImport } from "../../lib/errors.ts";
import { checkColumns, type ColumnType, findColumns } from "../../lib/parquet/schema.ts";

const text = (name: string, more: Partial<SchemaElement> = {}): SchemaElement => ({
  ...{ name, type: "BYTE_ARRAY", repetition_type: "OPTIONAL", converted_type: "UTF8" },
  ...more,
});
const group = (name: string, num_children: number, more: Partial<SchemaElement> = {}) =>
  ({ name, num_children, repetition_type: "OPTIONAL", ...more }) as SchemaElement;
const list = (name: string) => group(name, 1, { converted_type: "LIST" });
const repeated = (name: string, children = 1) =>
  group(name, children, { repetition_type: "REPEATED" });
const time = (more: Partial<SchemaElement> = {}): SchemaElement => ({
  ...{ name: "time", type: "INT64", repetition_type: "REQUIRED" },
  ...more,
});
const schema = (...columns: SchemaElement[]) => [
  { name: "root", num_children: 5 },
  ...[text("value"), group("other", 2), text("a"), text("b")],
  ...columns,
];
const findColumn = (elements: SchemaElement[], name: string, type: ColumnType) =>
  findColumns(elements, { [name]: type })[0]!;
const TAGS = [list("tags"), repeated("list"), list("element"), repeated("list"), text("element")];

Deno.test("findColumns() returns the leaf index and the maximum levels of a column", () => {
  const elements = schema(time(), ...TAGS, text("last"));
  const { index, maxDefinitionLevel, maxRepetitionLevel, path } = findColumn(
    elements,
    "tags",
    "pairs",
  );
  assert.deepEqual([index, maxDefinitionLevel, maxRepetitionLevel], [4, 5, 2]);
  assert.equal(path, "tags.list.element.list.element");
  assert.equal(findColumn(elements, "last", "text").index, 5);
  const { maxDefinitionLevel: level, unit } = findColumn(elements, "time", "int64");
  assert.deepEqual([level, unit], [0, null]);
});

Deno.test("findColumns() names all missing columns, and a wanted one that occurs twice", () => {
  const elements = schema(time(), ...TAGS, text("time"));
  const missing = () =>
    findColumns(elements, { y: "text", time: "text", value: "text", x: "pairs" });
  assert.throws(missing, {
    message: "has no column 'y', 'x'; it has 'value', 'other', 'time', 'tags', 'time'",
  });
  assert.throws(() => findColumn(elements, "time", "int64"), {
    message: "has more than one column 'time'",
  });
  const others = schema(time(), text("a"), text("a"));
  assert.equal(findColumn(others, "time", "int64").index, 3);
});

Deno.test("checkColumns() lists at most ten of the columns that there are", () => {
  checkColumns(["b", "a"], ["a", "b"]);
  const found = Array.from({ length: 12 }, (_, i) => `c${i}`);
  assert.throws(() => checkColumns(found, ["c1", "x"]), {
    message: `has no column 'x'; it has '${found.slice(0, 10).join("', '")}'`,
  });
});

Deno.test("findColumns() returns the unit of a timestamp", () => {
  const timestamp = (unit: "MILLIS" | "MICROS" | "NANOS") => ({
    logical_type: { type: "TIMESTAMP" as const, isAdjustedToUTC: true, unit },
  });
  const units: [Partial<SchemaElement>, string | null][] = [
    [{}, null],
    [{ converted_type: "INT_64" }, null],
    [{ converted_type: "TIMESTAMP_MILLIS" }, "MILLIS"],
    [{ converted_type: "TIMESTAMP_MICROS" }, "MICROS"],
    [timestamp("MILLIS"), "MILLIS"],
    [timestamp("NANOS"), "NANOS"],
  ];
  for (const [more, unit] of units) {
    assert.equal(findColumn(schema(time(more)), "time", "int64").unit, unit);
  }
});

Deno.test("findColumns() throws NeedsImport for other types", () => {
  const pair = [text("key"), text("value")];
  const lists: [what: string, tags: SchemaElement[]][] = [
    ["text", [text("tags")]],
    ["a map", [group("tags", 1, { converted_type: "MAP" }), repeated("key_value", 2), ...pair]],
    ["structs", [list("tags"), repeated("list"), group("element", 2), ...pair]],
    ["texts", [list("tags"), repeated("list"), text("element")]],
    ["a struct", [group("tags", 2), ...pair]],
    ["a bare repeated group", [repeated("tags", 2), ...pair]],
    ["groups that are not called lists", [
      ...[group("tags", 1), repeated("list"), group("element", 1), repeated("list"), text("x")],
    ]],
    ["elements of old", [
      ...[list("tags"), repeated("array"), list("element"), repeated("list"), text("x")],
    ]],
    ["lists of numbers", [...TAGS.slice(0, 4), time({ repetition_type: "OPTIONAL" })]],
  ];
  for (const [what, tags] of lists) {
    assert.throws(() => findColumn(schema(...tags), "tags", "pairs"), NeedsImport, what);
  }
  const times: Partial<SchemaElement>[] = [
    { type: "INT32" },
    { type: "INT96" },
    { repetition_type: "REPEATED" },
    { converted_type: "UINT_64" },
    { converted_type: "DECIMAL" },
    { logical_type: { type: "INTEGER", bitWidth: 64, isSigned: false } },
  ];
  for (const more of times) {
    assert.throws(() => findColumn(schema(time(more)), "time", "int64"), NeedsImport);
  }
  for (const more of [{ converted_type: "JSON" }, { logical_type: { type: "BSON" } }] as const) {
    assert.throws(() => findColumn(schema(text("x", more)), "x", "text"), NeedsImport);
  }
});

Deno.test("findColumns() rejects a schema that ends early at any depth", () => {
  const whole = schema(time(), ...TAGS);
  for (let end = 1; end < whole.length; end++) {
    assert.throws(() => findColumn(whole.slice(0, end), "tags", "pairs"), Error);
  }
  const endless = [
    { name: "root", num_children: 1 },
    ...Array.from({ length: 200_000 }, () => list("x")),
  ];
  assert.throws(() => findColumn(endless, "x", "pairs"), /a schema that is broken/);
  const negative = schema(group("tags", -1));
  assert.throws(() => findColumn(negative, "tags", "pairs"), /a schema that is broken/);
});
