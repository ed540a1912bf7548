import assert from "node:assert/strict";
import { LIMITED_QUANTITIES, parseLimits, violationsOf } from "../../lib/battery/limits.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";

const DAY = 86_400;

Deno.test("parseLimits() takes any of the quantities", () => {
  assert.deepEqual(parseLimits("{}"), {});
  assert.deepEqual(parseLimits('\ufeff{"current": [-1, 1]}'), { current: [-1, 1] });
  const all = { cell_voltage: [3, 4.2], battery_temperature: [0, 45], current: [-200, 200] };
  assert.deepEqual(parseLimits(JSON.stringify(all)), all);
  assert.deepEqual(Object.keys(all), LIMITED_QUANTITIES);
});

for (
  const [text, reason] of [
    ["", /not JSON/],
    ["\ufffd\ufffd{\0}\0", /UTF-16 text: save it as UTF-8/],
    ["[3, 4]", /must be an object/],
    ["null", /must be an object/],
    ['{"volts": [3, 4]}', /"volts" is not one of cell_voltage/],
    ['{"cell_voltage": 4}', /"cell_voltage" must be \[low, high\]/],
    ['{"cell_voltage": [4, 3]}', /low below high/],
    ['{"cell_voltage": [3, 3]}', /low below high/],
    ['{"cell_voltage": [3, "4"]}', /must be \[low, high\]/],
    ['{"cell_voltage": [3, 4, 5]}', /must be \[low, high\]/],
  ] as const
) {
  Deno.test(`parseLimits() rejects ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseLimits(text), reason);
  });
}

Deno.test("violationsOf() joins consecutive days, and has their worst value", () => {
  const days = makeDays({ days: 6, phases: 1, modules: 1, cells: 3, missing: [3] });
  const worst = days[1]!.figures.modules[0]!.cellVoltage!.max;
  worst.value = 4.5;
  const found = violationsOf(days, { cell_voltage: [0, 4] });
  assert.deepEqual(found.map(({ from, to, side }) => [from, to, side]), [
    [FIRST_DAY + 36_000, FIRST_DAY + 2 * DAY + 36_005, "high"],
    [FIRST_DAY + 4 * DAY + 36_000, FIRST_DAY + 5 * DAY + 36_005, "high"],
  ]);
  assert.deepEqual(found.map(({ value, at, days }) => [value, at, days]), [
    [4.5, FIRST_DAY + DAY + 36_000, [0, 1, 2].map((number) => FIRST_DAY + number * DAY)],
    [4.1, FIRST_DAY + 4 * DAY + 36_000, [4, 5].map((number) => FIRST_DAY + number * DAY)],
  ]);
  assert.deepEqual(found.map(({ detail }) => detail), [
    "cell voltage too high: 4.500 V (cell_voltage_battery_1_cell_2), limit 4 V",
    "cell voltage too high: 4.100 V (cell_voltage_battery_1_cell_2), limit 4 V",
  ]);
});

Deno.test("violationsOf() shows as many decimals as it takes to tell a value from its limit", () => {
  const days = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 });
  const detail = (value: number, limit: number) => {
    days[0]!.figures.modules[0]!.cellVoltage!.max.value = value;
    return violationsOf(days, { cell_voltage: [0, limit] })[0]!.detail;
  };
  assert.match(detail(4.10004, 4.1), / 4\.10004 V .* 4\.1 V$/);
  // With three decimals, 4.1004 would seem to be below its limit.
  assert.match(detail(4.1004, 4.1003), / 4\.1004 V .* 4\.1003 V$/);
  assert.match(detail(4.25, 4.1), / 4\.250 V .* 4\.1 V$/);
});

Deno.test("violationsOf() returns the first of equal worst values, on either side", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 1, cells: 2 });
  const found = violationsOf(days, { current: [-20, 20] });
  assert.deepEqual(found.map(({ side, value, at }) => [side, value, at]), [
    ["low", -21.5, FIRST_DAY + 36_000],
    ["high", 24.2, FIRST_DAY + 36_000],
  ]);
});

Deno.test("violationsOf() keeps modules apart, and returns violations ordered by start", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 2, cells: 2, missing: [1] });
  const found = violationsOf(days, { current: [-30, 24] });
  assert.deepEqual(found.map(({ module, limit, from }) => [module, limit, from]), [
    ["1", 24, FIRST_DAY + 36_000],
    ["2", 24, FIRST_DAY + 36_001],
    ["1", 24, FIRST_DAY + 2 * DAY + 36_000],
    ["2", 24, FIRST_DAY + 2 * DAY + 36_001],
  ]);
});

Deno.test("violationsOf() finds both sides, and nothing at the limit itself", () => {
  const days = makeDays({ days: 1, phases: 1, modules: 1, cells: 3 });
  const sides = (limits: Parameters<typeof violationsOf>[1]) =>
    violationsOf(days, limits).map(({ quantity, side }) => `${quantity} ${side}`);
  assert.deepEqual(sides({ current: [-21.5, 24.2] }), []);
  assert.deepEqual(sides({ current: [-21.4, 24.1] }), ["current low", "current high"]);
  assert.deepEqual(sides({}), []);
  // 3.65 as float32 is 3.6500000953674316, which is no violation; the next float32 is one.
  const highest = days[0]!.figures.modules[0]!.cellVoltage!.max;
  highest.value = Math.fround(3.65);
  assert.deepEqual(sides({ cell_voltage: [0, 3.65] }), []);
  highest.value += 2 ** -22;
  assert.deepEqual(sides({ cell_voltage: [0, 3.65] }), ["cell_voltage high"]);
  assert.deepEqual(sides(null), []);
});
