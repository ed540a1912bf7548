import assert from "node:assert/strict";
import fc from "fast-check";
import {
  appendSorted,
  type Block,
  dayRange,
  lowerBound,
  Readings,
  reserveReadings,
} from "../../lib/telemetry/series.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Sorted distinct readings of one file. */
const block = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 4 }))).map((readings) => {
  const distinct = new Map(readings.map((reading) => [String(reading), reading]));
  return [...distinct.values()].sort(([a, x], [b, y]) => a - b || x - y);
});

Deno.test("appendSorted() gives the same as sorting all readings", () => {
  fc.assert(fc.property(fc.array(block), fc.boolean(), (blocks, distinct) => {
    const readings = new Readings();
    const all: Block[] = [];
    for (const list of blocks.filter(({ length }) => length > 0)) {
      reserveReadings(readings, list.length);
      const start = readings.length;
      for (const [time, number] of list) {
        const text = encode(String(number));
        readings.times[readings.length] = time;
        readings.ids[readings.length++] = readings.values.intern(text, 0, text.length);
      }
      all.push({ start, end: readings.length, file: 0 });
    }
    // Behind what is there already, which is none of theirs.
    const to = { times: Float64Array.of(100), ids: Int32Array.of(7), length: 1 };
    appendSorted(to, readings, all, readings.values, distinct);
    const { times, ids, length } = to;
    assert.deepEqual([times[0], ids[0]], [100, 7]);
    const found = Array.from({ length }, (_, i) => [times[i], readings.values.numbers[ids[i]!]])
      .slice(1);
    const expected = blocks.flat().sort(([a, x], [b, y]) => a - b || x - y)
      .filter((reading, i, all) => !distinct || String(reading) !== String(all[i - 1]));
    assert.deepEqual(found, expected);
  }));
});

Deno.test("Readings.signalNumber() numbers signals, and truncate() forgets the last ones", () => {
  const readings = new Readings();
  const tags = [["phase", "1"], ["module", "1"], ["cell", "2"]] as const;
  const number = readings.signalNumber("cell_voltage", tags);
  const other = readings.signalNumber("cell_voltage", [["cell", "2"]]);
  assert.notEqual(number, other);
  const turned = [tags[1], tags[0], tags[2]];
  assert.equal(
    readings.signalNumber("cell_voltage", turned),
    number,
    "phase and module name the place",
  );
  readings.blocks[number]!.push({ start: 0, end: 4, file: 0 }, { start: 5, end: 9, file: 1 });
  readings.blocks[other]!.push({ start: 4, end: 5, file: 0 });
  readings.truncate(5, 2);
  assert.equal(readings.length, 5);
  const first = { start: 0, end: 4, file: 0 };
  assert.deepEqual(readings.blocks, [[first], [{ start: 4, end: 5, file: 0 }]]);
  readings.truncate(4, 1);
  assert.deepEqual([readings.blocks, readings.signals.length], [[[first]], 1]);
  assert.equal(readings.signalNumber("current", tags), other, "the number is free again");
});

Deno.test("Readings.signalNumber() ignores only the source of the message in rejected tags", () => {
  const readings = new Readings();
  const number = (...phases: string[]) =>
    readings.signalNumber("v", [...phases.map((phase) => ["phase", phase] as const), [
      "module",
      "1",
    ]]);
  assert.notEqual(number("1", "2"), number("3", "2"));
  assert.equal(number("1", "2"), number("1", "2"));
  const withSource = [["phase", "1"], ["message_source", "x"], ["phase", "2"], [
    "module",
    "1",
  ]] as const;
  assert.equal(readings.signalNumber("v", withSource), number("1", "2"));
});

Deno.test("dayRange() returns the bounds of the day's own readings", () => {
  const times = Float64Array.of(-300, -0.1, 0, 5, 86_399.9, 86_400, 90_000);
  const series = { times, ids: new Int32Array(7), length: 7 };
  assert.deepEqual(dayRange(series), [2, 5]);
  assert.deepEqual(dayRange({ ...series, length: 2 }), [2, 2]);
  fc.assert(fc.property(fc.array(fc.nat({ max: 20 })), fc.nat({ max: 20 }), (numbers, bound) => {
    numbers.sort((a, b) => a - b);
    const expected = numbers.filter((number) => number < bound).length;
    assert.equal(lowerBound(numbers, numbers.length, bound), expected);
  }));
});
