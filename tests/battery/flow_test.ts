import assert from "node:assert/strict";
import fc from "fast-check";
import { GRID, moduleOf, row, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual}`);

Deno.test("energy and charge are sums over the rows in which voltage and current are known", () => {
  const { flow } = moduleOf({
    // An hour at 50 V, and another at 40 V.
    module_voltage: [[row("00:00"), row("01:00"), 50], [row("01:00"), row("02:00"), 40]],
    // 10 A from 00:30 to 01:30; -4 A from 01:30 to 03:00. The voltage is known until 02:00, and its
    // last value is held for another 5 minutes.
    module_current: [[row("00:30"), row("01:30"), 10], [row("01:30"), row("03:00"), -4]],
  });
  near(flow!.positive.energy, (50 * 10 * 0.5 + 40 * 10 * 0.5) / 1000);
  near(flow!.positive.charge, 10 * 1);
  near(flow!.negative.energy, (40 * 4 * 0.5 + 40 * 4 * 300 / 3600) / 1000);
  near(flow!.negative.charge, 4 * (0.5 + 300 / 3600));
});

Deno.test("energy is unknown without voltage or current, and zero if no current flows", () => {
  assert.equal(moduleOf({ module_voltage: [[0, 9, 50]] }).flow, null);
  assert.equal(moduleOf({ module_current: [[0, 9, 50]] }).flow, null);
  const apart = { module_voltage: [[0, 9, 50]], module_current: [[9000, 9009, 1]] } as const;
  assert.equal(moduleOf(apart).flow, null);
  const still = moduleOf({ module_voltage: [[0, 9, 50]], module_current: [[0, 9, 0]] }).flow!;
  assert.deepEqual([still.positive, still.negative], Array(2).fill({ energy: 0, charge: 0 }));
});

Deno.test("a row is at rest after 20 minutes under 0.5 A on the same day", () => {
  const restRows = (current: Stretches, hours?: number[]) =>
    moduleOf({ module_current: current }, hours).restRows;
  // The day before does not count: the first row at rest is that of 00:20:00.
  assert.equal(restRows([[-60, row("00:20"), 0.49]]), 60); // the last value is held for 60 rows
  assert.equal(restRows([[0, 17280, 0]]), 17280 - 240);
  // 0.5 A in either direction ends a rest, even in a single row.
  for (const load of [0.5, -0.5]) {
    const rows = restRows([[0, 1000, 0.4], [1000, 1001, load], [1001, 2000, -0.4]]);
    assert.equal(rows, 1000 - 240 + (2000 + 60 - 1001 - 240));
  }
  // So does a row without a current, or an hour without a file.
  assert.equal(restRows([[0, 939, 0], [1000, 17280, 0]]), 939 + 60 - 240 + 17280 - 1000 - 240);
  assert.equal(restRows([[0, 17280, 0]], [0, 2]), 2 * (720 - 240));
  assert.equal(moduleOf({ module_voltage: [[0, 9, 50]] }).restRows, null);
});

Deno.test("the 20 minutes before a row include all rows that overlap them", () => {
  const rest = (interval: number) =>
    moduleOf({ module_current: [[0, 86_400 / interval, 0]] }, undefined, { ...GRID, interval })
      .restRows;
  assert.equal(rest(900), 96 - 2);
  assert.equal(rest(3600), 24 - 1);
});

Deno.test("SOC has extremes, hourly means, and the sum of current times change", () => {
  const { soc } = moduleOf({
    module_state_of_charge: [[0, 720, 0.5], [720, 721, 0.6], [800, 801, 0.3]],
    module_current: [[0, 719, 7], [719, 720, -2], [720, 790, 10]],
  });
  // -2 A in the row before 0.6; 10 A in the last row that holds 0.6, which is row 780.
  near(soc!.correlation, -2 * (0.6 - 0.5) + 10 * (0.3 - 0.6));
  assert.deepEqual([soc!.min, soc!.max, soc!.first, soc!.last], [0.3, 0.6, 0.5, 0.3]);
  // The last state of charge is held up to row 860, the last current up to row 849.
  assert.equal(soc!.lastCurrent, null);
  assert.equal(soc!.byHour[0], 0.5);
  // 61 rows of 0.6 and 61 of 0.3.
  assert.equal(soc!.byHour[1], 0.45);
  assert.equal(soc!.byHour[2], null);
  assert.equal(moduleOf({ module_current: [[0, 9, 1]] }).soc, null);
  // Known only in an hour without a file.
  assert.equal(moduleOf({ module_state_of_charge: [[0, 9, 0.5]] }, [5]).soc, null);
});

Deno.test("the first state of charge of a day is that of the first row that has one", () => {
  const { soc } = moduleOf({ module_state_of_charge: [[100, 200, 0.5], [200, 300, 0.6]] });
  assert.deepEqual([soc!.first, soc!.last], [0.5, 0.6]);
});

Deno.test("the charge at the first row of a rest includes that row", () => {
  const { rests } = moduleOf({
    module_state_of_charge: [[0, 17280, 0.5]],
    module_current: [[0, 17280, 0.36]],
  });
  const [first, last] = rests!;
  near(first.charge, 0.36 * 241 * 5 / 3600);
  near(last.charge, 0.36 * 24);
});

Deno.test("rests have their state of charge, and the charge that has flowed since midnight", () => {
  const { rests, swings, charge, throughput, unknownCurrent } = moduleOf({
    module_state_of_charge: [[0, 1440, 0.9], [1440, 17280, 0.5]],
    module_current: [[0, 720, 0], [720, 1440, 12], [1440, 2160, 0], [10_000, 17280, 0]],
  });
  const unknown = (10_000 - 2160 - 60) * 5;
  assert.deepEqual(rests, [
    { at: JULY_13 + 240 * 5, soc: 0.9, charge: 0, unknown: 0 },
    { at: JULY_13 + 17279 * 5, soc: 0.5, charge: 12, unknown },
  ]);
  // From the first rest to the second; from the second to the third, it hardly changes.
  assert.deepEqual(swings, [{ soc: 0.5 - 0.9, charge: 12, unknown: 0 }]);
  assert.deepEqual([charge, throughput, unknownCurrent], [12, 12, unknown]);
  const both = moduleOf({ module_current: [[0, 720, 12], [720, 1440, -12]] });
  assert.deepEqual([both.charge, both.throughput], [-1, 25]); // the last value is held
  // A rest counts only if its state of charge is known at both ends.
  for (const soc of [[5000, 17280, 0.5], [0, 5000, 0.5]] as const) {
    const part = moduleOf({ module_state_of_charge: [soc], module_current: [[0, 17280, 0]] });
    assert.equal(part.rests, null);
  }
  const without = moduleOf({ module_current: [[0, 17280, 0]] });
  assert.deepEqual([without.rests, without.swings], [null, []]);
});

Deno.test("energy, charge and rest equal those of a loop over all rows", () => {
  const rows = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom(-9, -0.5, -0.4, 0, 0.3, 0.5, 4, null),
    ),
    { minLength: 1, maxLength: 60 },
  );
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1 })
    .map((list) => list.sort((a, b) => a - b));
  const fill = fc.constantFrom("hold", "none" as const);
  fc.assert(fc.property(rows, rows, hours, fill, (volts, amps, hours, fill) => {
    const stretches = (list: typeof volts): Stretches => {
      let at = -100;
      return list.flatMap(([length, value]) => {
        const from = at;
        at += length;
        return value === null ? [] : [[from, at, value] as const];
      });
    };
    const dense = (list: Stretches): number[] => {
      const out: number[] = Array(17280).fill(NaN);
      for (const [from, to, value] of list) {
        for (let i = Math.max(0, from); i < to; i++) out[i] = value as number;
      }
      if (fill === "none") return out;
      for (const [, to, value] of list) {
        for (let i = Math.max(0, to); i < to + 60 && i < 17280; i++) {
          if (!list.some(([from, to]) => i >= from && i < to)) out[i] = value as number;
        }
      }
      return out;
    };
    const [v, a] = [stretches(volts), stretches(amps)];
    const hasFile = (i: number) => hours.includes(Math.floor(i / 720));
    const [dv, da] = [v, a].map((list) => dense(list).map((x, i) => hasFile(i) ? x : NaN));
    let [energy, charge, rest, quiet, known] = [0, 0, 0, 0, 0];
    for (let i = 0; i < 17280; i++) {
      quiet = Math.abs(da![i]!) < 0.5 ? quiet + 1 : 0;
      if (quiet > 240) rest++;
      if (Number.isNaN(dv![i]! * da![i]!)) continue;
      known++;
      if (da![i]! > 0) [energy, charge] = [energy + dv![i]! * da![i]!, charge + da![i]!];
    }
    const own = { module_voltage: v, module_current: a };
    const found = moduleOf(own, hours, { ...GRID, fill });
    assert.equal(found.restRows, rest);
    assert.equal(found.flow === null, known === 0);
    if (found.flow === null) return;
    near(found.flow.positive.energy, energy * 5 / 3600 / 1000);
    near(found.flow.positive.charge, charge * 5 / 3600);
  }));
});
