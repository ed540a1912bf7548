import assert from "node:assert/strict";
import fc from "fast-check";
import { type FrozenRun, frozenRuns } from "../../lib/battery/frozen.ts";
import { at, dayOf, row, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const NEXT = JULY_13 + 86_400;

/** Readings every minute whose value changes each time. */
const changing = (from: string, to: string, values = 20): Stretches => {
  const count = (row(to) - row(from)) / 12;
  return Array.from({ length: count }, (_, i) => {
    const start = row(from) + i * 12;
    return [start, start + 1, i % values] as const;
  });
};
/** Readings every minute with the same value. */
const constant = (from: string, to: string, value: number | string = 5): Stretches =>
  changing(from, to).map(([from, to]) => [from, to, value] as const);
const frozen = (...days: Stretches[]) =>
  frozenRuns(
    days.map((signal, i) => dayOf({ day: JULY_13 + i * 86_400, modules: [{ own: { signal } }] })),
  )
    .map(({ value, from, to }) => [value, from, to]);

Deno.test("a signal is frozen if it keeps one value for two hours while readings continue", () => {
  const day = [
    ...changing("00:00", "03:00"),
    ...constant("03:00", "06:00", 99),
    ...changing("06:00", "07:00"),
  ];
  // From the first row with the value to the end of the last row with readings.
  assert.deepEqual(frozen(day), [[99, at("03:00"), at("05:59:05")]]);
  const readings = (rows: number) => frozen([...changing("00:00", "01:00"), [720, 720 + rows, 99]]);
  assert.deepEqual([readings(1439).length, readings(1440).length], [0, 1]);
  // 119 minutes and one row are less than two hours.
  const short = (to: string) =>
    frozen([...changing("00:00", "03:00"), ...constant("03:00", to, 99)]).length;
  assert.deepEqual([short("05:00"), short("05:01")], [0, 1]);
});

Deno.test("a gap longer than the max gap ends a frozen run", () => {
  const every = (minutes: number): Stretches =>
    Array.from({ length: 36 }, (_, i) => [i * minutes * 12 + 720, i * minutes * 12 + 721, 99]);
  assert.equal(frozen([...changing("00:00", "01:00"), ...every(5)]).length, 1);
  assert.equal(frozen([...changing("00:00", "01:00"), ...every(6)]).length, 0);
});

Deno.test("a single other value ends a frozen run", () => {
  const parts = [...constant("01:00", "04:00", 99), ...constant("04:00", "04:01", 98)];
  const found = frozen([
    ...changing("00:00", "01:00"),
    ...parts,
    ...constant("04:01", "07:00", 99),
  ]);
  assert.deepEqual(found, [[99, at("01:00"), at("03:59:05")], [99, at("04:01"), at("06:59:05")]]);
});

Deno.test("a frozen signal has at least ten values elsewhere", () => {
  const long = constant("03:00", "06:00", 99);
  assert.equal(frozen([...changing("00:00", "03:00", 10), ...long]).length, 1);
  assert.equal(frozen([...changing("00:00", "03:00", 9), ...long]).length, 0);
  // Its own value counts if it recurs, on the same day or another one.
  const nine = changing("00:00", "03:00", 9);
  assert.equal(
    frozen([...nine, ...long, ...nine.map(([a, b, v]) => [a + 6000, b + 6000, v] as const)])
      .length,
    0,
  );
  assert.equal(
    frozen([...nine, ...long, [row("07:00"), row("07:01"), 4], [6000, 6001, 99]]).length,
    1,
  );
  assert.equal(frozen([...nine, ...long], constant("00:00", "00:10", 99)).length, 1);
  // Also if it recurs only on the second of the days that the run is on.
  const later = [...constant("00:00", "03:00", 99), ...constant("06:00", "06:10", 4)];
  const again = constant("07:00", "07:10", 99);
  assert.equal(frozen([...nine, ...constant("22:00", "24:00", 99)], later).length, 0);
  assert.equal(
    frozen([...nine, ...constant("22:00", "24:00", 99)], [...later, ...again]).length,
    1,
  );
  // Values of earlier and later days count.
  assert.equal(frozen([...nine, ...long], constant("00:00", "00:10", 77)).length, 1);
  assert.equal(frozen(constant("00:00", "00:10", 77), [...nine, ...long]).length, 1);
});

Deno.test("a frozen run continues across midnights as one run", () => {
  const days = [
    [...changing("00:00", "03:00"), ...constant("23:00", "24:00", 99)],
    constant("00:00", "24:00", 99),
    [...constant("00:00", "00:30", 99), ...changing("00:30", "01:00")],
  ];
  const last = JULY_13 + 2 * 86_400;
  assert.deepEqual(frozen(...days), [[99, at("23:00"), at("00:29:05", last)]]);
  const other = [days[0]!, constant("00:00", "24:00", 98), days[2]!];
  assert.deepEqual(frozen(...other), [[98, NEXT, NEXT + 86_400 - 55]]);
});

Deno.test("a frozen run continues across midnight over a gap of at most the max gap", () => {
  const evening: Stretches = [...changing("00:00", "01:00"), ...constant("23:00", "24:00", 99)];
  // The last reading is that of 23:59, so that of 00:04 is five minutes later.
  const morning = (first: number): Stretches =>
    constant("00:04", "02:00", 99).map((
      [from, , value],
    ) => [from + first, from + first + 1, value]);
  assert.deepEqual(frozen(evening, morning(0)), [[99, at("23:00"), at("01:59:05", NEXT)]]);
  assert.deepEqual(frozen(evening, morning(1)), []);
});

Deno.test("a max gap that is not a whole number of rows is rounded down across midnight", () => {
  const grid = { interval: 60, maxGap: 330, fill: "hold" } as const;
  const evening = [...changing("00:00", "00:10"), [1340, 1440, 99] as const];
  const starts = (first: number) =>
    frozenRuns([
      dayOf({ grid, modules: [{ own: { x: evening } }] }),
      dayOf({ day: NEXT, grid, modules: [{ own: { x: [[first, first + 120, 99]] } }] }),
    ]).map(({ from }) => (from - JULY_13) / 60);
  assert.deepEqual([starts(4), starts(5)], [[1340], [1445]]);
});

Deno.test("values that differ only by rounding are one value", () => {
  const mean = (0.1 + 0.1 + 0.1) / 3;
  assert.notEqual(mean, 0.1);
  const mixed = constant("03:00", "06:00").map(([a, b], i) => [a, b, i % 2 ? mean : 0.1] as const);
  assert.equal(frozen([...changing("00:00", "03:00"), ...mixed]).length, 1);
  // Also from one day to the next, and among the values that a signal has on several days.
  const [evening, morning] = [constant("22:00", "24:00", 0.1), constant("00:00", "01:00", mean)];
  assert.deepEqual(
    frozen([...changing("00:00", "03:00"), ...evening], morning).map(([, from, to]) => [from, to]),
    [[at("22:00"), at("00:59:05", NEXT)]],
  );
  const nine = changing("00:00", "03:00", 9).map(([from, to, value]) => {
    return [from, to, value === 8 ? 0.1 : value] as const;
  });
  const again = constant("00:00", "00:10", mean);
  assert.equal(frozen([...nine, ...constant("03:00", "06:00", 99)], again).length, 0);
});

Deno.test("a text signal may be frozen, too", () => {
  const words = changing("00:00", "03:00").map(([a, b, v]) => [a, b, `state ${v}`] as const);
  const found = frozen([...words, ...constant("03:00", "06:00", "ERROR")]);
  assert.deepEqual(found, [["ERROR", at("03:00"), at("05:59:05")]]);
  const evening = [...words, ...constant("23:00", "24:00", "ERROR")];
  assert.deepEqual(frozen(evening, constant("00:00", "02:00", "ERROR")), [
    ["ERROR", at("23:00"), at("01:59:05", NEXT)],
  ]);
  assert.deepEqual(frozen(evening, constant("00:00", "02:00", "OFF")), []);
  const number = [...words, ...constant("23:00", "24:00", "5")];
  assert.deepEqual(frozen(number, constant("00:00", "02:00", "5.0")), [], "texts, not numbers");
});

/** Readings over three days with rows of a minute, as [row, value]. */
const anyReadings = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 400 }),
    step: fc.integer({ min: 1, max: 6 }),
    value: fc.integer({ min: 0, max: 14 }),
    varies: fc.boolean(),
    pause: fc.constantFrom(0, 0, 9),
  }),
  { minLength: 1, maxLength: 30 },
).map((parts) => {
  const readings: [row: number, value: number][] = [];
  let row = 0;
  for (const { length, step, value, varies, pause } of parts) {
    for (const end = row + length; row < end; row += step) {
      readings.push([row, varies ? row % 11 : value]);
    }
    row += pause;
  }
  return readings.filter(([row]) => row < 3 * 1440);
});

Deno.test("frozenRuns() finds what a loop over the readings of all days finds", () => {
  const grid = { interval: 60, maxGap: 300, fill: "hold" } as const;
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const days = [0, 1, 2].map((day) => {
        const signal = readings.map(([row, value]) => [row - day * 1440, value] as const)
          .filter(([row]) => row >= 0 && row < 1440)
          .map(([row, value]) => [row, row + 1, value] as const);
        return dayOf({ day: JULY_13 + day * 86_400, grid, modules: [{ own: { signal } }] });
      });
      const expected: Pick<FrozenRun, "value" | "from" | "to">[] = [];
      for (let start = 0, end = 0; start < readings.length; start = end) {
        const [first, value] = readings[start]!;
        const continues = () =>
          readings[end]?.[1] === value && readings[end]![0] - readings[end - 1]![0] <= 5;
        end = start + 1;
        while (continues()) end++;
        const rows = readings[end - 1]![0] + 1 - first;
        const others = new Set(readings.toSpliced(start, end - start).map(([, value]) => value));
        if (rows < 120 || others.size < 10) continue;
        const from = JULY_13 + first * 60;
        expected.push({ value, from, to: from + rows * 60 });
      }
      const found = frozenRuns(days).map(({ value, from, to }) => ({ value, from, to }));
      assert.deepEqual(found, expected);
    }),
    { numRuns: 100 },
  );
});
