import assert from "node:assert/strict";
import fc from "fast-check";
import { DuckDBInstance } from "@duckdb/node-api";
import { parseTags } from "../../lib/telemetry/tags_text.ts";

const MALFORMED = { reason: "tags that are malformed" };
const anyPairs = fc.array(
  fc.tuple(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "grapheme" }),
  ),
  { minLength: 1, maxLength: 4 },
);

Deno.test("parseTags() reads JSON of lists, of objects and of an object", () => {
  fc.assert(fc.property(anyPairs, (pairs) => {
    const objects = pairs.map(([name, text]) => ({ name: `<${name}>`, text }));
    const fields = pairs.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`);
    assert.deepEqual(parseTags(JSON.stringify(pairs)), { value: pairs });
    assert.deepEqual(parseTags(JSON.stringify(objects)), {
      value: pairs.map(([key, value]) => [`<${key}>`, value]),
    });
    // Also if a name occurs twice.
    assert.deepEqual(parseTags(`{${fields.join(" ,\n")}}`), { value: pairs });
  }));
});

Deno.test("parseTags() reads lists and maps as DuckDB prints them", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const texts = [
    "a",
    "x, y",
    "it's",
    "[x]",
    'say "x"',
    "",
    "NULL",
    " x",
    "{x}",
    "a=b",
    "a:b",
    "1.0",
    "null",
    "\t",
    "\u00a0x\u3000",
    "\u2028",
    "\ufeffx",
    "\\",
  ];
  const pairs = texts.map((text, i) => [`${text}${i}`, text]);
  const literals = pairs.map((pair) => pair.map((text) => `'${text!.replaceAll("'", "''")}'`));
  const list = `[${literals.map((pair) => `[${pair}]`)}]`;
  const fields = literals.map(([key, value]) => `${key}: ${value}`);
  const map = `map {${fields}}`;
  const result = await connection.runAndReadAll(`select ${list}::varchar, ${map}::varchar`);
  for (const text of result.getRows()[0]!) {
    assert.deepEqual(parseTags(text as string), { value: pairs }, text as string);
  }
  connection.closeSync();
});

Deno.test("parseTags() reads structs as DuckDB prints them", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const struct = "{phase: 1.0, module: ?::varchar, cell: 7, none: null, 'it''s': 'a, b'}";
  const structs = "[{key: 'phase', value: '1'}, {key: 'module', value: ?::varchar}]";
  const texts = [
    "1",
    "a",
    "01",
    "x, y",
    "it's",
    "a: b",
    "{x}",
    "[x]",
    'say "x"',
    "NULL",
    "\u00a0",
    "a b",
  ];
  for (const module of texts) {
    const prepared = await connection.prepare(`select ${struct}::varchar, ${structs}::varchar`);
    prepared.bindVarchar(1, module);
    prepared.bindVarchar(2, module);
    const [[one, list] = []] = (await prepared.runAndReadAll()).getRows();
    const place = [["phase", "1"], ["module", module]];
    assert.deepEqual(parseTags(one as string), {
      value: [...place, ["cell", "7"], ["it's", "a, b"]],
    });
    assert.deepEqual(parseTags(list as string), { value: place });
  }
  connection.closeSync();
});

Deno.test("parseTags() reads scalars as text, and leaves out nulls and NaN", () => {
  const text =
    "{'a': 1, 'b': 1.0, 'c': -1.50, 'd': True, 'e': None, 'f': nan, 'g': \"it's \\x41\"}";
  assert.deepEqual(parseTags(text), {
    value: [["a", "1"], ["b", "1"], ["c", "-1.5"], ["d", "true"], ["g", "it's A"]],
  });
  for (const none of ["[]", "{}", " { } ", '{"phase": null}']) {
    assert.deepEqual(parseTags(none), { value: [["message_source", ""]] });
  }
});

Deno.test("parseTags() finds anything else malformed, and does not recurse without end", () => {
  const texts = [
    "",
    "null",
    "1",
    '"x"',
    "[1]",
    "[[a]]",
    "[[a,b]",
    "[[a,b]]]",
    "{a}",
    "{a=b",
    "[{}]",
  ];
  const deep = ["[".repeat(1e6), `${"[".repeat(9)}${"]".repeat(9)}`, '{"a":{"b":{"c":{"d":1}}}}'];
  for (const text of [...texts, ...deep, `[["a","${"x".repeat(1e6)}]]`]) {
    assert.deepEqual(parseTags(text), MALFORMED, text.slice(0, 40));
  }
});
