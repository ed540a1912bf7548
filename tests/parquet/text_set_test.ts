import assert from "node:assert/strict";
import fc from "fast-check";
import { TextSet } from "../../lib/parquet/text_set.ts";

Deno.test("TextSet.intern() returns the same id for equal texts only, and counts ids up", () => {
  const texts = new TextSet();
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 40 }),
      (list) => {
        texts.clear();
        const ids = list.map((text) => {
          const bytes = new TextEncoder().encode(`<${text}>`);
          return texts.intern(bytes, 1, bytes.length - 1);
        });
        const known = [...new Set(list.map((text) => text.toWellFormed()))];
        assert.deepEqual(ids, list.map((text) => known.indexOf(text.toWellFormed())));
        assert.equal(texts.size, known.length);
        assert.deepEqual(known.map((_, id) => texts.text(id)), known);
      },
    ),
  );
});

Deno.test("TextSet.intern() keeps more texts than it had room for", () => {
  const texts = new TextSet();
  const encoder = new TextEncoder();
  for (const round of [1, 2]) {
    for (let i = 0; i < 5_000; i++) {
      const bytes = encoder.encode(`text ${i}`);
      assert.equal(texts.intern(bytes, 0, bytes.length), i, `round ${round}`);
    }
  }
  assert.equal(texts.text(4_999), "text 4999");
});

Deno.test("TextSet.intern() rejects bytes that are not UTF-8, also the second time", () => {
  const texts = new TextSet();
  const bytes = Uint8Array.of(0x61, 0xc3, 0x28);
  for (let i = 0; i < 2; i++) {
    assert.throws(() => texts.intern(bytes, 0, 3), /^Error: a text that is not UTF-8$/);
  }
  assert.deepEqual([texts.size, texts.intern(bytes, 0, 1)], [0, 0]);
});

Deno.test("TextSet.intern() tells texts of any length apart that differ in one byte", () => {
  for (let length = 1; length <= 40; length++) {
    const texts = new TextSet();
    const text = new Uint8Array(length + 1).subarray(1).fill(0x61);
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < length; at++) {
        text[at] = 0x62;
        assert.equal(texts.intern(text, 0, length), at, `byte ${at} of ${length}`);
        text[at] = 0x61;
      }
    }
  }
});
