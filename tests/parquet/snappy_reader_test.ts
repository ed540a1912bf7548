import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { snappyCompress } from "../../lib/parquet/snappy.ts";
import { snappyUncompress } from "../../lib/parquet/snappy_reader.ts";

function compress(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  snappyCompress(out, new Uint8Array(bytes));
  return out.getBytes();
}

Deno.test("snappyUncompress() returns the bytes that were compressed, of any size", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assert.deepEqual(snappyUncompress(compress(bytes), bytes.length), bytes);
  }));
  const large = Uint8Array.from({ length: 40_000_000 }, (_, i) => (i >>> 8) & 255);
  const found = snappyUncompress(compress(large), large.length);
  assert.ok(found.length === large.length && found.every((byte, i) => byte === large[i]));
});

Deno.test("snappyUncompress() refuses bytes that claim another size, and broken ones", () => {
  const bytes = compress(new Uint8Array(1000).fill(7));
  for (const size of [0, 999, 1001]) {
    assert.throws(() => snappyUncompress(bytes, size), /claims a size other/);
  }
  assert.throws(() => snappyUncompress(bytes.subarray(0, -1), 1000), /is broken/);
  const endless = Uint8Array.of(...Array(10).fill(255));
  assert.throws(() => snappyUncompress(endless, 1000), /claims a size other/);
});

Deno.test("the global WebAssembly.Instance is the original one", () => {
  assert.equal(WebAssembly.Instance.name, "Instance");
  assert.match(String(WebAssembly.Instance), /native code/);
});
