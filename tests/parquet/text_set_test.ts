import assert from "node:assert/strict";
import fc from "fast-check";
import { clearTexts, createTexts, textId } from "../../lib/parquet/text_set.ts";

Deno.test("two texts have one id exactly if they are equal, and ids count up", () => {
  const texts = createTexts(1);
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 })), (list) => {
    clearTexts(texts);
    const ids = list.map((text) => {
      const bytes = new TextEncoder().encode(`<${text}>`);
      return textId(texts, bytes, 1, bytes.length - 1);
    });
    const known = [...new Set(list)];
    assert.deepEqual(ids, list.map((text) => known.indexOf(text)));
    assert.equal(texts.size, known.length);
    const kept = known.map((_, id) => texts.bytes.subarray(texts.starts[id], texts.starts[id + 1]));
    assert.deepEqual(kept.map((bytes) => new TextDecoder().decode(bytes)), known);
  }));
});
