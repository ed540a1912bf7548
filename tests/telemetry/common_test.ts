import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ByteWriter,
  Encoding,
  writeDataPage,
  writeDictionaryPage,
  writeLevels,
  writeRun,
} from "../../lib/parquet/mod.ts";
import { readCommon } from "../../lib/telemetry/common.ts";
import { Unsupported } from "../../lib/errors.ts";
import { createScratch } from "../../lib/telemetry/scratch.ts";
import { encodeRuns, type Runs } from "../helpers/runs.ts";

const LEAF = { index: 3, type: "text", definition: 5, repetition: 2 } as const;

/** Levels come in pairs too: 0 2 begins a row, 1 2 goes on. */
const levelOf = (seed: number) => seed % 2 === 1 ? 2 : Math.floor(Math.abs(Math.sin(seed)) * 2);

/** Reads a chunk of one page: a pair of codes for each pair of levels. */
function readPage(
  levels: Runs,
  codes: Runs,
  bits: number,
  count: number,
  codeOf?: (seed: number) => number,
) {
  const [chunk, dictionary, page] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
  for (let i = 0; i < 2 ** bits; i++) dictionary.appendUint32(0); // which texts is no matter
  writeDictionaryPage(chunk, dictionary.getBytes(), 2 ** bits, "snappy");
  writeLevels(page, () => page.appendBytes(encodeRuns(levels, levelOf).page.subarray(1)));
  writeLevels(page, () => writeRun(page, count, LEAF.definition, 3));
  page.appendBytes(encodeRuns(codes, codeOf).page);
  writeDataPage(chunk, page.getBytes(), count, Encoding.RLE_DICTIONARY, "snappy");
  const bytes = chunk.getBytes();
  const where = { offset: 0, size: bytes.length, codec: "SNAPPY" as const, values: count };
  const room = { arena: { bytes: new Uint8Array(0), at: 0 }, scratch: createScratch() };
  return readCommon(bytes, where, LEAF, room);
}

const anyCodes = fc.record({
  bits: fc.integer({ min: 1, max: 10 }),
  fewer: fc.nat({ max: 2 }),
  runs: fc.array(
    fc.record({
      packed: fc.boolean(),
      length: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat({ max: 1e6 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

Deno.test("pairs are the same whether levels and codes lie in the same runs or not", () => {
  fc.assert(fc.property(anyCodes, fc.nat({ max: 3 }), ({ bits, fewer, runs }, cut) => {
    const even = (seed: number) => seed - seed % 2;
    const packed = runs.map(({ length, seed }) => ({ packed: true, length, seed: even(seed) }));
    const total = packed.reduce((sum, { length }) => sum + length * 8, 0);
    const count = total - cut * 2; // the last group may be padding in part
    const width = Math.max(1, bits - fewer); // a page may have fewer bits than there are texts
    const once = readPage({ width: 2, runs: packed }, { width, runs: packed }, bits, count);
    const one = [{ packed: true, length: total / 8, seed: 0 }];
    const { codes: levels } = encodeRuns({ width: 2, runs: packed }, levelOf);
    const { codes } = encodeRuns({ width, runs: packed });
    const wanted = Array.from({ length: count / 2 }, (_, i) => {
      const [level, next] = [levels[i * 2]!, levels[i * 2 + 1]!];
      const index = codes[i * 2]! + codes[i * 2 + 1]! * 2 ** bits;
      return index * 16 + level + next * 4;
    });
    assert.deepEqual([...once.pairs.subarray(0, count / 2)], wanted);

    const mixed = runs.map(({ packed, length, seed }) =>
      packed ? { packed, length, seed } : { packed, length: length * 8, seed }
    );
    const apart = readPage({ width: 2, runs: one }, { width, runs: mixed }, bits, total);
    const { codes: other } = encodeRuns({ width, runs: mixed });
    const { codes: ordered } = encodeRuns({ width: 2, runs: one }, levelOf);
    const pairs = [...apart.pairs.subarray(0, total / 2)];
    assert.deepEqual(pairs.map((pair) => pair & 3), ordered.filter((_, i) => i % 2 === 0));
    const indices = pairs.map((pair) => pair >>> 4);
    assert.deepEqual(
      indices.map((index) => index % 2 ** bits),
      other.filter((_, i) => i % 2 === 0),
    );
    assert.deepEqual(indices.map((index) => index >>> bits), other.filter((_, i) => i % 2 === 1));
  }));
});

Deno.test("codes of more bits than they need are the same codes, or left to the other way", () => {
  const runs = [{ packed: true, length: 3, seed: 0 }];
  const codeOf = (seed: number) => (seed * 7 + (seed >> 2)) % 4;
  for (let width = 2; width <= 24; width++) {
    const read = () => readPage({ width: 2, runs }, { width, runs }, 2, 24, codeOf).pairs;
    if (width > 12) {
      assert.throws(read, Unsupported, `${width} bits`);
      continue;
    }
    const wanted = Array.from({ length: 12 }, (_, i) => codeOf(2 * i) + codeOf(2 * i + 1) * 4);
    assert.deepEqual([...read().subarray(0, 12)].map((pair) => pair >>> 4), wanted);
    const wrong = (seed: number) => codeOf(seed) + (seed === 23 ? 2 ** (width - 1) : 0);
    const broken = () => readPage({ width: 2, runs }, { width, runs }, 2, 24, wrong);
    if (width > 2) assert.throws(broken, /of more than 2 bits/, `${width} bits`);
  }
});

Deno.test("a page of pairs that is cut short is refused", () => {
  const runs = [{ packed: true, length: 2, seed: 2 }];
  const levels = { width: 2, runs };
  assert.equal(readPage(levels, { width: 3, runs }, 3, 16).pairs.length >= 8, true);
  const short = [{ packed: true, length: 1, seed: 2 }];
  assert.throws(() => readPage(levels, { width: 3, runs: short }, 3, 16), /ends within a run/);
  assert.throws(
    () => readPage({ width: 2, runs: short }, { width: 3, runs }, 3, 16),
    /within a run/,
  );
});
