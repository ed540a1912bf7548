import assert from "node:assert/strict";
import fc from "fast-check";
import { putByte, putVarint, sink, written } from "../lib/bytes.ts";
import { openPages } from "../lib/pages.ts";
import { checkCodes, readCodes, readRuns, skipAllPresent, Unsupported } from "../lib/codes.ts";
import { Encoding, putDataPage, putDictionaryPage, putRun, putSized } from "../lib/parquet.ts";

/** Runs as any writer may cut them: each repeated, or bit-packed in groups of 8. */
const anyRuns = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  runs: fc.array(
    fc.record({ packed: fc.boolean(), length: fc.integer({ min: 1, max: 9 }), seed: fc.nat() }),
    { minLength: 1 },
  ),
});

function encodeRuns({ width, runs }: typeof anyRuns extends fc.Arbitrary<infer T> ? T : never) {
  const [out, codes] = [sink(), [] as number[]];
  putByte(out, width);
  for (const { packed, length, seed } of runs) {
    const code = (i: number) => Math.floor(Math.abs(Math.sin(seed + i)) * 2 ** width);
    if (!packed) {
      putRun(out, length, code(0), width);
      codes.push(...Array(length).fill(code(0)));
      continue;
    }
    putVarint(out, (length << 1) | 1);
    let bits = "";
    for (let i = 0; i < length * 8; i++) {
      codes.push(code(i));
      bits = code(i).toString(2).padStart(width, "0") + bits;
    }
    for (let end = bits.length; end > 0; end -= 8) {
      putByte(out, parseInt(bits.slice(end - 8, end), 2));
    }
  }
  // The reader may touch a few bytes behind a page.
  return { page: out.bytes.subarray(0, out.at), codes };
}

Deno.test("codes are read however they are cut into runs", () => {
  fc.assert(fc.property(anyRuns, fc.nat({ max: 7 }), (input, cut) => {
    const { page, codes } = encodeRuns(input);
    // The last group may be padding in part.
    const count = input.runs.at(-1)!.packed ? codes.length - cut : codes.length;
    const out = new Int32Array(count);
    readCodes(page, 1, page.length, input.width, count, out, false);
    assert.deepEqual([...out], codes.slice(0, count));
    const runs = { ends: new Int32Array(count), codes: new Int32Array(count), length: 0 };
    readRuns(page, 0, count, new Int32Array(count), runs);
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
    readCodes(page, 1, page.length, width, out.length, out, true);
    const pairs = Array.from(out, (_, i) => codes[2 * i]! + codes[2 * i + 1]! * 2 ** width);
    assert.deepEqual([...out], pairs);
  }));
  const { page } = encodeRuns({ width: 3, runs: [{ packed: false, length: 3, seed: 1 }] });
  assert.throws(() => readCodes(page, 1, page.length, 3, 1, new Int32Array(4), true), Unsupported);
});

Deno.test("broken runs are exceptions", () => {
  const read = (...bytes: number[]) => {
    const page = new Uint8Array([...bytes, ...Array(16).fill(0)]).subarray(0, bytes.length);
    readCodes(page, 1, page.length, page[0]!, 8, new Int32Array(8), false);
  };
  assert.throws(() => read(1), /ends within a run/);
  assert.throws(() => read(1, 0, 0), /a run of 0 where 8 are left/);
  assert.throws(() => read(1, 18, 0), /a run of 9 where 8 are left/);
  assert.throws(() => read(8, 3, 1, 2), /ends within a run/);
  assert.throws(() => read(1, 1), /an empty run/);
  assert.throws(() => read(1, 255, 255, 255, 255, 255, 1), /more than 32 bits/);
  assert.throws(() => checkCodes(Int32Array.of(0, 5), 2, 5), /a code 5 for a dictionary of 5/);
});

const chunkOf = (put: (out: ReturnType<typeof sink>) => void) => {
  const out = sink();
  put(out);
  return written(out).slice();
};
const open = (bytes: Uint8Array<ArrayBuffer>, values = 3) => {
  const chunk = { offset: 0, size: bytes.length, codec: "SNAPPY" as const, values, levels: true };
  return openPages(bytes, chunk, { bytes: new Uint8Array(0), at: 0 });
};

Deno.test("a chunk of a dictionary and a data page is opened", () => {
  const [dictionary, data] = [Uint8Array.of(9, 8, 7), Uint8Array.of(1, 1, 1, 1, 1, 1, 1)];
  const chunk = chunkOf((out) => {
    putDictionaryPage(out, dictionary, 5, "snappy");
    putDataPage(out, data, 3, Encoding.dictionary, "snappy");
  });
  const pages = open(chunk);
  assert.deepEqual([pages.dictionary, pages.entries, pages.data], [dictionary, 5, data]);
  assert.throws(() => open(chunk, 4), /3 values where the footer counts 4/);
  for (let end = 0; end < chunk.length; end++) {
    assert.throws(() => open(chunk.slice(0, end)), Error);
  }
  assert.throws(() => open(Uint8Array.of(...chunk, 0)), /bytes behind the last page/);
});

Deno.test("what the fast reader leaves to the other one is told from what is broken", () => {
  const page = Uint8Array.of(1, 2, 3);
  const unsupported = [
    chunkOf((out) => putDataPage(out, page, 3, Encoding.plain, "snappy")),
    chunkOf((out) => {
      putDictionaryPage(out, page, 3, "snappy");
      putDataPage(out, page, 3, Encoding.plain, "snappy");
    }),
    chunkOf((out) => {
      putDictionaryPage(out, page, 3, "snappy");
      putDataPage(out, page, 2, Encoding.dictionary, "snappy");
      putDataPage(out, page, 1, Encoding.dictionary, "snappy");
    }),
  ];
  for (const chunk of unsupported) assert.throws(() => open(chunk), Unsupported);
});

Deno.test("a page that claims to be larger than its bytes can hold is refused", () => {
  // A page header of type 2, 2^30 bytes uncompressed, 1 compressed.
  const bomb = chunkOf((out) => {
    for (const value of [2, 2 ** 30, 1]) {
      putByte(out, 0x15);
      putVarint(out, value * 2);
    }
    putVarint(out, 0);
    putByte(out, 0);
  });
  assert.throws(() => open(bomb), /claims to hold 1073741824/);
});

Deno.test("levels that say that something is missing are left to the other reader", () => {
  const levels = (...runs: [length: number, level: number][]) =>
    chunkOf((out) => putSized(out, () => runs.forEach((run) => putRun(out, ...run, 1))));
  const all = levels([2, 1], [3, 1]);
  assert.equal(skipAllPresent(all, 0, 5, 1), all.length);
  assert.throws(() => skipAllPresent(levels([4, 1], [1, 0]), 0, 5, 1), Unsupported);
  assert.throws(() => skipAllPresent(levels([4, 1]), 0, 5, 1), /ends within a run/);
  assert.throws(() => skipAllPresent(Uint8Array.of(9, 0, 0, 0, 1), 0, 5, 1), /claim 9 bytes/);
});
