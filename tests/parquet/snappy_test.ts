import assert from "node:assert/strict";
import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { snappyCompress } from "../../lib/parquet/snappy.ts";

function roundTrip(bytes: Uint8Array<ArrayBuffer>): number {
  const [out, uncompressed] = [new ByteWriter(1), new Uint8Array(bytes.length)];
  snappyCompress(out, bytes);
  snappyUncompress(out.getBytes(), uncompressed);
  assert.ok(uncompressed.every((byte, i) => byte === bytes[i]));
  return out.length;
}

Deno.test("snappyCompress() writes what hyparquet decompresses", () => {
  const repeats = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat({ max: 30 })))
    .map((parts) =>
      Uint8Array.from(parts.flatMap(([part, times]) => Array(times).fill([...part]).flat()))
    );
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), repeats), (bytes) => {
    roundTrip(new Uint8Array(bytes));
  }));
});

Deno.test("snappyCompress() writes long literals and long copies, but no copy from too far back", () => {
  const noise = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
  assert.ok(roundTrip(noise) < 201_000);
  assert.ok(roundTrip(new Uint8Array(1_000_000)) < 50_000);
  const far = new Uint8Array(150_000).map((
    _,
    i,
  ) => (i % 75_000 < 1000 ? i % 75_000 : Math.imul(i, 0x85ebca6b) >>> 24));
  roundTrip(far);
  for (const length of [0, 1, 3, 4, 5, 60, 61, 256, 257, 65_536, 65_537]) {
    roundTrip(noise.slice(0, length));
  }
});

Deno.test("snappyCompress() writes short, near copies in two bytes, others in three", () => {
  const eight = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  assert.equal(roundTrip(Uint8Array.of(...eight, ...eight)), 1 + 1 + 8 + 2);
  const twelve = Uint8Array.of(...eight, 9, 10, 11, 12);
  assert.equal(roundTrip(Uint8Array.of(...twelve, ...twelve)), 1 + 1 + 12 + 3);
});
