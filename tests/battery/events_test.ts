import assert from "node:assert/strict";
import { type BatteryDay, eventsOf, frozenRuns } from "../../lib/battery/mod.ts";
import { at, DAY, dayOf, type DayReadings, row, type Stretches } from "./build.ts";

const NEXT = DAY + 86_400;
/** A signal with more than ten values per day, so that its module is never silent. */
const busy: Stretches = Array.from({ length: 17280 / 30 }, (_, i) => [i * 30, i * 30 + 1, i % 50]);
const system = (state: Stretches, more: Partial<DayReadings> = {}) =>
  dayOf({ modules: [{ own: { busy } }], shared: { system_state: state }, ...more });

/** The events of one kind. */
const of = (kind: string, ...days: BatteryDay[]) =>
  eventsOf(days).filter((event) => event.kind === kind)
    .map(({ from, to, phase, module, detail }) => ({ from, to, phase, module, detail }));

Deno.test("a state other than idle, ready, run and standby is an event; case is ignored", () => {
  const state: Stretches = [
    [row("00:00"), row("01:00"), "IDLE"],
    [row("01:00"), row("02:00"), "Error"],
    [row("02:00"), row("02:01"), "EMERGENCY"],
    [row("02:01"), row("03:00"), "Error"],
    [row("03:00"), row("04:00"), "Run"],
    [row("04:00"), row("05:00"), "ready"],
    [row("05:00"), row("24:00"), "Standby"],
  ];
  const place = { phase: null, module: null };
  assert.deepEqual(of("state", system(state)), [
    { from: at("01:00"), to: at("02:00"), ...place, detail: "Error" },
    { from: at("02:00"), to: at("02:01"), ...place, detail: "EMERGENCY" },
    { from: at("02:01"), to: at("03:00"), ...place, detail: "Error" },
  ]);
});

Deno.test("a state of the system is one event, not one event per module", () => {
  const state: Stretches = [[row("01:30"), row("02:30"), "ERROR"], [row("02:30"), 17280, "IDLE"]];
  // No module has hour files for the whole event.
  const modules = ["1", "2"].map((module) => ({ module, hours: [Number(module)], own: { busy } }));
  const days = dayOf({ modules, shared: { system_state: state } });
  assert.deepEqual(of("state", days), [
    { from: at("01:30"), to: at("02:30"), phase: null, module: null, detail: "ERROR" },
  ]);
  const ofPhase = dayOf({ modules, shared: { system_state: state }, sharedPhase: "1" });
  assert.deepEqual(of("state", ofPhase).map(({ phase, module }) => [phase, module]), [["1", null]]);
  const own = dayOf({ modules: [{ own: { busy, system_state: state } }] });
  assert.deepEqual(of("state", own).map(({ phase, module }) => [phase, module]), [["1", "1"]]);
});

Deno.test("a state continues across midnight and a gap up to the max gap, not a longer one", () => {
  const day = system([[row("23:00"), 17280, "ERROR"]]);
  const next = system([[0, row("01:00"), "ERROR"], [row("01:00"), 17280, "IDLE"]], { day: NEXT });
  const place = { phase: null, module: null, detail: "ERROR" };
  const joined = [{ from: at("23:00"), to: at("01:00", NEXT), ...place }];
  assert.deepEqual(of("state", day, next), joined);
  assert.deepEqual(of("state", next, day), joined);
  // A state is held for 5 minutes, and may be unknown for another 5.
  const gap = (from: string) =>
    of("state", system([[0, row("01:00"), "ERROR"], [row(from), row("02:00"), "ERROR"]]));
  assert.deepEqual(gap("01:10").map(({ from, to }) => [from, to]), [[DAY, at("02:05")]]);
  assert.equal(gap("01:10:05").length, 2);
  const none = { grid: { interval: 5, maxGap: 300, fill: "none" as const } };
  const read: Stretches = [[0, 1, "ERROR"], [60, 61, "ERROR"], [200, 201, "ERROR"]];
  assert.deepEqual(
    of("state", system(read, none)).map(({ from, to }) => [from, to]),
    [[DAY, DAY + 61 * 5], [DAY + 1000, DAY + 1005]],
  );
});

Deno.test("a limit at 0 A for more than a minute is an event", () => {
  const limits = (charging: Stretches, day = DAY) =>
    dayOf({
      day,
      modules: [{ own: { busy } }],
      shared: {
        system_derating_charging_amp: charging,
        system_derating_discharging_amp: [[0, 17280, 98]],
      },
    });
  const column = "system_derating_charging_amp";
  const short = limits([[0, 12, 0], [12, 100, 80], [100, 113, 0], [113, 17280, 0.1]]);
  const place = { phase: null, module: null, detail: `${column} at 0 A` };
  assert.deepEqual(of("derating", short), [{ from: DAY + 500, to: DAY + 565, ...place }]);
  // 30 s before midnight and 35 s after it.
  const days = [limits([[0, 17274, 80], [17274, 17280, 0]]), limits([[0, 7, 0], [7, 99, 9]], NEXT)];
  assert.deepEqual(of("derating", ...days), [{ from: NEXT - 30, to: NEXT + 35, ...place }]);
});

Deno.test("a module without readings for over an hour is silent, also across missing days", () => {
  const reported = (stretches: Stretches, day = DAY) =>
    dayOf({ day, modules: [{ own: { a: stretches, b: [stretches[0]!] } }], shared: { c: busy } });
  const place = { phase: "1", module: "1", detail: "no readings of its own" };
  const day = reported([[100, 101, 1], [821, 822, 1], [822 + 721, 1600, 1]]);
  // 720 rows are exactly an hour; 721 rows are more.
  assert.deepEqual(of("silent", day), [
    { from: DAY + 822 * 5, to: DAY + (822 + 721) * 5, ...place },
  ]);
  const later = reported([[0, 1, 1]], DAY + 3 * 86_400);
  assert.deepEqual(of("silent", day, later).at(-1), {
    from: DAY + 8000,
    to: DAY + 3 * 86_400,
    ...place,
  });
  // Readings of another column end a gap.
  const both = dayOf({ modules: [{ own: { a: [[0, 1, 1], [900, 901, 1]], b: [[400, 401, 1]] } }] });
  assert.deepEqual(of("silent", both), []);
});

Deno.test("a cell that deviates by over 100 mV at rest is an event; consecutive days are one", () => {
  const day = (volts: number, day: number) => {
    const cells = [3.5, 3.5, volts].map((
      volts,
      i,
    ) => [`cell_voltage_cell_${i + 1}`, [[0, 17280, volts]]]);
    const own = { ...Object.fromEntries(cells), module_current: [[0, 17280, 0]] };
    return dayOf({ day, modules: [{ own }] });
  };
  const days = [3.39, 3.3, 3.4, 3.61].map((volts, i) => day(volts, DAY + i * 86_400));
  const place = { phase: "1", module: "1" };
  const column = "cell_voltage_cell_3";
  assert.deepEqual(of("cell", ...days), [
    {
      from: DAY,
      to: DAY + 2 * 86_400,
      ...place,
      detail: `${column} up to -200 mV from the median at rest`,
    },
    {
      from: DAY + 3 * 86_400,
      to: DAY + 4 * 86_400,
      ...place,
      detail: `${column} up to 110 mV from the median at rest`,
    },
  ]);
});

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
    days.map((signal, i) => dayOf({ day: DAY + i * 86_400, modules: [{ own: { signal } }] })),
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
  const last = DAY + 2 * 86_400;
  assert.deepEqual(frozen(...days), [[99, at("23:00"), at("00:29:05", last)]]);
  const other = [days[0]!, constant("00:00", "24:00", 98), days[2]!];
  assert.deepEqual(frozen(...other), [[98, NEXT, NEXT + 86_400 - 55]]);
});

Deno.test("values that differ only by rounding are one value", () => {
  const mean = (0.1 + 0.1 + 0.1) / 3;
  assert.notEqual(mean, 0.1);
  const mixed = constant("03:00", "06:00").map(([a, b], i) => [a, b, i % 2 ? mean : 0.1] as const);
  assert.equal(frozen([...changing("00:00", "03:00"), ...mixed]).length, 1);
});

Deno.test("a text signal may be frozen, too", () => {
  const words = changing("00:00", "03:00").map(([a, b, v]) => [a, b, `state ${v}`] as const);
  const found = frozen([...words, ...constant("03:00", "06:00", "ERROR")]);
  assert.deepEqual(found, [["ERROR", at("03:00"), at("05:59:05")]]);
});
