import assert from "node:assert/strict";
import { jsonRecords } from "../../lib/telemetry/json_lines.ts";

/** The fields of a text's first line; or why it is not a record. */
function first(text: string) {
  const format = jsonRecords();
  const bytes = new TextEncoder().encode(`#${text}`);
  const next = format.next(bytes, 1, bytes.length);
  if (typeof next === "string") return next;
  return [0, 1, 2, 3].map((column) => {
    const [start, end] = [format.spans[column * 2], format.spans[column * 2 + 1]];
    return format.fieldOf(new TextDecoder().decode(bytes.subarray(start, end)), column);
  });
}

Deno.test("jsonRecords() keeps numbers as they are written, and finds only members of the object", () => {
  const inner = '"x":{"value":0,"tags":["}"]}';
  const text = ` { ${inner} , "value" : 1.50e0,"timestamp":"\\u0031", "tags":{"a":1} }\r\n{}`;
  assert.deepEqual(first(text), [{ value: "1" }, null, { value: "1.50e0" }, { value: '{"a":1}' }]);
  assert.deepEqual(first("{}"), [null, null, null, null]);
  assert.deepEqual(first('{"value":null,"value":"2"}')[2], { value: "2" });
});

Deno.test("jsonRecords() says why a field is not one", () => {
  const reasonOf = (json: string) => first(`{"value":${json}}`)[2];
  assert.deepEqual(reasonOf("[1]"), { reason: "a value that is neither text nor a number" });
  assert.deepEqual(reasonOf('"\\ud800"'), { reason: "a line that is not UTF-8" });
  assert.deepEqual(reasonOf("1x"), { reason: "a line that is not a JSON object" });
  assert.deepEqual(reasonOf("-Infinity"), { value: "-Infinity" });
  assert.deepEqual(first('{"timestamp":[1]}')[0], { reason: "a timestamp that can't be read" });
  assert.deepEqual(first('{"payload_type":{}}')[1], { reason: "a row without a payload_type" });
});

Deno.test("jsonRecords() accepts nothing but an object in a line", () => {
  const texts = ["{", "{}x", '{"a"}', '{"a":}', '{"a":1,}', '{"a":"}', '{"a":[}', "1"];
  for (const text of texts) assert.equal(first(text), "a line that is not a JSON object", text);
  const others = ["@#$", "01", String.raw`"\q"`, "[1,]", '{"a":@}', "True", "'a'"];
  for (const other of others) {
    assert.equal(first(`{"x":${other},"value":1}`), "a line that is not a JSON object", other);
  }
  for (const other of ["-0.5e+3", String.raw`"\ud800 NaN"`, '[NaN,{"a":-Infinity}]', "null"]) {
    assert.deepEqual((first(`{"x":${other},"value":1}`) as unknown[])[2], { value: "1" }, other);
  }
  assert.equal(first("[{}]"), "a JSON array, where each line must be an object");
});
