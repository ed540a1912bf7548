import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeMessage, readMessages } from "../../lib/run/messages.ts";

/** Reads bytes that arrive in pieces; the given sizes are used in turn. */
async function read(bytes: Uint8Array, sizes: readonly number[]): Promise<unknown[]> {
  async function* pieces() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      yield bytes.slice(at, at += sizes[i % sizes.length]!);
    }
  }
  return await Array.fromAsync(readMessages(pieces()));
}

const join = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom("\n", "\r", "\u2028", "\u2029", "\u0085", "\u001e", "\u0000", "x"),
  }),
);
const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

Deno.test("readMessages() returns what encodeMessage() encoded, for any text and any chunks", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(anyText, anyText)),
      anySizes,
      async (messages, sizes) => {
        const expected = JSON.parse(JSON.stringify(messages));
        assert.deepEqual(await read(join(messages.map(encodeMessage)), sizes), expected);
      },
    ),
  ));

Deno.test("readMessages() ignores what native code prints between messages", () =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), anySizes, async (text, sizes) => {
      const noise = new TextEncoder().encode(text.replaceAll("\u001e", ""));
      const bytes = join([noise, encodeMessage({ a: 1 }), noise, encodeMessage([2]), noise]);
      assert.deepEqual(await read(bytes, sizes), [{ a: 1 }, [2]]);
    }),
  ));

Deno.test("readMessages() throws for a message that is broken", async () => {
  await assert.rejects(read(new TextEncoder().encode("\u001e{\n"), [9]), SyntaxError);
});
