import assert from "node:assert/strict";
import fc from "fast-check";
import { RunFinder } from "../../lib/parquet/mod.ts";
import type { Batch } from "../../lib/telemetry/batch.ts";
import { Deduplicator } from "../../lib/telemetry/deduplicate.ts";
import { Readings } from "../../lib/telemetry/series.ts";
import type { Tags } from "../../lib/telemetry/tags.ts";
import { ValueSet } from "../../lib/telemetry/values.ts";
import { JULY_13 } from "../helpers/support.ts";

const TIMES = [5, 1, NaN, 3.5, -2, 90_000, 1];
const TYPES = ["volts", "state"];
const TAGS: Tags[] = [[], [["phase", "1"], ["module", "2"]], [["cell", "1"], ["phase", "1"]]];
const TEXTS = ["1", "1.0", "2", "IDLE"];

interface Row {
  time: number;
  payload: number;
  value: number;
  tags: number;
}

/** A batch of some rows; `origins` says which runs are known to have the same tags. */
function batchOf(rows: readonly Row[], values: ValueSet, knowsOrigins: boolean): Batch {
  const column = (of: (row: Row) => number) => Int32Array.from(rows, of);
  const times = column(({ time }) => time);
  const timeRuns = new RunFinder().find(times, rows.length);
  const tagsOf = (run: number) =>
    rows.slice(run === 0 ? 0 : timeRuns.ends[run - 1], timeRuns.ends[run]).map(({ tags }) => tags);
  const texts = Array.from({ length: timeRuns.length }, (_, run) => String(tagsOf(run)));
  return {
    rows: rows.length,
    times: { codes: times, dictionary: Float64Array.from(TIMES) },
    payloads: { codes: column(({ payload }) => payload), dictionary: TYPES },
    values: { codes: column(({ value }) => value), dictionary: values },
    tags: { codes: column(({ tags }) => tags), dictionary: TAGS },
    timeRuns,
    tagOrigins: Int32Array.from(texts, (text, i) => knowsOrigins ? texts.indexOf(text) : i),
  };
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  time: fc.nat({ max: TIMES.length - 1 }).filter((time) => !Number.isNaN(TIMES[time]!)),
  payload: fc.nat({ max: 1 }),
  value: fc.nat({ max: 3 }),
  tags: fc.nat({ max: 2 }),
});
/** Rows in blocks of one instant, of which some come again. */
const anyRows = fc.array(
  fc.tuple(
    anyRow,
    fc.array(anyRow, { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 3 }),
  ),
  { minLength: 1, maxLength: 8 },
).map((blocks) =>
  blocks.flatMap(([{ time }, rows, times]) =>
    Array.from({ length: times }, () => rows.map((row) => ({ ...row, time }))).flat()
  )
);

Deno.test("Deduplicator.add() appends each signal's distinct readings in the window, in order", () => {
  const anyBatches = fc.array(fc.tuple(anyRows, fc.boolean()), { minLength: 1, maxLength: 3 });
  const [deduplicator, values] = [new Deduplicator(), new ValueSet()];
  for (const text of TEXTS) {
    const bytes = new TextEncoder().encode(text);
    values.intern(bytes, 0, bytes.length);
  }
  const readings = new Readings(values);
  const window = { day: JULY_13, from: JULY_13 - 1, to: JULY_13 + 86_400 };
  fc.assert(fc.property(anyBatches, (batches) => {
    deduplicator.reset();
    readings.reset();
    batches.forEach(([rows, knowsOrigins], file) => {
      deduplicator.add(readings, batchOf(rows, values, knowsOrigins), window, file);
    });
    const found: string[] = [];
    readings.blocks.forEach((blocks, i) => {
      const { payload, tags } = readings.signals[i]!;
      for (const { start, end, file } of blocks) {
        for (let k = start; k < end; k++) {
          const [time, text] = [readings.times[k]!, values.text(readings.ids[k]!)];
          assert.ok(k === start || time >= readings.times[k - 1]!, "a block is in order");
          found.push(JSON.stringify([file, payload, tags, time, text]));
        }
      }
    });
    const wanted = batches.flatMap(([rows], file) => {
      const inside = rows.filter(({ time }) => TIMES[time]! >= -1 && TIMES[time]! < 86_400);
      return [
        ...new Set(
          inside.map(({ time, payload, value, tags }) =>
            JSON.stringify([file, TYPES[payload], TAGS[tags], TIMES[time], TEXTS[value]])
          ),
        ),
      ];
    });
    assert.deepEqual(found.sort(), wanted.sort());
  }));
});
