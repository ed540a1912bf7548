import assert from "node:assert/strict";
import type { BatteryDay } from "../../lib/battery/mod.ts";
import { dayAxis } from "../../lib/report/overview/strip.ts";
import { usageStrips } from "../../lib/report/overview/usage.ts";
import { makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

const stripsOf = (days: BatteryDay[]) => usageStrips(dayAxis(days), days);

/** Days of a module with one sensor whose hourly means are given. */
function daysOf(hours: (number | null)[][]): BatteryDay[] {
  const days = makeDays({ days: hours.length, phases: 1, modules: 1, cells: 2 });
  days.forEach(({ figures }, i) => {
    figures.places = [];
    const [module] = figures.modules;
    module!.soc = null;
    module!.flow = null;
    module!.temperatureByHour = [Array.from({ length: 24 }, (_, hour) => hours[i]![hour] ?? null)];
  });
  return days;
}
const shapesOf = (name: string, days: BatteryDay[]) =>
  new RegExp(`<path class="${name}" d="([^"]*)"`).exec(stripsOf(days))![1]!;

Deno.test("usageStrips() draws states of charge in per cent like those in fractions", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 2, cells: 2 });
  const fractions = stripsOf(days);
  assert.match(fractions, /15 to 85\.25 %/);
  for (const { soc } of days.flatMap(({ figures }) => figures.modules)) {
    soc!.max *= 100;
    soc!.byHour = soc!.byHour.map((value) => value === null ? null : value * 100);
  }
  assert.equal(stripsOf(days), fractions);
  days[0]!.figures.modules[0]!.soc = null; // the others are drawn all the same
  assert.match(stripsOf(days), /state of charge over all days/);
});

Deno.test("usageStrips() names differences between modules only if there are several", () => {
  const text = (modules: number) =>
    textOf(stripsOf(makeDays({ days: 1, phases: 1, modules, cells: 2 })));
  assert.match(text(2), /in percentage points: median 0\.25, at most 0\.25/);
  assert.doesNotMatch(text(1), /in percentage points/);
});

Deno.test("usageStrips() interrupts a band where no hour is known", () => {
  const days = daysOf([[20, 21, null, 22]]);
  assert.equal(
    shapesOf("line middle", days),
    "M0,100L0.021,100L0.063,66.7L0.083,66.7M0.125,33.3L0.146,33.3L0.167,33.3",
  );
  assert.equal(
    shapesOf("band", days),
    "M0,100L0.021,100L0.063,66.7L0.083,66.7L0.083,66.7L0.063,66.7L0.021,100L0,100z" +
      "M0.125,33.3L0.146,33.3L0.167,33.3L0.167,33.3L0.146,33.3L0.125,33.3z",
  );
  assert.match(stripsOf(days), /data-y="20,23,100,0"/, "whole numbers around the values");
  assert.match(stripsOf(daysOf([[19.5, 22.5]])), /data-y="19,23,100,0"/);
});

Deno.test("usageStrips() joins hours of very many days into one point", () => {
  const many = daysOf(Array.from({ length: 34 }, (_, i) => i === 0 ? [10, 12, 13, 17] : [20]));
  // 816 hours are more than 800, so that a point is two of them, 10 and 12 as well as 13 and 17.
  assert.match(shapesOf("line middle", many), /^M0,90\.9L0\.042,90\.9L0\.125,54\.5L0\.167,54\.5M/);
  const fewer = daysOf(Array.from({ length: 33 }, (_, i) => i === 0 ? [10, 12] : [20]));
  assert.match(shapesOf("line middle", fewer), /^M0,100L0\.021,100L0\.063,81\.8L0\.083,81\.8M/);
});

Deno.test("usageStrips() has the median of all hours, even if several are one point", () => {
  const many = daysOf(Array.from({ length: 34 }, (_, i) => i === 0 ? [10, 11, 13, 20, 30] : []));
  assert.match(textOf(stripsOf(many)), /Hourly means: median 13 °C, at most 30 °C/);
});

Deno.test("usageStrips() has bars of no height if no energy has flowed", () => {
  const days = daysOf([[], []]);
  const none = { energy: 0, charge: 0 };
  days[1]!.figures.modules[0]!.flow = { positive: none, negative: none };
  assert.match(stripsOf(days), /<path class="out" d="M1\.1 50h\.8v-0h-\.8z"\/>/);
  assert.match(textOf(stripsOf(daysOf([[]]))), /No state, energy, state of charge or battery/);
});

Deno.test("usageStrips() folds the states of many modules, below the other strips", () => {
  const [day] = makeDays({ days: 1, phases: 1, modules: 7, cells: 2 }) as [BatteryDay];
  const markup = (places: number) => {
    day.figures.places = day.figures.modules.slice(0, places).map(({ phase, module }) => {
      const span = { from: day.day, to: day.day + 3600 };
      const states = [{ column: "system_state", state: "IDLE", ...span }];
      return { phase, module, limits: [], signals: [], states };
    });
    return usageStrips(dayAxis([day]), [day]);
  };
  assert.doesNotMatch(markup(6), /<details>/);
  assert.match(markup(6), /state: 1_1<.*state: 1_6<.*energy per day/s);
  assert.match(
    markup(7),
    /energy per day.*States of 7 places<\/summary>.*state: 1_1<.*state: 1_7</s,
  );
  day.figures.modules = day.figures.modules.map((module) => {
    return { ...module, flow: null, soc: null, temperatureByHour: [] };
  });
  assert.match(markup(7), /^<details><summary>States of 7 places/);
});
