import assert from "node:assert/strict";
import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { sink, written } from "../../lib/parquet/byte_writer.ts";
import { putSnappy } from "../../lib/parquet/snappy.ts";

function roundTrip(bytes: Uint8Array<ArrayBuffer>): number {
  const [out, again] = [sink(1), new Uint8Array(bytes.length)];
  putSnappy(out, bytes);
  snappyUncompress(written(out), again);
  assert.ok(again.every((byte, i) => byte === bytes[i]));
  return out.at;
}

Deno.test("what is compressed comes out again, by another implementation", () => {
  const repeats = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat({ max: 30 })))
    .map((parts) =>
      Uint8Array.from(parts.flatMap(([part, times]) => Array(times).fill([...part]).flat()))
    );
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), repeats), (bytes) => {
    roundTrip(new Uint8Array(bytes));
  }));
});

Deno.test("long literals, long copies, and matches out of reach", () => {
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
