import assert from "node:assert/strict";
import fc from "fast-check";
import { readSignals } from "../../lib/telemetry/blocks.ts";
import { findRuns, type Runs } from "../../lib/parquet/mod.ts";
import { createDistinct } from "../../lib/telemetry/columns.ts";
import { FIRST, NEXT } from "../../lib/telemetry/pairs.ts";
import { createReadings } from "../../lib/telemetry/series.ts";
import type { Rows } from "../../lib/telemetry/rows.ts";
import { createScratch } from "../../lib/telemetry/scratch.ts";
import { createTagTrie } from "../../lib/telemetry/tagtrie.ts";

interface Row {
  second: number;
  payload: number;
  value: number;
  pairs: number[];
}

const TYPES = ["volts", "amps", "state"];
const pairOf = (index: number) => [`key ${index >>> 1}`, `value ${index & 1}`] as const;

function rowsOf(list: readonly Row[]): { rows: Rows; times: Runs } {
  const pairs = list.flatMap(({ pairs }) =>
    pairs.map((index, i) => index * 16 + (i === 0 ? FIRST : NEXT))
  );
  const column = (of: (row: Row) => number) => Int32Array.from([...list.map(of), 0]);
  const seconds = column(({ second }) => second);
  const times = { ends: new Int32Array(99), codes: new Int32Array(99), length: 0 };
  findRuns(seconds, list.length, times);
  const tags = { count: pairs.length, pairs: Int32Array.from([...pairs, 0]), size: 16, pairOf };
  const rows = {
    count: list.length,
    times: seconds,
    stamps: new DataView(new ArrayBuffer(8 * 8)),
    payloads: column(({ payload }) => payload),
    types: TYPES,
    values: column(({ value }) => value),
    tags,
    distinct: createDistinct({ index: 2, type: "text", definition: 1, repetition: 0 }),
  };
  return { rows, times };
}

const fields = {
  payload: fc.nat({ max: 2 }),
  value: fc.nat({ max: 2 }),
  pairs: fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }),
};
/** Blocks are said again and again, some with a row that is otherwise, in this second or another. */
const anyRows = fc.tuple(
  fc.array(fc.array(fc.record(fields), { minLength: 1, maxLength: 7 }), {
    minLength: 1,
    maxLength: 2,
  }),
  fc.array(
    fc.record({
      block: fc.nat(),
      second: fc.nat({ max: 2 }),
      row: fc.nat({ max: 20 }),
      other: fc.oneof(...Object.entries(fields).map(([name, any]) => fc.record({ [name]: any }))),
      longer: fc.nat({ max: 4 }).map((n) => n === 0),
    }),
    { minLength: 2, maxLength: 12 },
  ),
).map(([blocks, said]) =>
  said.flatMap(({ block, second, row, other, longer }) => {
    const rows = blocks[block % blocks.length]!;
    return rows.map((one, i) => {
      const now = i === row ? { ...one, ...other } : one;
      const isLonger = longer && i === rows.length - 1;
      return { ...now, second, pairs: isLonger ? [...now.pairs, 1] : now.pairs };
    });
  })
);

Deno.test("rows have the signal of their tags, and what is passed over was said before", () => {
  const trie = createTagTrie();
  const readings = createReadings();
  const scratch = createScratch();
  fc.assert(
    fc.property(anyRows, (list) => {
      const { rows, times } = rowsOf(list);
      const { signals, locals, repeats } = readSignals(trie, readings, rows, times, scratch);
      const said = new Set<string>();
      for (let i = 0, from = 0; i < times.length; from = times.ends[i++]!) {
        const block = list.slice(from, times.ends[i]);
        const text = JSON.stringify(block);
        assert.ok(repeats[i] === 0 || said.has(text), "a block that was not said yet");
        said.add(text);
        if (repeats[i] === 1) continue;
        block.forEach(({ payload, pairs }, k) => {
          const signal = readings.signals[signals[locals[from + k]!]!]!;
          assert.equal(signal.payload, TYPES[payload]);
          assert.deepEqual(signal.tags, pairs.map((index) => [...pairOf(index)]));
        });
      }
    }),
    { numRuns: 500 },
  );
});
