import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { putByte, putBytes, putVarint, sink, written } from "../lib/bytes.ts";
import { openPages } from "../lib/pages.ts";
import { areAllPresent, findRuns, readCodes, Unsupported } from "../lib/codes.ts";
import { Encoding, putDataPage, putDictionaryPage, putRun } from "../lib/parquet.ts";

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
    out.forEach((_, i) => out[i] = i % 16);
    readCodes(page, [1, page.length], { ...coding, onto: true }, out);
    assert.deepEqual([...out], pairs.map((pair, i) => pair * 16 + i % 16));
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

const chunkOf = (put: (out: ReturnType<typeof sink>) => void) => {
  const out = sink();
  put(out);
  return written(out).slice();
};
const open = (bytes: Uint8Array<ArrayBuffer>, values = 3) => {
  const chunk = { offset: 0, size: bytes.length, codec: "SNAPPY" as const, values };
  const arena = { bytes: new Uint8Array(0), at: 0 };
  return [...openPages(bytes, chunk, { repetition: 0, definition: 0 }, arena)];
};

Deno.test("a chunk of a dictionary and data pages is opened", () => {
  const [dictionary, data] = [Uint8Array.of(9, 8, 7), Uint8Array.of(1, 1, 1, 1, 1, 1, 1)];
  const more = Uint8Array.of(2, 3);
  const chunk = chunkOf((out) => {
    putDictionaryPage(out, dictionary, 5, "snappy");
    putDataPage(out, data, 2, Encoding.dictionary, "snappy");
    putDataPage(out, more, 1, Encoding.plain, "snappy");
  });
  const pages = open(chunk).map((
    { dictionary, values, encoding },
  ) => [dictionary, values, encoding]);
  assert.deepEqual(pages, [[true, 5, 0], [false, 2, 8], [false, 1, 0]]);
  const found: Uint8Array[] = [];
  const size = { offset: 0, size: chunk.length, codec: "SNAPPY" as const, values: 3 };
  const arena = { bytes: new Uint8Array(0), at: 0 };
  for (const { bytes } of openPages(chunk, size, { repetition: 0, definition: 0 }, arena)) {
    found.push(bytes.slice());
  }
  assert.deepEqual(found, [dictionary, data, more]);
  assert.throws(() => open(chunk, 4), /3 values where the footer counts 4/);
  for (let end = 0; end < chunk.length; end++) {
    assert.throws(() => open(chunk.slice(0, end)), Error);
  }
  assert.throws(() => open(Uint8Array.of(...chunk, 0)), /bytes behind the last page/);
});

Deno.test("what the fast reader leaves to the other one is told from what is broken", () => {
  const header = (...fields: number[]) =>
    chunkOf((out) => {
      for (const value of fields) {
        putByte(out, 0x15);
        putVarint(out, value * 2);
      }
      putByte(out, 0);
    });
  assert.throws(() => open(header(7, 0, 0)), Unsupported, "a page of a type that there may be");
  assert.throws(() => open(header(0, 0, 0)), /a page of undefined values/);
  const page = Uint8Array.of(1, 2, 3);
  const late = chunkOf((out) => {
    putDataPage(out, page, 3, Encoding.plain, "snappy");
    putDictionaryPage(out, page, 3, "snappy");
  });
  assert.throws(() => open(late), /a dictionary behind other pages/);
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

Deno.test("runs of levels tell whether all is there", () => {
  const levels = (...runs: [length: number, level: number][]) =>
    chunkOf((out) => runs.forEach((run) => putRun(out, ...run, 1)));
  const isWhole = (page: Uint8Array) => areAllPresent(page, [0, page.length], 5, 1);
  assert.ok(isWhole(levels([2, 1], [3, 1])));
  assert.ok(!isWhole(levels([4, 1], [1, 0])));
  assert.throws(() => isWhole(levels([4, 1])), /ends within a run/);
  assert.throws(() => isWhole(Uint8Array.of(10)), /ends within its levels/);
});

/** A chunk of one page of version 2 without values: header fields as they stand in the format. */
function pageOf2(raw: number, levels: [definition: number, repetition: number]) {
  return chunkOf((out) => {
    const put = (...fields: [step: number, value: number][]) => {
      for (const [step, value] of fields) {
        putByte(out, (step << 4) | 5);
        putVarint(out, value * 2);
      }
    };
    put([1, 3], [1, raw], [1, 2]);
    putByte(out, 0x5c);
    put([1, 3], [1, 0], [1, 3], [1, 0], [1, levels[0]], [1, levels[1]]);
    putByte(out, 0);
    putByte(out, 0);
    putByte(out, 0);
    putByte(out, 0);
  });
}

Deno.test("levels that claim more than their page has are refused", () => {
  assert.equal(open(pageOf2(2, [1, 1])).length, 1);
  assert.throws(() => open(pageOf2(2, [2, 1])), /levels claim/);
  assert.throws(() => open(pageOf2(1, [1, 1])), /levels claim/);
  const arena = { bytes: new Uint8Array(0), at: 0 };
  const page = chunkOf((out) => putDataPage(out, Uint8Array.of(9, 0, 0, 0, 1), 3, 0, "none"));
  const chunk = { offset: 0, size: page.length, codec: "UNCOMPRESSED" as const, values: 3 };
  const read = () => [...openPages(page, chunk, { repetition: 0, definition: 1 }, arena)];
  assert.throws(read, /levels claim 9 bytes/);
});

Deno.test("no codec unpacks more than its page should hold", () => {
  const zeros = new Uint8Array(1 << 20);
  const codecs = [["ZSTD", zstdCompressSync(zeros)], ["GZIP", gzipSync(zeros)]] as const;
  for (const [codec, packed] of codecs) {
    for (const claim of [100, zeros.length + 1, zeros.length]) {
      const page = chunkOf((out) => {
        for (const value of [0, claim, packed.length]) {
          putByte(out, 0x15);
          putVarint(out, value * 2);
        }
        putByte(out, 0x2c); // its header: 3 values, plain
        for (const value of [3, 0, 3, 3]) {
          putByte(out, 0x15);
          putVarint(out, value * 2);
        }
        putByte(out, 0);
        putByte(out, 0);
        putBytes(out, packed);
      });
      const chunk = { offset: 0, size: page.length, codec, values: 3 };
      const arena = { bytes: new Uint8Array(0), at: 0 };
      const read = () => [...openPages(page, chunk, { repetition: 0, definition: 0 }, arena)];
      if (claim === zeros.length) assert.equal(read()[0]!.bytes.length, zeros.length);
      else assert.throws(read, Error, `${codec} ${claim}`);
    }
  }
});
