import assert from "node:assert/strict";
import { decode, encode } from "./messages.ts";

Deno.test("decode() reads what encode() wrote, whatever frames come before it", () => {
  const frames = encode("key", "1", "execute_request", { code: "µ" });
  const expected = { type: "execute_request", parent: undefined, content: { code: "µ" } };
  assert.deepEqual(decode("key", frames), expected);
  assert.deepEqual(decode("key", [new TextEncoder().encode("topic"), ...frames]), expected);
});

Deno.test("decode() refuses a message that was changed or signed with another key", () => {
  const frames = encode("key", "1", "execute_request", { code: "1" });
  assert.throws(() => decode("other", frames), /another key/);
  const content = new TextEncoder().encode('{"code":"2"}');
  assert.throws(() => decode("key", [...frames.slice(0, -1), content]), /another key/);
  assert.throws(() => decode("key", frames.slice(0, 4)), /is not a message/);
});
