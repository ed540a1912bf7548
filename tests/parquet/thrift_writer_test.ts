import assert from "node:assert/strict";
import fc from "fast-check";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { ThriftType, ThriftWriter } from "../../lib/parquet/thrift_writer.ts";

/** What hyparquet's parser finds in a struct. */
function parse(write: (thrift: ThriftWriter) => void) {
  const out = new ByteWriter();
  const thrift = new ThriftWriter(out);
  thrift.beginStruct();
  write(thrift);
  thrift.endStruct();
  const reader = { view: new DataView(out.buffer.buffer), offset: 0 };
  const parsed = deserializeTCompactProtocol(reader);
  assert.equal(reader.offset, out.length);
  return parsed;
}

Deno.test("ThriftWriter writes nested structs and long lists that hyparquet parses", () => {
  const parsed = parse((thrift) => {
    thrift.i32(1, 2 ** 31 - 1);
    thrift.i64(3, 5);
    thrift.list(4, ThriftType.I32, 20);
    for (let i = 0; i < 20; i++) thrift.i32Element(i);
    thrift.beginStruct(5);
    thrift.emptyStruct(7);
    thrift.bool(8, true);
    thrift.bool(9, false);
    thrift.endStruct();
    thrift.string(6, "µ");
    thrift.binary(8, Uint8Array.of(255, 0));
  });
  const text = new TextDecoder();
  assert.deepEqual([parsed.field_1, parsed.field_3], [2 ** 31 - 1, 5n]);
  assert.deepEqual(parsed.field_4, Array.from({ length: 20 }, (_, i) => i));
  assert.deepEqual(parsed.field_5, { field_7: {}, field_8: true, field_9: false });
  assert.equal(text.decode(parsed.field_6), "µ");
  assert.deepEqual([...parsed.field_8], [255, 0]);
});

Deno.test("i32() keeps every 32-bit integer, and i64() every natural number of 31 bits", () => {
  fc.assert(fc.property(fc.integer(), fc.nat({ max: 2 ** 31 - 1 }), (int, long) => {
    const parsed = parse((thrift) => {
      thrift.i32(1, int);
      thrift.i64(2, long);
    });
    assert.deepEqual(parsed, { field_1: int, field_2: BigInt(long) });
  }));
});

Deno.test("encodedFields() continues after the fields that it copies", () => {
  const before = new ByteWriter();
  const first = new ThriftWriter(before);
  first.beginStruct();
  first.i32(1, 1);
  first.i32(4, 4);
  const parsed = parse((thrift) => {
    thrift.encodedFields(before.getBytes(), 4);
    thrift.i32(5, 5);
  });
  assert.deepEqual(parsed, { field_1: 1, field_4: 4, field_5: 5 });
});
