import assert from "node:assert/strict";
import { csvRecords } from "../../lib/telemetry/csv_records.ts";

const HEAD = "timestamp,payload_type,value,tags";

/** The fields of a text's first record, and what follows the record; or why it is none. */
function first(header: string, text: string) {
  const format = csvRecords(header);
  const bytes = new TextEncoder().encode(`#${text}`);
  const next = format.next(bytes, 1, bytes.length);
  if (typeof next === "string") return next;
  const spanOf = (column: number) =>
    new TextDecoder().decode(
      bytes.subarray(format.spans[column * 2], format.spans[column * 2 + 1]),
    );
  const fields = [0, 1, 2, 3].map((column) => format.fieldOf(spanOf(column), column));
  const rest = new TextDecoder().decode(bytes.subarray(next));
  const values = fields.map((field) => field !== null && "value" in field ? field.value : null);
  return { values, lines: format.lines, rest };
}

Deno.test("csvRecords() finds the separator, the order of columns and quoted names in the header", () => {
  const values = ["1", "v", "2,5", "t"];
  const wanted = { values, lines: 1, rest: "" };
  assert.deepEqual(first("tags;x;value; timestamp ;payload_type", "t;,;2,5;1;v"), wanted);
  assert.deepEqual(first('timestamp\tpayload_type\t"value"\ttags', "1\tv\t2,5\tt"), wanted);
  assert.deepEqual(first('tags|timestamp|"a ""|"|payload_type|value', "t|1||v|2,5"), wanted);
});

Deno.test("csvRecords() names columns that are missing or there twice", () => {
  const missing = "has no column 'value', 'tags'; it has 'timestamp', 'payload_type', 'x'";
  assert.throws(() => csvRecords("timestamp,payload_type,x"), { message: missing });
  const other = `${missing} (names are case-sensitive)`.replace("'x'", "'Tags'");
  assert.throws(() => csvRecords("timestamp,payload_type,Tags"), { message: other });
  const twice = { message: "has more than one column 'value'" };
  assert.throws(() => csvRecords(`${HEAD},value`), twice);
});

Deno.test("CsvRecords.next() finds the end of a record, and counts its lines", () => {
  const rest = "5,w";
  for (const newline of ["\n", "\r\n"]) {
    const found = first(HEAD, `1,"v\n\n""x"",",,"t"${newline}${rest}`);
    assert.deepEqual(found, { values: ["1", 'v\n\n"x",', null, "t"], lines: 3, rest });
  }
  assert.deepEqual(first(HEAD, '1,v,"",t\r'), { values: ["1", "v", "", "t"], lines: 1, rest: "" });
});

Deno.test("CsvRecords.next() drops blanks around quotes, and keeps those of other fields", () => {
  for (const newline of ["", "\n", "\r\n"]) {
    const wanted = { values: ["1", "v,w", " 2 ", " t "], lines: 1, rest: "" };
    assert.deepEqual(first(HEAD, `1, "v,w"  , 2 ,  " t " ${newline}`), wanted);
  }
  const tabs = "timestamp\tpayload_type\tvalue\ttags";
  const values = ["1", "v", "2", "t"];
  assert.deepEqual(first(tabs, '1\t "v" \t2\t"t"'), { values, lines: 1, rest: "" });
});

Deno.test("CsvRecords.next() takes a quote after blanks for text if it does not close on its line", () => {
  const open = { values: ["1", "v", "1", ' "t'], lines: 1, rest: '2,v,1,"t"' };
  assert.deepEqual(first(HEAD, '1,v,1, "t\n2,v,1,"t"'), open);
  const inside = { values: ["1", ' "v" x', "1", "t"], lines: 1, rest: "" };
  assert.deepEqual(first(HEAD, '1, "v" x,1,t'), inside);
});

Deno.test("CsvRecords.next() says why a line is not a record", () => {
  const reasons = {
    "a line with too few fields": ["1,v\n2,v,1,t", "x", '1,v,"1"'],
    "a line with too many fields": ["1,v,1,t,\n", '1,v,1,"t",5'],
    "a line with an open quote": ['1,v,"1,t\n2', '"', '1,v,1,"t\n2,v,1,"t"'],
    "a line with text after a closing quote": ['1,"v"x,1,t', '1,v,1,"t"\rx'],
  };
  for (const [reason, texts] of Object.entries(reasons)) {
    for (const text of texts) assert.equal(first(HEAD, text), reason, text);
  }
});
