import assert from "node:assert/strict";
import fc from "fast-check";
import { readVarInt } from "hyparquet/src/thrift.js";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";

Deno.test("ByteWriter keeps its bytes when it grows", () => {
  const out = new ByteWriter(1);
  out.appendUint8(7);
  out.appendUint32(0xdeadbeef);
  out.appendInt64(-2n);
  out.appendFloat64(0.1);
  out.appendBytes(Uint8Array.of(1, 2, 3));
  const view = new DataView(out.buffer.buffer);
  assert.equal(view.getUint8(0), 7);
  assert.equal(view.getUint32(1, true), 0xdeadbeef);
  assert.equal(view.getBigInt64(5, true), -2n);
  assert.equal(view.getFloat64(13, true), 0.1);
  assert.deepEqual([...out.getBytes()].slice(21), [1, 2, 3]);
  out.setUint32(1, 5);
  assert.deepEqual([...out.getBytes()].slice(0, 6), [7, 5, 0, 0, 0, 254]);
  out.clear();
  assert.equal(out.getBytes().length, 0);
});

Deno.test("appendVarInt() writes what hyparquet's readVarInt() reads", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
    const out = new ByteWriter();
    out.appendVarInt(value);
    const reader = { view: new DataView(out.buffer.buffer), offset: 0 };
    assert.equal(readVarInt(reader) >>> 0, value);
    assert.equal(reader.offset, out.length);
  }));
});
