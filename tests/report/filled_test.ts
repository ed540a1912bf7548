import assert from "node:assert/strict";
import type { BatteryDay } from "../../lib/battery/mod.ts";
import { columnPattern, filledByDay, filledTable } from "../../lib/report/overview/filled.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

/** A day of modules with 100 rows; for each column, how many of them are not null. */
function dayOf(...modules: Record<string, number>[]): BatteryDay {
  const made = { days: 1, phases: 1, modules: modules.length, cells: 2 };
  const [day] = makeDays(made) as [BatteryDay];
  day.figures.modules.forEach((module, i) => {
    module.rows = 100;
    module.filled = Object.entries(modules[i]!);
  });
  return day;
}

Deno.test("columnPattern() is the same for columns that differ only in their numbers", () => {
  assert.equal(columnPattern("cell_voltage_battery_1_cell_12"), "cell_voltage_battery_#_cell_#");
});

Deno.test("filledTable() has the median module of each kind of signal, and the one with the fewest", () => {
  const row = (...modules: Record<string, number>[]) =>
    textOf(filledTable(dayOf(...modules))).split(" in module ")[1]!.trim();
  // A module's share is the mean of its columns.
  assert.equal(row({ cell_1: 90, cell_2: 70 }, { cell_1: 40 }), "cell_# 2 60 % 40 % 1_2");
  assert.equal(row({ x: 40 }, { x: 90 }, { x: 40 }), "x 3 40 % 40 % 2 modules");
  assert.equal(row({ x: 50 }, { x: 50 }), "x 2 50 % 50 % all");
  assert.equal(row({ b: 10, a: 20 }), "a 1 20 % 20 % all b 1 10 % 10 % all");
});

Deno.test("filledByDay() draws the mean of the modules that have a signal, and no day without it", () => {
  const days = [dayOf({ x: 30 }, { x: 50 }), dayOf({ y: 100 })];
  days[1]!.day = FIRST_DAY + 2 * 86_400;
  const markup = filledByDay(days).join("");
  assert.match(markup, /Rows with a value of 2 signals by day/);
  assert.match(markup, /40\.0,,/);
  assert.match(markup, /,,100\.0/);
  assert.match(filledByDay([dayOf({})]).join(""), /No signal is on record/);
});
