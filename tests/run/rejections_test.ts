import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fileOf,
  filesWithoutReadings,
  inputsWithoutReadings,
  type RejectionRule,
  rejectionRule,
  removeRejected,
} from "../../lib/run/rejections.ts";
import { type DayRecord, inputFingerprint, type InputRecord } from "../../lib/store/mod.ts";
import { Readings, type Signal, ValueSet } from "../../lib/telemetry/mod.ts";
import { dayRecord } from "../helpers/records.ts";

const DAY = 86_400;
const WRONG_VALUE = "a value that is not a finite number";
const SIGNAL: Signal = {
  payload: "volts",
  column: "volts",
  phase: "1",
  module: "1",
  tags: [],
  reason: null,
};

const values = new ValueSet();
const idOf = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return values.intern(bytes, 0, bytes.length);
};
const [ONE, ALSO_ONE, TWO] = [idOf("1"), idOf("1.0"), idOf("2")];
const [NAN, OFF] = [idOf("nan"), idOf("OFF")];
const NUMERIC = rejectionRule(SIGNAL, new Map([["volts", "numeric"]]), values);

Deno.test("rejectionRule() rejects what is not a number, unless the payload type is text", () => {
  assert.equal(NUMERIC.reason, WRONG_VALUE);
  assert.deepEqual([ONE, NAN, OFF].map(NUMERIC.rejects), [false, true, true]);
  const text = rejectionRule(SIGNAL, new Map([["volts", "text"]]), values);
  assert.deepEqual([ONE, NAN, OFF].map(text.rejects), [false, false, false]);
  const reason = "a module without a phase";
  const all = rejectionRule({ ...SIGNAL, reason }, new Map([["volts", "text"]]), values);
  assert.deepEqual([all.reason, all.rejects(ONE)], [reason, true]);
});

/** Readings as [time, value id], from before the day until after it, in order. */
const anyReadings = fc.array(
  fc.tuple(
    fc.constantFrom(-2, -1, 0, 1, 2, DAY - 1, DAY, DAY + 1),
    fc.constantFrom(ONE, ALSO_ONE, TWO, NAN, OFF),
  ),
).map((readings) => readings.sort(([a], [b]) => a - b));

Deno.test("removeRejected() keeps numbers, and returns all other readings of the day itself", () => {
  const { numbers } = values;
  fc.assert(fc.property(anyReadings, (readings) => {
    const times = Float64Array.from(readings, ([time]) => time);
    const ids = Int32Array.from(readings, ([, id]) => id);
    const series = { times, ids, length: readings.length };
    const rejected = removeRejected(series, NUMERIC, values);
    const left = readings.filter(([, id]) => ![NAN, OFF].includes(id));
    const kept = left.filter(([time, id], i) => {
      const [before, other] = left[i - 1] ?? [NaN, id];
      return time !== before || numbers[id] !== numbers[other];
    });
    const found = Array.from({ length: series.length }, (_, i) => [times[i], ids[i]]);
    assert.deepEqual(found, kept);
    assert.deepEqual(
      rejected,
      readings.filter(([time, id]) => [NAN, OFF].includes(id) && time >= 0 && time < DAY),
    );
  }));
});

const IDENTITY = { size: 1, mtime: 2, ctime: 3, ino: 4 };
const source = (name: string, rows = 1) => ({
  ...IDENTITY,
  name,
  path: name,
  layout: { rows, first: 0, last: 0, unit: "epoch" as const, groups: [] },
});

/** Readings as a worker has them: a block of [time, value id] for each file and signal. */
function readingsOf(...files: (readonly [time: number, id: number][])[][]): Readings {
  const readings = new Readings(values);
  files.forEach((signals, file) =>
    signals.forEach((block, signal) => {
      const start = readings.length;
      for (const [time, id] of block) {
        readings.times[readings.length] = time;
        readings.ids[readings.length++] = id;
      }
      (readings.blocks[signal] ??= []).push({ start, end: readings.length, file });
    })
  );
  return readings;
}

Deno.test("fileOf() finds the file with the value at the time; of several, the first by name", () => {
  const readings = readingsOf(
    [[[1, NAN], [5, OFF]]], // c: the value at another time
    [[[1, ONE], [3, NAN], [5, ONE]]], // b: both at the time of the other
    [[[1, OFF], [5, ONE], [5, NAN], [7, OFF]]], // a
  );
  const sources = ["c", "b", "a"].map((name) => source(name));
  const find = (time: number, id: number) =>
    fileOf(readings, readings.blocks[0]!, time, id, sources);
  assert.deepEqual([find(1, NAN), find(3, NAN), find(5, NAN)], ["c", "b", "a"]);
  assert.deepEqual([find(1, OFF), find(5, OFF), find(7, OFF)], ["a", "c", "a"]);
  assert.deepEqual([find(1, ONE), find(5, ONE)], ["b", "a"]);
  // The next file begins at the time at which this one ends.
  const blocks = readingsOf([[[1, OFF]]], [[[1, NAN]]]);
  const files = ["a", "b"].map((name) => source(name));
  assert.equal(fileOf(blocks, blocks.blocks[0]!, 1, NAN, files), "b");
});

Deno.test("filesWithoutReadings() returns files of the day's rejected rows, whatever the margin has", () => {
  const reason = "a module without a phase";
  const rules: RejectionRule[] = [NUMERIC, { reason, rejects: () => true }];
  const files = {
    good: [[[0, ONE], [5, NAN]]],
    bad: [[[0, NAN]], [[0, ONE], [1, ONE]]],
    late: [[[-1, ONE], [0, OFF], [DAY, ONE]]],
    elsewhere: [[[-1, NAN], [DAY, NAN]]],
  } satisfies Record<string, [number, number][][]>;
  const sources = Object.keys(files).map((name) => source(name));
  const readings = readingsOf(...Object.values(files));
  const signals = rules.map((rule, i) => ({ rule, blocks: readings.blocks[i]! }));
  assert.deepEqual(filesWithoutReadings(readings, signals, sources, [2, 3, 1, 0]), {
    bad: { rows: 3, reason },
    late: { rows: 1, reason: WRONG_VALUE },
  });
});

Deno.test("filesWithoutReadings() joins the day files that were imported from one input", () => {
  const readings = readingsOf([[[0, NAN]]], [[[1, OFF]]], [[[2, NAN]]], [[[3, ONE]]]);
  const sources = ["bad", "bad", "half", "half"].map((name) => source(name));
  const signals = [{ rule: NUMERIC, blocks: readings.blocks[0]! }];
  assert.deepEqual(filesWithoutReadings(readings, signals, sources, [4, 5, 6, 7]), {
    bad: { rows: 9, reason: WRONG_VALUE },
  });
});

const input = (name: string, rows: number, mtime = 2): InputRecord => ({
  ...IDENTITY,
  mtime,
  imported: null,
  sources: [source(name, rows)],
  rejected: {},
});

/** A day that was built from inputs, which have some rows without a reading on it. */
const dayOf = (
  day: number,
  inputs: Record<string, InputRecord>,
  withoutReadings: DayRecord["withoutReadings"],
): DayRecord => {
  const prints = Object.entries(inputs).map(([name, input]) => [name, inputFingerprint(input)]);
  return dayRecord(day, { inputs: Object.fromEntries(prints), withoutReadings });
};

Deno.test("inputsWithoutReadings() returns inputs of which no row is a reading on any day", () => {
  const reason = "a module without a phase";
  const inputs = { whole: input("whole", 5), half: input("half", 5), even: input("even", 4) };
  const [two, three] = [{ rows: 2, reason }, { rows: 3, reason: WRONG_VALUE }];
  const days = [
    dayOf(0, inputs, { whole: two, half: two, even: two }),
    dayOf(DAY, inputs, { whole: three, even: { ...three, rows: 2 } }),
  ];
  const find = (days: DayRecord[]) => inputsWithoutReadings(new Map(Object.entries(inputs)), days);
  const found = new Map([["whole", WRONG_VALUE], ["even", reason]]);
  assert.deepEqual(find(days), found);
  assert.deepEqual(find(days.toReversed()), found, "whichever day was built first");
  assert.deepEqual(find(days.slice(1)), new Map());
});

Deno.test("inputsWithoutReadings() ignores what a day says of earlier content of an input", () => {
  const before = { a: input("a", 1) };
  const days = [dayOf(0, before, { a: { rows: 1, reason: WRONG_VALUE } })];
  const find = (record: InputRecord) => inputsWithoutReadings(new Map([["a", record]]), days);
  assert.equal(find(before.a).size, 1);
  assert.equal(find(input("a", 1, 3)).size, 0);
  assert.equal(inputsWithoutReadings(new Map(), days).size, 0);
});
