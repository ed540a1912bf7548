import assert from "node:assert/strict";
import type { Flows } from "../../lib/battery/mod.ts";
import {
  moduleHistories,
  type ModuleHistory,
  throughput,
} from "../../lib/report/overview/histories.ts";
import { makeDays } from "../helpers/battery_days.ts";

const flow = (positive: number, negative: number): Flows => ({
  positive: { energy: positive, charge: 10 * positive },
  negative: { energy: negative, charge: 10 * negative },
});

Deno.test("throughput() adds up what is known, and tells out from in by what positive current means", () => {
  const flows = [flow(1, 2), null, flow(3, 5)];
  assert.deepEqual(throughput(flows, "discharge"), { energyOut: 4, energyIn: 7, chargeOut: 40 });
  assert.deepEqual(throughput(flows, "charge"), { energyOut: 7, energyIn: 4, chargeOut: 70 });
  assert.equal(throughput([null], "charge"), null);
});

Deno.test("moduleHistories() has the cycles of modules whose flow and capacity are known", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 3, cells: 2 });
  for (const { figures: { modules: [first, second, third] } } of days) {
    first!.soc!.correlation = -1000; // positive current is discharge
    first!.flow = flow(3, 1);
    first!.swings = [{ soc: 0.5, charge: 10, unknown: 0 }];
    second!.flow = null;
    for (const module of [first!, second!, third!]) module.rests = null;
    third!.swings = [];
  }
  const [first, second, third] = moduleHistories(days);
  assert.deepEqual([first!.folder, first!.flow!.chargeOut, first!.capacity], ["1_1", 60, {
    ah: 20,
    n: 2,
  }]);
  assert.equal(first!.cycles, 3);
  assert.deepEqual([second!.flow, second!.cycles], [null, null]);
  assert.ok(second!.capacity !== null);
  assert.deepEqual([third!.capacity, third!.cycles], [null, null]);
  assert.ok(third!.flow !== null);
});

Deno.test("moduleHistories() weighs the share of known cells by rows; it is null without cells", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 2, cells: 2 });
  const shares = [0.5, null, 0.2];
  days.forEach(({ figures: { modules: [first, second] } }, i) => {
    first!.cellsFilled = shares[i]!;
    first!.rows = [720, 17_280, 1440][i]!;
    second!.cellsFilled = null;
  });
  const found = moduleHistories(days).map(({ cellsFilled }) => cellsFilled);
  assert.deepEqual(found, [(0.5 * 720 + 0.2 * 1440) / (720 + 1440), null]);
});

Deno.test("moduleHistories() counts only the time between the first reading and the last", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 1, cells: 2 });
  const [first, last] = days.map(({ figures }) => figures.modules[0]!);
  for (const day of [first!, last!]) Object.assign(day, { rows: 720, cellsFilled: 0.2 });
  const share = () => {
    const [{ reporting, cellsFilled }] = moduleHistories(days) as [ModuleHistory];
    return [reporting / 3600, cellsFilled];
  };
  assert.deepEqual(share(), [48, 0.2]);
  // From 23:40 to 0:20.
  first!.reported![0] += 86_400 - 1200;
  last!.reported![1] -= 86_400 - 1200;
  assert.deepEqual(share(), [2 / 3, 0.6]);
  first!.cellsFilled = 1; // what is held after the last reading included
  assert.deepEqual(share(), [2 / 3, 1]);
  first!.reported = null; // all of its readings were rejected
  assert.deepEqual(share(), [48, 0.6]);
});
