import assert from "node:assert/strict";
import fc from "fast-check";
import { compareTexts, compareValues, parseDecimal, ValueSet } from "../../lib/telemetry/values.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("parseDecimal() returns the nearest float64", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
    const texts = [String(number), number.toExponential(), number.toFixed(3)];
    const float32 = Math.fround(number);
    if (Number.isFinite(float32)) texts.push(String(float32));
    for (const text of texts) assert.ok(Object.is(parseDecimal(text), Number(text)), text);
  }));
  const decimal = fc.stringMatching(/^[+-]?\d{1,18}(\.\d{0,18})?([eE][+-]?\d{1,2})?$/);
  fc.assert(
    fc.property(decimal, (text) => assert.ok(Object.is(parseDecimal(text), Number(text)), text)),
  );
});

Deno.test("parseDecimal() accepts only decimal forms", () => {
  const numbers = ["1", "-0.0", ".5", "5.", " 1 ", "\t2", "1e3", "+1.5E-3", "0".repeat(400) + "1"];
  for (const text of numbers) assert.ok(Object.is(parseDecimal(text), Number(text)), text);
  const others = [
    "",
    " ",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "1e999",
    "0x10",
    "1_000",
    "1,5",
    "1 2",
  ];
  others.push("e5", ".", "+", "1e", "1e+", "--1", "IDLE", "9".repeat(400), "１");
  for (const text of others) assert.ok(Number.isNaN(parseDecimal(text)), text);
});

Deno.test("parseDecimal() reads texts so long that anything but linear time would take hours", () => {
  for (const part of ["1", " "]) {
    assert.ok(Number.isNaN(parseDecimal(`${part.repeat(10_000_000)}x`)));
  }
});

Deno.test("ValueSet.intern() returns the same id for equal texts among any others", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat()), (texts, again) => {
      const values = new ValueSet();
      const idOf = (text: string) => {
        const bytes = encode(`..${text}.`);
        return values.intern(bytes, 2, bytes.length - 1);
      };
      const ids = texts.map(idOf);
      assert.equal(values.size, new Set(texts).size);
      for (const i of again.filter((i) => i < texts.length)) assert.equal(idOf(texts[i]!), ids[i]);
      texts.forEach((text, i) => assert.equal(values.text(ids[i]!), text));
    }),
  );
});

Deno.test("ValueSet grows its buffers, and is empty after clear()", () => {
  const values = new ValueSet();
  const count = 200_000;
  const idOf = (i: number) => values.intern(encode(`value ${i}`), 0, `value ${i}`.length);
  for (let i = 0; i < count; i++) assert.equal(idOf(i), i);
  assert.equal(idOf(count - 1), count - 1);
  assert.equal(values.text(77_777), "value 77777");
  values.clear();
  assert.equal(values.size, 0);
  assert.equal(idOf(count - 1), 0);
});

Deno.test("ValueSet.intern() rejects text that is not UTF-8", () => {
  const values = new ValueSet();
  for (const _ of ["once", "twice"]) {
    assert.throws(() => values.intern(Uint8Array.of(0xff, 0xfe), 0, 2), /not UTF-8/);
  }
});

Deno.test("compareValues() is a total order: numbers by size, then texts by code point", () => {
  const values = new ValueSet();
  const order = ["-1", "0", "0.0", "2", "10", "", "IDLE", "\uffff", "\u{1f50b}"];
  const ids = order.map((text) => values.intern(encode(text), 0, encode(text).length));
  ids.forEach((a, i) =>
    ids.forEach((b, k) => assert.equal(Math.sign(compareValues(values, a, b)), Math.sign(i - k)))
  );
  assert.ok(compareTexts(values, ids[3]!, ids[4]!) > 0, "as text, 2 is greater than 10");
});
