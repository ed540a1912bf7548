import assert from "node:assert/strict";
import type { BatteryDay } from "../../lib/battery/mod.ts";
import { moduleHistories } from "../../lib/report/overview/histories.ts";
import { moduleTable } from "../../lib/report/overview/modules.ts";
import { makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

const tableOf = (days: BatteryDay[]) => textOf(moduleTable(moduleHistories(days)));

Deno.test("moduleTable() shows the spread and the weakest cell of the last day that has them", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 1, cells: 4 });
  days.forEach(({ figures: { modules: [module] } }, number) => {
    module!.restSpread = [600, 410, 220, 30, null][number]!;
    const medians = number === 0 ? [-610, 0, 0, 0] : [0, 0, 0, -25];
    medians.forEach((median, i) => {
      module!.cells[i]!.rest = { rows: number === 4 ? 59 : 900, median };
    });
  });
  // The cell of the first day, which was far off, is no longer the weakest on the last.
  assert.match(textOf(moduleTable(moduleHistories(days))), / 600 30 battery 1 cell 4: −25\.0 mV /);
});

Deno.test("moduleTable() puts the largest of the latest spreads first, and modules without one last", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 4, cells: 2 });
  const spreads = [[900, 10], [null, null], [20, 30], [50, null]];
  for (const [number, { figures: { modules } }] of days.entries()) {
    modules.forEach((module, i) => module.restSpread = spreads[i]![number]!);
  }
  const order = [...tableOf(days).matchAll(/ (1_\d) /g)].map(([, folder]) => folder);
  assert.deepEqual(order, ["1_4", "1_3", "1_1", "1_2"]);
});

Deno.test("moduleTable() has the hottest day of a module, and a dash for what is not known", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 1, cells: 2 });
  const row = () => / all cells known (1_1 .*) $/.exec(tableOf(days))![1]!;
  days.forEach(({ figures: { modules: [module] } }, i) => {
    module!.batteryTemperature!.max.value = [30, 41.25, 35][i]!;
    module!.cellsFilled = 0.75;
  });
  assert.match(row(), / 41\.3 75 %$/);
  for (const { figures: { modules: [module] } } of days) {
    Object.assign(module!, {
      batteryTemperature: null,
      cellsFilled: null,
      flow: null,
      rests: null,
      swings: [],
      restSpread: null,
      cells: [],
    });
  }
  assert.equal(row(), `1_1 ${Array(8).fill("–").join(" ")}`);
});
