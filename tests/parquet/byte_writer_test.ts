import assert from "node:assert/strict";
import fc from "fast-check";
import {
  putByte,
  putBytes,
  putFloat64,
  putInt,
  putInt64,
  putList,
  putStop,
  putText,
  putUint32,
  putVarint,
  sink,
  Thrift,
  written,
} from "../../lib/parquet/byte_writer.ts";
import { deserializeTCompactProtocol, readVarInt } from "hyparquet/src/thrift.js";

Deno.test("a sink grows and keeps what was written", () => {
  const out = sink(1);
  putByte(out, 7);
  putUint32(out, 0xdeadbeef);
  putInt64(out, -2n);
  putFloat64(out, 0.1);
  putBytes(out, Uint8Array.of(1, 2, 3));
  const view = new DataView(out.bytes.buffer);
  assert.equal(view.getUint8(0), 7);
  assert.equal(view.getUint32(1, true), 0xdeadbeef);
  assert.equal(view.getBigInt64(5, true), -2n);
  assert.equal(view.getFloat64(13, true), 0.1);
  assert.deepEqual([...written(out).subarray(21)], [1, 2, 3]);
});

Deno.test("varints are read back by another implementation", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
    const out = sink();
    putVarint(out, value);
    const reader = { view: new DataView(out.bytes.buffer), offset: 0 };
    assert.equal(readVarInt(reader) >>> 0, value);
    assert.equal(reader.offset, out.at);
  }));
});

Deno.test("a thrift struct is read back by another implementation", () => {
  const out = sink();
  putInt(out, 1, 2 ** 31 - 1);
  putInt(out, 2, 5, Thrift.i64);
  putList(out, 1, Thrift.i32, 20);
  for (let i = 0; i < 20; i++) putVarint(out, i << 1);
  putByte(out, (1 << 4) | Thrift.binary);
  putText(out, "µ");
  putStop(out);
  const reader = { view: new DataView(out.bytes.buffer), offset: 0 };
  const { field_1, field_3, field_4, field_5 } = deserializeTCompactProtocol(reader);
  assert.deepEqual([field_1, field_3], [2 ** 31 - 1, 5n]);
  assert.deepEqual(field_4, Array.from({ length: 20 }, (_, i) => i));
  assert.equal(new TextDecoder().decode(field_5), "µ");
});
