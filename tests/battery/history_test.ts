import assert from "node:assert/strict";
import {
  type BatteryDay,
  batteryDays,
  capacities,
  isCurrentSignKnown,
  positiveCurrent,
  socUnit,
} from "../../lib/battery/mod.ts";
import { dayOf, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const NEXT = JULY_13 + 86_400;
const dayWith = (soc: Stretches, current: Stretches, day = JULY_13, module = "1"): BatteryDay =>
  dayOf({
    day,
    modules: [{ module, own: { module_state_of_charge: soc, module_current: current } }],
  });

Deno.test("batteryDays() parses figures, and has none for a day without hour files", () => {
  const { figures } = dayWith([[0, 9, 0.5]], []);
  const options = { interval: 5, maxGap: 300, fill: "hold" } as const;
  const records = [JSON.stringify(figures), null].map((figures) => ({
    day: JULY_13,
    options,
    figures,
  }));
  assert.deepEqual(batteryDays(records).map(({ figures }) => figures), [
    figures,
    { modules: [], places: [] },
  ]);
});

Deno.test("positive current is discharge if the state of charge falls while it flows", () => {
  const falling: Stretches = [[0, 100, 0.6], [100, 200, 0.5]];
  const rising: Stretches = [[0, 100, 0.5], [100, 200, 0.6]];
  assert.equal(positiveCurrent([dayWith(falling, [[0, 200, 10]])]), "discharge");
  assert.equal(positiveCurrent([dayWith(falling, [[0, 200, -10]])]), "charge");
  assert.equal(positiveCurrent([dayWith(rising, [[0, 200, 10]])]), "charge");
  assert.equal(positiveCurrent([dayWith(rising, [[0, 200, -10]])]), "discharge");
  assert.equal(positiveCurrent([dayWith(falling, [[0, 200, 0]])]), "charge");
  // All modules are added up: 10 A · -0.1 and 11 A · 0.1.
  const other = dayWith(rising, [[0, 200, 11]], JULY_13, "2");
  assert.equal(positiveCurrent([dayWith(falling, [[0, 200, 10]]), other]), "charge");
});

Deno.test("the sign of current uses a module's next state of charge, even days later", () => {
  const day = (soc: number, amps: number, day: number) =>
    dayWith([[0, 17280, soc]], [[0, 17280, amps]], day);
  // It changes only between the days, which are far apart and not in order.
  const days = [day(0.4, 0, JULY_13 + 30 * 86_400), day(0.6, 8, JULY_13)];
  assert.equal(positiveCurrent(days), "discharge");
  // A current that is not known in the last row does not count.
  const unknown = dayWith([[0, 17280, 0.6]], [[0, 100, 8]]);
  assert.equal(positiveCurrent([unknown, days[0]!]), "charge");
  const other = dayWith([[0, 100, 0.6], [100, 200, 0.5]], [[0, 200, 10]], JULY_13, "2");
  assert.equal(positiveCurrent([unknown, days[0]!, other]), "discharge");
});

Deno.test("isCurrentSignKnown() needs an ampere-hour in or out of one module, over all days", () => {
  // No module has a voltage. 360 rows of 1 A are half an ampere-hour.
  const soc: Stretches = [[0, 100, 0.5], [100, 200, 0.3]];
  const day = (current: Stretches, day = JULY_13, module = "1") =>
    dayWith(soc, current, day, module);
  const out = day([[0, 300, 1]]);
  assert.equal(isCurrentSignKnown([]), false);
  // Each value is held for another 60 rows.
  assert.equal(isCurrentSignKnown([out]), false);
  assert.equal(isCurrentSignKnown([out, day([[0, 300, -1]], NEXT)]), true);
  assert.equal(isCurrentSignKnown([day([[0, 360, 1], [360, 660, -1]])]), true);
  assert.equal(isCurrentSignKnown([day([[0, 359, 1], [359, 659, -1]])]), false);
  assert.equal(isCurrentSignKnown([out, day([[0, 300, 1]], NEXT, "2")]), false);
  // Without a state of charge, or with one that never changes, no charge tells.
  for (const soc of [[], [[0, 17280, 0.5]]] as Stretches[]) {
    assert.equal(isCurrentSignKnown([dayWith(soc, [[0, 1000, 1]])]), false);
  }
});

Deno.test("states of charge are per cent if any of them exceeds 1.5", () => {
  const day = (soc: number, day = JULY_13) => dayWith([[0, 9, soc]], [], day);
  assert.equal(socUnit([day(1.5), day(0.2, NEXT)]), "fraction");
  assert.equal(socUnit([day(1.6), day(0.2, NEXT)]), "percent");
  assert.equal(socUnit([dayOf({ modules: [{ own: { a: [[0, 9, 1]] } }] })]), "fraction");
});

/** Rests at two states of charge, and an hour of discharge between them. */
const cycle = (from: number, to: number, amps: number, day = JULY_13) =>
  dayWith([[0, 2160, from], [2160, 17280, to]], [[0, 1440, 0], [1440, 2160, amps], [
    2160,
    17280,
    0,
  ]], day);

Deno.test("capacity is charge divided by the change of SOC between neighbouring rests", () => {
  assert.deepEqual(capacities([cycle(0.9, 0.4, 24)]), new Map([["1_1", { ah: 24 / 0.5, n: 1 }]]));
  // Neither the sign of the current nor the unit matters.
  assert.equal(capacities([cycle(90, 40, -24)]).get("1_1")!.ah, 48);
  // A difference of 0.3 is too little.
  assert.deepEqual(capacities([cycle(0.75, 0.5, 24)]), new Map());
});

Deno.test("capacities() compares changes in per cent with 30 per cent", () => {
  assert.deepEqual(capacities([cycle(75, 45, 24)]), new Map());
  assert.deepEqual(capacities([cycle(75, 50, 24)]), new Map());
  assert.equal(capacities([cycle(75, 40, 24)]).get("1_1")!.n, 1);
});

Deno.test("capacity is the median of all pairs of rests, also across midnight", () => {
  // 0.9 to 0.4 with 24 Ah, to 0.9 with 30 Ah in the last hour of the day, to 0.5 with 20 Ah.
  const first = dayWith(
    [[0, 2160, 0.9], [2160, 16560, 0.4], [16560, 17280, 0.9]],
    [[0, 1440, 0], [1440, 2160, 24], [2160, 16560, 0], [16560, 17280, -30]],
  );
  const second = (day: number) => cycle(0.9, 0.5, 20, day);
  const ah = (days: BatteryDay[]) => capacities(days).get("1_1")!;
  assert.ok(Math.abs(ah([first, second(NEXT)]).ah - 50) < 1e-9); // of 48, 60 and 50
  assert.equal(ah([first, second(NEXT)]).n, 3);
  // If a day between them is missing, the charge that flowed on it is not known.
  assert.equal(ah([first, second(NEXT + 86_400)]).n, 2);
});

Deno.test("a pair of rests may have a day without a rest between them", () => {
  const busy = (day: number) => dayWith([[0, 17280, 0.5]], [[0, 17280, 1]], day);
  const first = dayWith([[0, 17280, 0.9]], [[0, 17280, 0]]);
  const last = dayWith([[0, 17280, 0.3]], [[0, 17280, 0]], NEXT + 86_400);
  const { ah, n } = capacities([first, busy(NEXT), last]).get("1_1")!;
  assert.ok(Math.abs(ah - 24 / 0.6) < 1e-9);
  assert.equal(n, 1);
});

Deno.test("a pair of rests does not count if the current is unknown for over 5 % of the time", () => {
  // 48 of the 960 rows from the last one of a rest to the first one of the next are 5 %.
  const gap = (rows: number) =>
    capacities([
      dayWith(
        [[0, 2160, 0.9], [2160, 17280, 0.4]],
        [[0, 1440, 0], [1440, 1500, 24], [1560 + rows, 2159, 24], [2159, 17280, 0]],
      ),
    ]).get("1_1")?.n;
  assert.deepEqual([gap(48), gap(49)], [1, undefined]);
});

Deno.test("a pair of rests does not count if the current is unknown between a rest and midnight", () => {
  const rest = (soc: number, to: number, day = JULY_13) =>
    dayWith([[0, 17280, soc]], [[0, to, 0]], day);
  const next = rest(0.4, 17280, NEXT);
  assert.equal(capacities([rest(0.9, 17280), next]).get("1_1")!.n, 1);
  assert.deepEqual(capacities([rest(0.9, 15_000), next]), new Map());
});
