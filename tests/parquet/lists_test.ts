import assert from "node:assert/strict";
import fc from "fast-check";
import { NeedsImport } from "../../lib/errors.ts";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { writeDataPage, writeDictionaryPage } from "../../lib/parquet/chunk_writer.ts";
import { Encoding } from "../../lib/parquet/enums.ts";
import { writeLevels, writeRun } from "../../lib/parquet/hybrid.ts";
import type { PairList } from "../../lib/parquet/list_dictionary.ts";
import { ListReader } from "../../lib/parquet/lists.ts";
import { RunFinder } from "../../lib/parquet/row_runs.ts";
import { encodeRuns, type HybridRuns } from "../helpers/hybrid_runs.ts";

/** The levels and codes of a page: given as runs, or as numbers that become one packed run. */
interface PageOf {
  levels: number[] | HybridRuns;
  codes: number[] | HybridRuns;
  /** How many levels there are, without those that pad the last run. */
  count: number;
  definition?: number;
  /** Bits per code, if they differ from those of the other pages. */
  width?: number;
}

const packed = (width: number, numbers: number[]): HybridRuns => ({
  width,
  runs: [{ packed: true, length: Math.ceil(numbers.length / 8), seed: 0 }],
});

function encode(hybrid: number[] | HybridRuns, width: number): Uint8Array<ArrayBuffer> {
  if (!Array.isArray(hybrid)) return encodeRuns(hybrid).page;
  return encodeRuns(packed(width, hybrid), (i) => hybrid[i] ?? 0).page;
}

/** Reads a chunk of lists; by default, each row is a run of its own. */
function read(
  texts: string[],
  pages: PageOf[],
  rows: number,
  width: number,
  rowCodes = Array.from({ length: rows }, (_, row) => row),
  reader = new ListReader("ignored"),
): { lists: PairList[]; origins: number[] } {
  const [chunk, plain] = [new ByteWriter(), new ByteWriter()];
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    plain.appendUint32(bytes.length);
    plain.appendBytes(bytes);
  }
  writeDictionaryPage(chunk, plain.getBytes(), texts.length, "UNCOMPRESSED");
  let values = 0;
  for (const { levels, codes, count, definition = 5, width: bits = width } of pages) {
    const page = new ByteWriter();
    writeLevels(page, () => page.appendBytes(encode(levels, 2).subarray(1)));
    writeLevels(page, () => writeRun(page, count, definition, 3));
    page.appendBytes(encode(codes, bits));
    writeDataPage(chunk, page.getBytes(), count, Encoding.RLE_DICTIONARY, "UNCOMPRESSED");
    values += count;
  }
  const bytes = chunk.getBytes().slice();
  const where = {
    offset: 0,
    size: bytes.length,
    codec: "UNCOMPRESSED" as const,
    values,
    maxDefinitionLevel: 5,
    maxRepetitionLevel: 2,
  };
  const runs = new RunFinder().find(Int32Array.from(rowCodes), rows);
  const codes = new Int32Array(rows);
  const origins = reader.read(bytes, where, runs, Math.max(0, ...rowCodes) + 1, codes);
  return {
    lists: [...codes].map((code) => reader.dictionary.lists[code]!),
    origins: [...origins.subarray(0, runs.length)],
  };
}

const TEXTS = ["a", "b", "c", "d"];
const FIRST = [0, 2], NEXT = [1, 2];

Deno.test("ListReader.read() reads the pairs of each row", () => {
  const levels = [...FIRST, ...NEXT, ...FIRST];
  const { lists } = read(TEXTS, [{ levels, codes: [0, 1, 2, 3, 1, 1], count: 6 }], 2, 2);
  assert.deepEqual(lists, [[["a", "b"], ["c", "d"]], [["b", "b"]]]);
});

Deno.test("ListReader.read() gives equal lists the same code in all chunks, and omits ignored pairs", () => {
  const reader = new ListReader("ignored");
  const levels = [...FIRST, ...NEXT];
  const one = read(
    ["a", "b", "ignored"],
    [{ levels, codes: [0, 1, 2, 1], count: 4 }],
    1,
    2,
    [0],
    reader,
  );
  const other = read(
    ["b", "a"],
    [{ levels: FIRST, codes: [1, 0], count: 2 }],
    1,
    1,
    [0],
    reader,
  );
  assert.deepEqual(one.lists, [[["a", "b"]]]);
  assert.equal(one.lists[0], other.lists[0]);
});

Deno.test("ListReader.read() reads a pair split between two pages", () => {
  const pages = [{ levels: [0], codes: [0], count: 1 }, { levels: [2], codes: [3], count: 1 }];
  assert.deepEqual(read(TEXTS, pages, 1, 2).lists, [[["a", "d"]]]);
});

Deno.test("ListReader.read() reads levels and codes in runs of different lengths", () => {
  const levels = Array.from({ length: 8 }, () => FIRST).flat();
  const codes = { width: 2, runs: [{ packed: false, length: 16, seed: 1 }] };
  const { lists } = read(TEXTS, [{ levels, codes, count: 16 }], 8, 2);
  assert.deepEqual(lists, Array(8).fill([["d", "d"]]));
});

Deno.test("ListReader.read() reads pages whose codes differ in width", () => {
  const texts = Array.from({ length: 20 }, (_, i) => `t${i}`);
  const page = (codes: number[], width: number) => ({
    levels: FIRST,
    codes,
    count: 2,
    width,
  });
  for (const width of [1, 5, 8, 12, 20]) {
    const { lists } = read(texts, [page([0, 1], width), page([1, 0], 5)], 2, 5);
    assert.deepEqual(lists, [[["t0", "t1"]], [["t1", "t0"]]], `${width} bits`);
  }
  for (const [code, width] of [[33, 6], [25, 5]] as const) {
    const wrong = () => read(texts, [page([0, code], width)], 1, width);
    assert.throws(wrong, /a code for a dictionary of 20 values is too large/);
  }
});

Deno.test("ListReader.read() throws NeedsImport for nulls and lists that are not pairs", () => {
  const sound = { levels: [...FIRST, ...NEXT], codes: [0, 1, 2, 3], count: 4 };
  assert.equal(read(TEXTS, [sound], 1, 2).lists.length, 1);
  const others: [what: string, page: PageOf, rows: number][] = [
    ["a value that is missing", { ...sound, definition: 4 }, 1],
    ["a list of three", { ...sound, levels: [0, 2, 2, 2] }, 1],
    ["a list of one", { ...sound, levels: [0, 1, 0, 1] }, 2],
    ["a row that begins in the middle", { ...sound, levels: [1, 2, 1, 2] }, 1],
    ["an odd number of texts", { ...sound, levels: [0, 2, 0], codes: [0, 1, 2], count: 3 }, 2],
    ["fewer rows than there are", sound, 2],
    ["more rows than there are", { ...sound, levels: [...FIRST, ...FIRST] }, 1],
  ];
  for (const [what, page, rows] of others) {
    assert.throws(() => read(TEXTS, [page], rows, 2), NeedsImport, what);
  }
});

Deno.test("ListReader.read() rejects a page that is cut short", () => {
  const runs = (length: number) => ({ width: 2, runs: [{ packed: true, length, seed: 0 }] });
  const levels = Array.from({ length: 8 }, () => FIRST).flat();
  assert.throws(() => read(TEXTS, [{ levels, codes: runs(1), count: 16 }], 8, 2), /within a run/);
  const codes = Array<number>(16).fill(1);
  assert.throws(
    () => read(TEXTS, [{ levels: levels.slice(0, 8), codes, count: 16 }], 8, 2),
    /within a run/,
  );
});

/** Blocks of rows that are repeated, some of them with one row changed. */
const anyBlocks = fc.tuple(
  fc.array(
    fc.array(fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 7,
    }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  fc.array(
    fc.record({
      block: fc.nat(),
      instant: fc.nat({ max: 2 }),
      row: fc.nat({ max: 20 }),
      other: fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }),
      longer: fc.nat({ max: 4 }).map((n) => n === 0),
    }),
    { minLength: 2, maxLength: 12 },
  ),
).map(([blocks, repeats]) =>
  repeats.flatMap(({ block, instant, row, other, longer }) => {
    const rows = blocks[block % blocks.length]!;
    return rows.map((list, i) => {
      const now = i === row ? other : list;
      return { instant, list: longer && i === rows.length - 1 ? [...now, 1] : now };
    });
  })
);

Deno.test("ListReader.read() reads repeated runs of rows like any others", () => {
  const reader = new ListReader("ignored");
  fc.assert(
    fc.property(anyBlocks, (rows) => {
      const texts = Array.from({ length: 8 }, (_, i) => `text ${i}`);
      const levels = rows.flatMap(({ list }) => list.flatMap((_, i) => i === 0 ? FIRST : NEXT));
      const codes = rows.flatMap(({ list }) => list.flatMap((code) => [code, 7 - code]));
      const page = { levels, codes, count: levels.length };
      const instants = rows.map(({ instant }) => instant);
      const { lists, origins } = read(texts, [page], rows.length, 3, instants, reader);
      const wanted = rows.map(({ list }) =>
        list.map((code) => [texts[code]!, texts[7 - code]!] as const)
      );
      assert.deepEqual(lists, wanted);
      const runs = new RunFinder().find(Int32Array.from(instants), rows.length);
      const run = (i: number) => lists.slice(i === 0 ? 0 : runs.ends[i - 1], runs.ends[i]);
      origins.forEach((origin, i) => {
        assert.ok(origin <= i && origins[origin] === origin);
        assert.deepEqual(run(origin), run(i));
      });
    }),
    { numRuns: 300 },
  );
});
