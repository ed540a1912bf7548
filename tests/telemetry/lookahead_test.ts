import assert from "node:assert/strict";
import { lineEnd, Lookahead, MAX_RECORD } from "../../lib/telemetry/lookahead.ts";

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size); // reused, as by the reader of files
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    buffer.set(chunk);
    yield buffer.subarray(0, chunk.length);
  }
}

Deno.test("Lookahead holds more bytes than a record has until the file ends, for any size of chunks", async () => {
  const file = Uint8Array.from({ length: 5 * MAX_RECORD + 7 }, (_, i) => i % 251);
  for (const size of [MAX_RECORD / 4 + 3, 3 * MAX_RECORD, file.length]) {
    const input = new Lookahead(chunksOf(file, size));
    let taken = 0;
    for (let step = 1; await input.fill(); step = Math.min(step * 3, MAX_RECORD)) {
      const held = input.end - input.at;
      assert.ok(held > MAX_RECORD || taken + held === file.length);
      const some = Math.min(step, held);
      const bytes = input.bytes.subarray(input.at, input.at + some);
      assert.ok(bytes.every((byte, i) => byte === (taken + i) % 251), `byte ${taken}`);
      input.at += some;
      taken += some;
    }
    assert.equal(taken, file.length);
  }
});

Deno.test("Lookahead.fill() passes over a byte order mark, and finds a file of nothing else empty", async () => {
  const first = async (bytes: number[]) => {
    const input = new Lookahead(chunksOf(Uint8Array.from(bytes), 2));
    return await input.fill() ? [...input.bytes.subarray(input.at, input.end)] : null;
  };
  const mark = [0xef, 0xbb, 0xbf];
  assert.deepEqual(await first([...mark, 1, 2]), [1, 2]);
  assert.deepEqual(await first([1, ...mark]), [1, ...mark]);
  assert.deepEqual(await first(mark.slice(0, 2)), mark.slice(0, 2));
  assert.equal(await first(mark), null);
  assert.equal(await first([]), null);
  const long = Uint8Array.from({ length: MAX_RECORD + 9 }, (_, i) => mark[i] ?? 1);
  const input = new Lookahead(chunksOf(long, MAX_RECORD + 2));
  assert.ok(await input.fill(), "a first chunk that is too short without its mark");
  assert.equal(input.end - input.at, MAX_RECORD + 6);
});

Deno.test("lineEnd() returns the position after a line", () => {
  const bytes = new TextEncoder().encode("a\r\nb\nc");
  assert.deepEqual([0, 3, 5].map((at) => lineEnd(bytes, at, bytes.length)), [3, 5, 6]);
  assert.equal(lineEnd(bytes, 0, 2), 2);
});
