import assert from "node:assert/strict";
import { type BatteryDay, eventsOf } from "../../lib/battery/mod.ts";
import { at, dayOf, type DayReadings, row, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const NEXT = JULY_13 + 86_400;
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

Deno.test("blanks around a state do not matter to whether it is ordinary", () => {
  const day = system([[0, 720, " IDLE"], [720, 1440, "run\t"], [1440, 17280, " OFF "]]);
  assert.deepEqual(of("state", day).map(({ detail }) => detail), [" OFF "]);
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
  assert.deepEqual(gap("01:10").map(({ from, to }) => [from, to]), [[JULY_13, at("02:05")]]);
  assert.equal(gap("01:10:05").length, 2);
  const none = { grid: { interval: 5, maxGap: 300, fill: "none" as const } };
  const read: Stretches = [[0, 1, "ERROR"], [60, 61, "ERROR"], [200, 201, "ERROR"]];
  assert.deepEqual(
    of("state", system(read, none)).map(({ from, to }) => [from, to]),
    [[JULY_13, JULY_13 + 61 * 5], [JULY_13 + 1000, JULY_13 + 1005]],
  );
});

Deno.test("a limit at 0 A for more than a minute is an event", () => {
  const limits = (charging: Stretches, day = JULY_13) =>
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
  assert.deepEqual(of("derating", short), [{ from: JULY_13 + 500, to: JULY_13 + 565, ...place }]);
  // Each time for 30 s only, with another limit in between.
  const often = Array.from({ length: 100 }, (_, i) => [i * 6, i * 6 + 6, i % 2 * 50] as const);
  assert.deepEqual(of("derating", limits(often)), []);
  // 30 s before midnight and 35 s after it.
  const days = [limits([[0, 17274, 80], [17274, 17280, 0]]), limits([[0, 7, 0], [7, 99, 9]], NEXT)];
  assert.deepEqual(of("derating", ...days), [{ from: NEXT - 30, to: NEXT + 35, ...place }]);
});

Deno.test("a module without readings for over an hour is silent, also across missing days", () => {
  const reported = (stretches: Stretches, day = JULY_13) =>
    dayOf({ day, modules: [{ own: { a: stretches, b: [stretches[0]!] } }], shared: { c: busy } });
  const place = { phase: "1", module: "1", detail: "no readings of its own" };
  const day = reported([[100, 101, 1], [821, 822, 1], [822 + 721, 1600, 1]]);
  // 720 rows are exactly an hour; 721 rows are more.
  assert.deepEqual(of("silent", day), [
    { from: JULY_13 + 822 * 5, to: JULY_13 + (822 + 721) * 5, ...place },
  ]);
  const later = reported([[0, 1, 1]], JULY_13 + 3 * 86_400);
  assert.deepEqual(of("silent", day, later).at(-1), {
    from: JULY_13 + 8000,
    to: JULY_13 + 3 * 86_400,
    ...place,
  });
  // From the row before midnight to half past, and from half past eleven: exactly an hour, and more.
  const across = (row: number) =>
    of("silent", reported([[0, 16_920, 1]]), reported([[row, 17_280, 1]], NEXT)).length;
  assert.deepEqual([across(360), across(361)], [0, 1]);
  // Readings of another column end a gap.
  const both = dayOf({ modules: [{ own: { a: [[0, 1, 1], [900, 901, 1]], b: [[400, 401, 1]] } }] });
  assert.deepEqual(of("silent", both), []);
});

Deno.test("a day without any reading of a module's own does not end its silence", () => {
  const day = (own: Record<string, Stretches>, day: number) =>
    dayOf({ day, modules: [{ own }], shared: { busy } });
  const days = [
    day({ a: [[0, 1, 1]] }, JULY_13),
    day({}, NEXT),
    day({ a: [[720, 721, 1]] }, NEXT + 86_400),
  ];
  assert.deepEqual(
    of("silent", ...days).map(({ from, to }) => [from, to]),
    [[JULY_13 + 5, NEXT + 86_400 + 3600]],
  );
});

/** A day at rest, on which the voltage of the third cell differs from that of the other two. */
const dayOfCells = (volts: number, day: number, rows = 17_280 - 240) => {
  const cells = [3.5, 3.5, volts].map((
    volts,
    i,
  ) => [`cell_voltage_cell_${i + 1}`, [[0, 17_280, volts]]]);
  const own = { ...Object.fromEntries(cells), module_current: [[0, 240 + rows, 0]] };
  return dayOf({ day, modules: [{ own }], grid: { interval: 5, maxGap: 300, fill: "none" } });
};

Deno.test("a cell that deviates by over 100 mV at rest is an event; consecutive days are one", () => {
  const days = [3.39, 3.3, 3.4, 3.61].map((volts, i) => dayOfCells(volts, JULY_13 + i * 86_400));
  const place = { phase: "1", module: "1" };
  const column = "cell_voltage_cell_3";
  assert.deepEqual(of("cell", ...days), [
    {
      from: JULY_13,
      to: JULY_13 + 2 * 86_400,
      ...place,
      detail: `${column} up to -200 mV from the median at rest`,
    },
    {
      from: JULY_13 + 3 * 86_400,
      to: JULY_13 + 4 * 86_400,
      ...place,
      detail: `${column} up to 110 mV from the median at rest`,
    },
  ]);
});

Deno.test("a cell's event has its largest deviation of either sign, the first of equal ones", () => {
  const most = (...volts: number[]) => {
    const days = volts.map((volts, i) => dayOfCells(volts, JULY_13 + i * 86_400));
    return of("cell", ...days).map(({ detail }) => / up to (\S+) mV/.exec(detail)![1]);
  };
  assert.deepEqual(most(3.65, 3.3, 3.68), ["-200"]);
  assert.deepEqual(most(3.75, 3.25), ["250"]);
});

Deno.test("a cell that deviates in fewer than 60 rows at rest is no event", () => {
  const events = (rows: number) => of("cell", dayOfCells(3.3, JULY_13, rows)).length;
  assert.deepEqual([events(59), events(60)], [0, 1]);
});

Deno.test("events that begin together are in order of kind, detail and end", () => {
  const zero: Stretches = [[0, 720, 0], [720, 17_280, 9]];
  const day = dayOf({
    modules: [{ own: { busy } }],
    shared: {
      system_state: [[0, 720, "ERROR"], [720, 17_280, "RUN"]],
      system_derating_discharging_amp: zero,
      system_derating_charging_amp: zero,
    },
  });
  const events = eventsOf(
    [day],
    [30, 10, 20].map((minutes) => {
      const [from, to] = [JULY_13, JULY_13 + minutes * 60];
      return {
        phase: null,
        module: null,
        column: "level",
        value: minutes === 20 ? 1 : 2,
        from,
        to,
      };
    }),
  );
  assert.deepEqual(
    events.map(({ kind, detail, to }) => `${kind} ${detail} ${(to - JULY_13) / 60}`),
    [
      "derating system_derating_charging_amp at 0 A 60",
      "derating system_derating_discharging_amp at 0 A 60",
      "frozen level at 1 20",
      "frozen level at 2 10",
      "frozen level at 2 30",
      "state ERROR 60",
    ],
  );
});
