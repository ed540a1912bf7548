import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import {
  areAllPresent,
  codesAt,
  Hybrid,
  readCodes,
  writePacked,
  writeRun,
} from "../../lib/parquet/hybrid.ts";
import { NeedsImport } from "../../lib/errors.ts";
import { anyRuns, encodeRuns } from "../helpers/hybrid_runs.ts";

/** Ids of the codes below `count`: different from the codes, and never negative. */
const idsOf = (count: number) => Int32Array.from({ length: count }, (_, code) => code * 2 + 1);

Deno.test("readCodes() returns the ids of codes, however they are divided into runs", () => {
  fc.assert(fc.property(anyRuns, fc.nat({ max: 7 }), fc.nat({ max: 5 }), (input, cut, filled) => {
    const { page, codes } = encodeRuns({ ...input, width: Math.min(input.width, 12) });
    // The last group may be padded.
    const count = input.runs.at(-1)!.packed ? codes.length - cut : codes.length;
    const wanted = codes.slice(0, count);
    const entries = Math.max(...wanted) + 1;
    const read = (entries: number) => {
      const out = new Int32Array(filled + count);
      readCodes(codesAt(page, 0), count, idsOf(entries), out, filled);
      return [...out.subarray(filled)];
    };
    assert.deepEqual(read(entries), wanted.map((code) => code * 2 + 1));
    assert.throws(() => read(entries - 1), /a code for a dictionary of \d+ values is too large/);
  }));
});

Deno.test("readCodes() reads codes of up to 24 bits", () => {
  fc.assert(
    fc.property(anyRuns, (input) => {
      const { page, codes } = encodeRuns(input);
      const out = new Int32Array(codes.length);
      const ids = Int32Array.from({ length: Math.max(...codes) + 1 }, (_, code) => code);
      readCodes(codesAt(page, 0), codes.length, ids, out, 0);
      assert.deepEqual([...out], codes);
    }),
    { numRuns: 10 },
  );
  assert.throws(() => codesAt(Uint8Array.of(25), 0), NeedsImport);
  assert.throws(() => codesAt(Uint8Array.of(), 0), /ends before its codes/);
});

Deno.test("readCodes() rejects broken runs", () => {
  const read = (...bytes: number[]) => {
    const page = new Uint8Array([...bytes, ...Array(16).fill(0)]).subarray(0, bytes.length);
    readCodes(codesAt(page, 0), 8, idsOf(200), new Int32Array(8), 0);
  };
  assert.throws(() => read(1), /ends within a run/);
  assert.throws(() => read(1, 0, 0), /an empty run/);
  assert.throws(() => read(1, 18, 0), /a run of 9 where 8 are left/);
  assert.throws(() => read(8, 3, 1, 2), /ends within a run/);
  assert.throws(() => read(8, 16), /ends within a run/);
  assert.throws(() => read(1, 1), /an empty run/);
  assert.throws(() => read(1, 255, 255, 255, 255, 255, 1), /more than 32 bits/);
  assert.throws(() => read(2, 16, 0x43), /a code 67 of more than 2 bits/);
});

Deno.test("areAllPresent() returns whether all levels are the highest one", () => {
  const levels = (...runs: [length: number, level: number][]) => {
    const out = new ByteWriter();
    for (const run of runs) writeRun(out, ...run, 1);
    return out.getBytes().slice();
  };
  const arePresent = (page: Uint8Array<ArrayBuffer>) =>
    areAllPresent(new Hybrid(page, 0, page.length, 1), 5, 1);
  assert.ok(arePresent(levels([2, 1], [3, 1])));
  assert.ok(!arePresent(levels([4, 1], [1, 0])));
  assert.ok(!arePresent(Uint8Array.of(3, 255)), "bit-packed levels are left to the importer");
  assert.throws(() => arePresent(levels([4, 1])), /ends within a run/);
  assert.throws(() => arePresent(Uint8Array.of(10)), /ends within its levels/);
  assert.throws(() => arePresent(levels([2, 1], [4, 1])), /a run of 4 where 3 are left/);
});

Deno.test("writePacked() writes codes that readCodes() reads", () => {
  const anyCodes = fc.integer({ min: 1, max: 24 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      codes: fc.array(fc.nat({ max: Math.min(2 ** width, 1 << 16) - 1 }), { minLength: 1 }),
    })
  );
  const ids = Int32Array.from({ length: 1 << 16 }, (_, code) => code);
  fc.assert(fc.property(anyCodes, ({ width, codes }) => {
    const writer = new ByteWriter();
    writer.appendUint8(width);
    writePacked(writer, codes, width);
    const out = new Int32Array(codes.length);
    readCodes(codesAt(writer.getBytes(), 0), codes.length, ids, out, 0);
    assert.deepEqual([...out], codes);
  }));
});
