import assert from "node:assert/strict";
import {
  countRejected,
  countsOf,
  joinSignals,
  rejectedReadings,
  rejectReadings,
} from "../../lib/run/day_signals.ts";
import type { Source } from "../../lib/store/mod.ts";
import { createSeries, Readings, type Tags } from "../../lib/telemetry/mod.ts";
import { JULY_13 } from "../helpers/support.ts";

const PLACE: Tags = [["phase", "1"], ["module", "1"]];
const NUMERIC = new Map([["volts", "numeric" as const]]);
const [FIRST, SECOND] = [{ name: "b.parquet" }, { name: "a.parquet" }] as Source[];

/** Adds the readings of a signal in one file, in order of time. */
function add(readings: Readings, tags: Tags, file: number, rows: [number, string][]): void {
  const signal = readings.signalNumber("volts", tags);
  const start = readings.length;
  for (const [time, text] of rows) {
    const bytes = new TextEncoder().encode(text);
    readings.times[readings.length] = time;
    readings.ids[readings.length++] = readings.values.intern(bytes, 0, bytes.length);
  }
  readings.blocks[signal]!.push({ start, end: readings.length, file });
}

function joined(readings: Readings) {
  return joinSignals(readings, createSeries());
}

Deno.test("joinSignals() joins the readings of all files by signal, and keeps equal ones once", () => {
  const readings = new Readings();
  add(readings, PLACE, 0, [[1, "1"], [3, "3"]]);
  add(readings, [["phase", "2"], ["module", "1"]], 0, [[2, "9"]]);
  add(readings, PLACE, 1, [[1, "1"], [2, "2"], [86_400, "4"]]);
  const [first, second] = joined(readings);
  const { times, ids, length } = first!.series;
  assert.deepEqual([...times.subarray(0, length)], [1, 2, 3, 86_400]);
  assert.deepEqual([...ids].map((id) => readings.values.text(id)), ["1", "2", "3", "4"]);
  assert.deepEqual([first!.start, second!.start], [0, 4]);
  assert.deepEqual(first!.blocks.map(({ file }) => file), [0, 1]);
  const { numeric, other, column } = countsOf(first!);
  assert.deepEqual([column, numeric, other], ["volts", 3, 0], "of the day itself");
});

Deno.test("rejectReadings() removes what is rejected, and corrects the statistics", () => {
  const readings = new Readings();
  add(readings, PLACE, 0, [[1, "1"], [2, "nan"], [3, "OFF"]]);
  add(readings, PLACE, 1, [[2, "nan"], [86_400, "OFF"]]);
  add(readings, [["module", "1"]], 0, [[5, "1"]]);
  const found = joined(readings).map((signal) => rejectReadings(signal, NUMERIC, readings.values));
  assert.deepEqual(found.map(({ series }) => series.length), [1, 0]);
  assert.deepEqual(found.map(({ statistics: { from, to } }) => to - from), [1, 0]);
  const [wrongValue, noPhase] = found.map(({ rule }) => rule.reason);
  assert.deepEqual(countRejected(found), { [wrongValue!]: 2, [noPhase!]: 1 });
  const rows = [...rejectedReadings(found, readings, { day: JULY_13, sources: [FIRST!, SECOND!] })];
  assert.deepEqual(
    rows.map(({ file, timestamp, value }) => [file, timestamp, value]),
    [
      ["a.parquet", "2024-07-13T00:00:02Z", "nan"],
      ["b.parquet", "2024-07-13T00:00:03Z", "OFF"],
      ["b.parquet", "2024-07-13T00:00:05Z", "1"],
    ],
  );
});

Deno.test("rejectReadings() leaves a text signal as it is", () => {
  const readings = new Readings();
  add(readings, PLACE, 0, [[1, "1"], [2, "OFF"]]);
  const [signal] = joined(readings);
  const kinds = new Map([["volts", "text" as const]]);
  const { series, rejected } = rejectReadings(signal!, kinds, readings.values);
  assert.deepEqual([series.length, rejected], [2, []]);
});
