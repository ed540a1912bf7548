import assert from "node:assert/strict";
import { TextSet } from "../../lib/parquet/mod.ts";

Deno.test("TextSet.intern() accepts 2 GiB of distinct text, and names this limit when it is exceeded", () => {
  const set = new TextSet();
  const text = new Uint8Array(2 ** 30);
  const intern = (first: string, length: number) => {
    text[0] = first.charCodeAt(0);
    return set.intern(text, 0, length);
  };
  assert.equal(intern("a", 2 ** 30), 0);
  assert.equal(intern("b", 2 ** 30 - 1), 1);
  assert.throws(() => intern("c", 1), /more than 2 GiB of distinct texts/);
  assert.equal(intern("a", 2 ** 30), 0, "what is known is still found");
  assert.deepEqual([set.starts[1], set.starts[2]], [2 ** 30, 2 ** 31 - 1]);
});
