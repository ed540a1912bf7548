import assert from "node:assert/strict";
import { type BatteryDay, tablesOf } from "../../lib/battery/mod.ts";
import { dayOf, row, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const NEXT = JULY_13 + 86_400;
const whole = (value: number): Stretches => [[0, 17280, value]];
const cell = (n: number) => `cell_voltage_battery_1_cell_${n}`;

/** A module that discharges 10 A at 50 V for an hour, then rests. */
const used = (day = JULY_13): BatteryDay =>
  dayOf({
    day,
    modules: [{
      phase: "2",
      own: {
        battery_sensor_temperature_battery_1_sensor_1: [[0, 100, 21.5], [100, 17280, 22.25]],
        [cell(1)]: whole(3.6),
        [cell(2)]: whole(3.5),
        [cell(3)]: whole(3.61),
        module_current: [[0, 720, 10], [720, 17280, 0]],
        module_state_of_charge: [[0, 720, 0.9], [720, 17280, 0.7]],
        module_voltage: whole(50),
      },
    }],
  });

Deno.test("daily.csv has the documented columns, units and formats", () => {
  const { "daily.csv": text } = tablesOf([used()]);
  const [header, line, end] = text.split("\n");
  assert.equal(
    header,
    "day,phase,module,rows,energy_out_kwh,energy_in_kwh,charge_out_ah,charge_in_ah,soc_min,soc_max," +
      "current_min_a,current_max_a,cell_voltage_min_v,cell_voltage_min_cell,cell_voltage_min_at," +
      "cell_voltage_max_v,cell_voltage_max_cell,cell_voltage_max_at,battery_temperature_min_c," +
      "battery_temperature_max_c,cells_filled,rest_rows,rest_spread_mv,weakest_cell," +
      "weakest_cell_deviation_mv",
  );
  const at = "2024-07-13T00:00:00Z";
  assert.equal(
    line,
    `2024-07-13,2,1,17280,0.5,0,10,0,0.7,0.9,0,10,3.5,${cell(2)},${at},3.61,${cell(3)},${at},` +
      `21.5,22.25,1,${17280 - 720 - 240},110,${cell(2)},-100`,
  );
  assert.equal(end, "");
});

Deno.test("daily.csv has what discharges as out, and leaves unknown fields empty", () => {
  const day = (soc: Stretches, day: number) =>
    dayOf({
      day,
      modules: [{
        own: { module_current: whole(-10), module_voltage: whole(50), module_state_of_charge: soc },
      }],
    });
  const days = [
    day([[0, 1, 0.9], [1, 17280, 0.1]], NEXT),
    day([[0, 1, 0.2], [1, 17280, 0.1]], JULY_13),
  ];
  const lines = tablesOf(days)["daily.csv"].split("\n").map((line) => line.split(","));
  const kwh = 50 * 10 * 24 / 1000;
  assert.deepEqual(lines.slice(1, 3).map((line) => line.slice(0, 8)), [
    ["2024-07-13", "1", "1", "17280", `${kwh}`, "0", "240", "0"],
    ["2024-07-14", "1", "1", "17280", `${kwh}`, "0", "240", "0"],
  ]);
  assert.deepEqual(lines[1]!.slice(12), ["", "", "", "", "", "", "", "", "", "0", "", "", ""]);
  // The other way round once the state of charge has risen more than it has fallen.
  const risen = day([[0, 1, 0], [1, 17280, 1]], NEXT + 86_400);
  const [, line] = tablesOf([...days, risen])["daily.csv"].split("\n");
  assert.deepEqual(line!.split(",").slice(4, 8), ["0", `${kwh}`, "0", "240"]);
});

Deno.test("signals.csv has every column in natural order, and the day's part of a frozen run if it is two hours or more", () => {
  const changing = Array.from({ length: 60 }, (_, i) => [i * 12, i * 12 + 1, i] as const);
  const constant = (from: number, to: number): Stretches =>
    Array.from({ length: (to - from) / 12 }, (_, i) => [from + i * 12, from + i * 12 + 1, 7]);
  const day = (signal: Stretches, day: number) =>
    dayOf({
      day,
      modules: ["1", "2"].map((module) => ({ module, own: { own: [[0, 1, 1]] }, hours: [0] })),
      shared: { frequency: signal },
    });
  const days = [
    day([...changing, ...constant(row("23:00"), 17280)], JULY_13),
    day([...constant(0, row("03:00"))], NEXT),
  ];
  const { "signals.csv": text, "events.csv": events } = tablesOf(days);
  // The module's own reading is held for 60 rows of 720; the minutely ones fill all rows.
  assert.deepEqual(text.trim().split("\n"), [
    "day,phase,module,signal,filled,frozen_s",
    `2024-07-13,1,1,own,${(61 / 720).toFixed(9)},0`,
    "2024-07-13,1,1,frequency,1,0",
    `2024-07-13,1,2,own,${(61 / 720).toFixed(9)},0`,
    "2024-07-13,1,2,frequency,1,0",
    `2024-07-14,1,1,own,${(61 / 720).toFixed(9)},0`,
    `2024-07-14,1,1,frequency,1,${3 * 3600 - 55}`,
    `2024-07-14,1,2,own,${(61 / 720).toFixed(9)},0`,
    `2024-07-14,1,2,frequency,1,${3 * 3600 - 55}`,
  ]);
  assert.ok(
    events.includes("2024-07-13T23:00:00Z,2024-07-14T02:59:05Z,,,frozen,frequency at 7\n"),
    events,
  );
});

Deno.test("signals.csv has the day's part of a frozen run if it is exactly two hours", () => {
  const changing = Array.from({ length: 60 }, (_, i) => [i * 12, i * 12 + 1, i] as const);
  const frozen = (from: number) => {
    const evening = dayOf({ modules: [{ own: { level: [...changing, [from, 17280, 7]] } }] });
    const next = dayOf({ day: NEXT, modules: [{ own: { level: [[0, 1, 7]] } }] });
    const [, line] = tablesOf([evening, next])["signals.csv"].split("\n");
    return line!.split(",").at(-1);
  };
  assert.deepEqual([frozen(row("22:00")), frozen(row("22:00") + 1)], ["7200", "0"]);
});

Deno.test("events.csv quotes fields where needed, and is ordered by time and place", () => {
  const state: Stretches = [[0, 720, 'ERROR, "grid"'], [720, 17280, "IDLE"]];
  const day = dayOf({
    modules: [
      { own: { busy: whole(1), system_state: [[0, 720, "OFF"], [720, 17280, "RUN"]] } },
      { phase: "10", own: { busy: whole(1), system_state: [[0, 720, ""], [720, 17280, "RUN"]] } },
      {
        phase: "9",
        own: { busy: whole(1), system_state: [[0, 720, "A\nB"], [720, 17280, "RUN"]] },
      },
    ],
    shared: { system_state: state },
  });
  const { "events.csv": text } = tablesOf([day]);
  const span = "2024-07-13T00:00:00Z,2024-07-13T01:00:00Z";
  assert.equal(
    text,
    "from,to,phase,module,kind,detail\n" +
      `${span},,,state,"ERROR, ""grid"""\n` +
      `${span},1,1,state,OFF\n` +
      `${span},9,1,state,"A\nB"\n` +
      `${span},10,1,state,""\n`,
  );
});

Deno.test("tables do not depend on the order of the days", () => {
  const days = [used(), used(NEXT), used(NEXT + 7 * 86_400)];
  assert.deepEqual(tablesOf(days), tablesOf(days.toReversed()));
  assert.deepEqual(tablesOf([]), {
    "daily.csv": `${tablesOf(days)["daily.csv"].split("\n")[0]}\n`,
    "signals.csv": "day,phase,module,signal,filled,frozen_s\n",
    "events.csv": "from,to,phase,module,kind,detail\n",
  });
});
