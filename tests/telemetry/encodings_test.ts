import assert from "node:assert/strict";
import { Unsupported } from "../../lib/errors.ts";
import { eachValue } from "../../lib/telemetry/encodings.ts";
import { PageEncoding as Encoding, SLACK } from "../../lib/parquet/mod.ts";
import type { Physical } from "../../lib/telemetry/schema.ts";

/** Reads a page's values as their bytes; a few bytes may be touched behind it. */
function read(bytes: number[], count: number, encoding: number, type: Physical): number[][] {
  const page = new Uint8Array(bytes.length + SLACK).subarray(0, bytes.length);
  page.set(bytes);
  const found: number[][] = [];
  eachValue(page, 0, count, encoding, type, (source, start, end, i) => {
    found[i] = [...source.subarray(start, end)];
  });
  return found;
}

/** Some equal numbers as differences: a block of 128, in 4 parts, of a count; then the first. */
const same = (count: number, value: number) => [128, 1, 4, count, value * 2, 0, 0, 0, 0, 0];

Deno.test("values are read in every encoding", () => {
  const [a, b] = [97, 98];
  assert.deepEqual(read([1, 0, 0, 0, a, 0, 0, 0, 0], 2, Encoding.plain, "text"), [[a], []]);
  assert.deepEqual(read([1, 2, 3, 4], 1, Encoding.plain, "int32"), [[1, 2, 3, 4]]);
  assert.deepEqual(read(same(2, 5), 2, Encoding.deltaBinary, "int32"), [[5, 0, 0, 0], [
    5,
    0,
    0,
    0,
  ]]);
  assert.deepEqual(
    read([1, 5, 2, 6, 3, 7, 4, 8], 2, Encoding.streamSplit, "float"),
    [[1, 2, 3, 4], [5, 6, 7, 8]],
  );
  assert.deepEqual(read([...same(2, 1), a, b], 2, Encoding.deltaLength, "text"), [[a], [b]]);
  // The first difference is 1: the second text shares one byte, and adds one.
  const shared = [128, 1, 4, 2, 0, 2, 0, 0, 0, 0];
  assert.deepEqual(read([...shared, ...same(2, 1), a, b], 2, Encoding.deltaText, "text"), [[a], [
    a,
    b,
  ]]);
});

Deno.test("pages that do not hold their values are refused", () => {
  const refused: [bytes: number[], encoding: number, type: Physical, message: RegExp][] = [
    [[2, 0, 0, 0, 97], Encoding.plain, "text", /longer than its page/],
    [[255, 255, 255, 255, 97], Encoding.plain, "text", /longer than its page/],
    [[1, 2, 3], Encoding.plain, "int32", /too short for 2 values/],
    [[1, 2, 3, 4, 5, 6, 7], Encoding.streamSplit, "float", /too short for 2 values/],
    [[...same(2, 1), 97], Encoding.deltaLength, "text", /longer than its page/],
    [[...same(2, -1), 97], Encoding.deltaLength, "text", /longer than its page|Offset/],
    [[...same(2, 1), ...same(2, 1), 97], Encoding.deltaText, "text", /shares more than there is/],
    [[0, 4, 2, 0], Encoding.deltaBinary, "int64", /blocks of 0 and 4 parts/],
    [[128, 1, 0, 2, 0], Encoding.deltaBinary, "int64", /blocks of 128 and 0 parts/],
    [[128, 1, 3, 2, 0], Encoding.deltaBinary, "int32", /blocks of 128 and 3 parts/],
    [[128, 1, 4, 2, 0, 0, 32, 0, 0, 0], Encoding.deltaBinary, "int32", /ends within|Offset/],
  ];
  for (const [bytes, encoding, type, message] of refused) {
    assert.throws(() => read(bytes, 2, encoding, type), message, `${bytes}`);
  }
});

Deno.test("encodings that a type does not have are left to the general reader", () => {
  assert.throws(() => read([0], 1, Encoding.deltaBinary, "text"), Unsupported);
  assert.throws(() => read([0], 1, Encoding.deltaText, "int64"), Unsupported);
  assert.throws(() => read([0], 1, 99, "int64"), Unsupported);
});
