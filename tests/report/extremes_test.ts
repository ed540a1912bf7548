import assert from "node:assert/strict";
import type { BatteryDay, Limits } from "../../lib/battery/mod.ts";
import { extremeOf, extremeTable } from "../../lib/report/overview/extremes.ts";
import { makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

/** Days of two modules whose cells reach the given highest voltages. */
function daysOf(...highest: [first: number, second: number][]): BatteryDay[] {
  const days = makeDays({ days: highest.length, phases: 2, modules: 1, cells: 2 });
  days.forEach(({ figures: { modules } }, i) =>
    modules.forEach((module, k) => module.cellVoltage!.max.value = highest[i]![k]!)
  );
  return days;
}

Deno.test("extremeOf() is the first of equal extremes, and counts the other modules that have it", () => {
  const days = daysOf([4, 3.9], [4.1, 4.1], [4.1, 4]);
  const [, second] = days as [BatteryDay, BatteryDay, BatteryDay];
  // The second module had it a second earlier than the first.
  second.figures.modules.forEach(({ cellVoltage }, i) => cellVoltage!.max.at = second.day + 9 - i);
  const { folder, value, others, at } = extremeOf(days, "cell_voltage", "max")!;
  assert.deepEqual([folder, value, others, at], ["2_1", 4.1, 1, second.day + 8]);
  assert.equal(extremeOf(daysOf([4, 3], [3, 3]), "cell_voltage", "max")!.others, 0);
  assert.equal(extremeOf([], "cell_voltage", "max"), null);
});

Deno.test("extremeTable() names the column of an extreme, or how many columns or modules have it", () => {
  const row = (days: BatteryDay[]) =>
    /highest cell voltage (.*?) \d{4}-/.exec(textOf(extremeTable(days, null)))![1];
  assert.equal(row(daysOf([4.1, 4])), "4.1 V 1_1 cell_voltage_battery_1_cell_2");
  assert.equal(row(daysOf([4.1, 4.1])), "4.1 V 2 modules –");
  const days = daysOf([4.1, 4]);
  days[0]!.figures.modules[0]!.cellVoltage!.max.columns = 3;
  assert.equal(row(days), "4.1 V 1_1 3 columns");
});

Deno.test("extremeTable() calls a value beyond its limit violated, not one at the limit", () => {
  const margin = (highest: number, limits: Limits) =>
    /highest cell voltage .*? \d\d:\d\d(?::\d\d)? (.*?) (?:lowest|highest)/
      .exec(textOf(extremeTable(daysOf([highest, 3]), limits)))![1];
  assert.equal(margin(4, { cell_voltage: [3, 4.2] }), "4.2 +0.200");
  assert.equal(margin(4.25, { cell_voltage: [3, 4.2] }), "4.2 −0.050 violated");
  assert.equal(margin(4.2, { cell_voltage: [3, 4.2] }), "4.2 0.000");
  assert.equal(margin(Math.fround(3.65), { cell_voltage: [3, 3.65] }), "3.65 0.000");
  assert.equal(margin(4.2, { current: [-1, 1] }), "no limit –");
  assert.equal(margin(4.20004, { cell_voltage: [3, 4.2] }), "4.2 −0.00004 violated");
  // The limit is shown as it is, and the value with enough decimals to stay on its side of it.
  assert.equal(margin(4.1004, { cell_voltage: [3, 4.1003] }), "4.1003 −0.0001 violated");
  assert.equal(margin(4.10044, { cell_voltage: [3, 4.10041] }), "4.10041 −0.00003 violated");
  const text = textOf(extremeTable(daysOf([4, 3]), { current: [-1, 1] }));
  assert.match(text, /how far they are from the limits/);
  assert.match(textOf(extremeTable(daysOf([4, 3]), null)), /With --limits FILE/);
});

Deno.test("extremeOf() finds the extremes of 200,000 days of modules", () => {
  const [day] = makeDays({ days: 1, phases: 1, modules: 2, cells: 2 }) as [BatteryDay];
  const [most, other] = day.figures.modules;
  most!.current!.max.value = 99;
  const modules = Array.from({ length: 200_000 }, (_, i) => i === 777 ? most! : other!);
  const days = [{ ...day, figures: { modules, places: [] } }];
  const { value, folder, others } = extremeOf(days, "current", "max")!;
  assert.deepEqual([value, folder, others], [99, "1_1", 0]);
});
