import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { areAllPresent, findRuns, readCodes } from "../../lib/parquet/hybrid.ts";
import { Unsupported } from "../../lib/errors.ts";
import { writeRun } from "../../lib/parquet/chunk_writer.ts";
import { anyRuns, encodeRuns } from "../helpers/runs.ts";

Deno.test("codes are read however they are cut into runs", () => {
  fc.assert(fc.property(anyRuns, fc.nat({ max: 7 }), (input, cut) => {
    const { page, codes } = encodeRuns(input);
    // The last group may be padding in part.
    const count = input.runs.at(-1)!.packed ? codes.length - cut : codes.length;
    const out = new Int32Array(count);
    const coding = { bits: input.width, count };
    const span = [1, page.length] as const;
    readCodes(page, span, coding, out);
    assert.deepEqual([...out], codes.slice(0, count));
    const entries = Math.max(...out) + 1;
    readCodes(page, span, { ...coding, entries }, out);
    const short = () => readCodes(page, span, { ...coding, entries: entries - 1 }, out);
    assert.throws(short, new RegExp(`a code ${entries - 1} for a dictionary of ${entries - 1} `));
    const runs = { ends: new Int32Array(count), codes: new Int32Array(count), length: 0 };
    findRuns(out, count, runs);
    const expanded: number[] = [];
    for (let i = 0; i < runs.length; i++) {
      while (expanded.length < runs.ends[i]!) expanded.push(runs.codes[i]!);
      assert.ok(i === 0 || runs.codes[i] !== runs.codes[i - 1], "neighbours are one run");
    }
    assert.deepEqual(expanded, codes.slice(0, count));
  }));
});

Deno.test("two codes are one of double width", () => {
  fc.assert(fc.property(anyRuns, ({ width: any, runs }) => {
    const width = Math.min(any, 12);
    const even = runs.map((run) => ({ ...run, length: run.packed ? run.length : run.length * 2 }));
    const { page, codes } = encodeRuns({ width, runs: even });
    const out = new Int32Array(codes.length / 2);
    const coding = { bits: width, count: out.length, paired: true };
    readCodes(page, [1, page.length], coding, out);
    const pairs = Array.from(out, (_, i) => codes[2 * i]! + codes[2 * i + 1]! * 2 ** width);
    assert.deepEqual([...out], pairs);
  }));
  const { page } = encodeRuns({ width: 3, runs: [{ packed: false, length: 3, seed: 1 }] });
  const coding = { bits: 3, count: 1, paired: true };
  assert.throws(() => readCodes(page, [1, page.length], coding, new Int32Array(4)), Unsupported);
});

Deno.test("broken runs are exceptions", () => {
  const read = (...bytes: number[]) => {
    const page = new Uint8Array([...bytes, ...Array(16).fill(0)]).subarray(0, bytes.length);
    readCodes(page, [1, page.length], { bits: page[0]!, count: 8 }, new Int32Array(8));
  };
  assert.throws(() => read(1), /ends within a run/);
  assert.throws(() => read(1, 0, 0), /a run of 0 where 8 are left/);
  assert.throws(() => read(1, 18, 0), /a run of 9 where 8 are left/);
  assert.throws(() => read(8, 3, 1, 2), /ends within a run/);
  assert.throws(() => read(1, 1), /an empty run/);
  assert.throws(() => read(1, 255, 255, 255, 255, 255, 1), /more than 32 bits/);
  assert.throws(() => read(2, 16, 0x43), /a code 67 of more than 2 bits/);
});

Deno.test("runs of levels tell whether all is there", () => {
  const levels = (...runs: [length: number, level: number][]) => {
    const out = new ByteWriter();
    for (const run of runs) writeRun(out, ...run, 1);
    return out.getBytes();
  };
  const isWhole = (page: Uint8Array) => areAllPresent(page, [0, page.length], 5, 1);
  assert.ok(isWhole(levels([2, 1], [3, 1])));
  assert.ok(!isWhole(levels([4, 1], [1, 0])));
  assert.throws(() => isWhole(levels([4, 1])), /ends within a run/);
  assert.throws(() => isWhole(Uint8Array.of(10)), /ends within its levels/);
});
