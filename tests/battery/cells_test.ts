import assert from "node:assert/strict";
import fc from "fast-check";
import { GRID, moduleOf, row, type Stretches } from "./build.ts";
import { weakestCell } from "../../lib/battery/mod.ts";
import { JULY_13 } from "../helpers/support.ts";

const cell = (n: number) => `cell_voltage_battery_1_cell_${n}`;
const cellsOf = (...cells: Stretches[]) =>
  Object.fromEntries(cells.map((rows, i) => [cell(i + 1), rows]));
const whole = (value: number): Stretches => [[0, 17280, value]];
const idle = { module_current: whole(0) };

Deno.test("deviations are from the median of the known cells, which may lie between two of them", () => {
  const { cells, restSpread, spreadRows, cellsFilled } = moduleOf({
    ...cellsOf(whole(3.5), whole(3.51), whole(3.53), whole(3.4)),
    ...idle,
  });
  // The median is 3.505 V.
  assert.deepEqual(cells.map(({ rest }) => rest!.median), [-5, 5, 25, -105]);
  assert.deepEqual(cells.map(({ rest }) => rest!.rows), Array(4).fill(17280 - 240));
  assert.deepEqual([restSpread, spreadRows, cellsFilled], [130, 17280 - 240, 1]);
  assert.deepEqual(weakestCell(cells), { column: cell(4), deviation: -105 });
});

Deno.test("rows with fewer than three quarters of the cells have a spread, but no deviations", () => {
  // Three of four cells are enough. Values are held for 60 more rows.
  const most: Stretches = [[0, 1000, 3.6]];
  const three = moduleOf({ ...cellsOf(whole(3.5), whole(3.5), whole(3.52), most), ...idle });
  assert.equal(three.spreadRows, 17280 - 240);
  assert.equal(three.cells[3]!.rest!.rows, 1060 - 240);
  assert.equal(three.cellsFilled, 1060 / 17280);
  const two = moduleOf({ ...cellsOf(whole(3.5), whole(3.52), most, most), ...idle });
  assert.deepEqual([two.spreadRows, two.restSpread], [17280 - 240, 20]);
  assert.equal(two.cells[0]!.rest!.rows, 1060 - 240);
  // A cell without readings on this day still counts as one of the module's cells.
  const absent = moduleOf({ ...cellsOf(whole(3.5), whole(3.52), [], []), ...idle });
  assert.deepEqual([absent.restSpread, absent.cells[0]!.rest], [20, null]);
  const unknown = moduleOf({ ...cellsOf([], most), ...idle });
  assert.deepEqual([unknown.spreadRows, unknown.restSpread], [1060 - 240, 0]);
});

Deno.test("fewer than 60 rows at rest give no rest spread and no weakest cell", () => {
  const day = (rows: number) =>
    moduleOf({ ...cellsOf(whole(3.5), whole(3.52)), module_current: [[0, 240 + rows - 60, 0]] });
  assert.deepEqual([day(59).spreadRows, day(59).restSpread], [59, null]);
  assert.equal(weakestCell(day(59).cells), null);
  assert.deepEqual([day(60).spreadRows, day(60).restSpread], [60, 20]);
  // Of two equal deviations, the first cell's.
  assert.deepEqual(weakestCell(day(60).cells), { column: cell(1), deviation: -10 });
});

Deno.test("deviations under load are separated by the sign of the current", () => {
  const { cells } = moduleOf({
    ...cellsOf(whole(3.5), whole(3.5), [[0, 720, 3.4], [720, 1440, 3.7], [1440, 17280, 3.5]]),
    module_current: [[0, 720, 0.5], [720, 1440, -0.5], [1440, 17280, 0.49]],
  });
  const { rest, positive, negative } = cells[2]!;
  assert.deepEqual(positive, { rows: 720, median: -100, p95: 100 });
  assert.deepEqual(negative, { rows: 720, median: 200, p95: 200 });
  assert.deepEqual(rest, { rows: 17280 - 1440 - 240, median: 0 });
});

Deno.test("95 % of the rows under load deviate by at most p95", () => {
  const p95 = (part: number) => {
    const at = Math.round(17280 * (1 - part));
    const offBy: Stretches = [[0, at, 3.5], [at, 17280, 3.6]];
    const own = { ...cellsOf(whole(3.5), whole(3.5), offBy), module_current: whole(7) };
    return moduleOf(own).cells[2]!.positive!.p95;
  };
  assert.deepEqual([p95(0.04), p95(0.05), p95(0.06)], [0, 0, 100]);
  // 19 of 21 rows are less than 95 %, 20 are more.
  const of21 = (rows: number) => {
    const offBy: Stretches = [[0, rows, 3.5], [rows, 21, 3.6]];
    const own = { ...cellsOf(whole(3.5), whole(3.5), offBy), module_current: whole(7) };
    return moduleOf(own, undefined, { ...GRID, fill: "none" }).cells[2]!.positive!.p95;
  };
  assert.deepEqual([of21(19), of21(20)], [100, 0]);
});

Deno.test("a median deviation is that of the row in the middle, or the mean of the two", () => {
  const median = (rows: number) => {
    const offBy: Stretches = [[0, rows, 3.5], [rows, 17280, 3.6]];
    return moduleOf({ ...cellsOf(whole(3.5), whole(3.5), offBy), ...idle }).cells[2]!.rest!.median;
  };
  const middle = 240 + (17280 - 240) / 2;
  assert.deepEqual([middle - 1, middle, middle + 1].map(median), [100, 50, 0]);
});

Deno.test("an extreme has the cell that reached it first, and the number of cells that did", () => {
  const { cellVoltage } = moduleOf({
    ...cellsOf(
      [[row("01:00"), row("02:00"), 3.3], [row("02:00"), row("03:00"), 3.9]],
      [[row("00:30"), row("00:40"), 3.3], [row("02:00"), row("03:00"), 3.8]],
    ),
  });
  assert.deepEqual(cellVoltage, {
    min: { value: 3.3, column: cell(2), at: JULY_13 + 1800, columns: 2 },
    max: { value: 3.9, column: cell(1), at: JULY_13 + 7200, columns: 1 },
  });
  assert.equal(moduleOf(idle).cellVoltage, null);
  assert.equal(moduleOf(idle).cellsFilled, null);
  // Of two cells that reach it in the same row, the first in natural order.
  const equal = moduleOf(cellsOf(whole(3.5), whole(3.5))).cellVoltage!;
  assert.deepEqual([equal.min.column, equal.min.columns], [cell(1), 2]);
});

Deno.test("battery temperature has extremes, and the mean of each sensor by hour", () => {
  const sensor = (n: number) => `battery_sensor_temperature_battery_1_sensor_${n}`;
  const { batteryTemperature, temperatureByHour } = moduleOf({
    [sensor(1)]: [[0, 360, 20], [360, 720, 21]],
    [sensor(2)]: [[720, 721, 40]],
    module_temperature: whole(99),
    debug_value_debug_value_key_cb_temp_core: whole(99),
  });
  assert.deepEqual(batteryTemperature!.min.value, 20);
  assert.deepEqual(batteryTemperature!.max, {
    value: 40,
    column: sensor(2),
    at: JULY_13 + 3600,
    columns: 1,
  });
  assert.deepEqual(temperatureByHour.map((list) => list.slice(0, 3)), [[20.5, 21, null], [
    null,
    40,
    null,
  ]]);
});

Deno.test("deviations and spreads equal those of a loop over all rows", () => {
  const readings = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 3400, max: 3450 })),
    { maxLength: 12 },
  ).map((list) => new Map(list));
  const amps = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom(0, 0.6, -0.6)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(readings, { minLength: 1, maxLength: 6 }), amps, (cells, amps) => {
      let end = 0;
      const current: Stretches = amps.map(([length, value]) => [end, end += length, value]);
      const sorted = cells.map((map) => [...map].sort(([a], [b]) => a - b));
      const own = Object.fromEntries(
        sorted.map((list, i) => [
          cell(i + 1),
          list.map(([row, mv]) => [row, row + 1, mv / 1000] as const),
        ]),
      );
      const found = moduleOf({ ...own, module_current: current }, undefined, { ...GRID });
      const valueAt = (list: [number, number][], row: number) => {
        const last = list.findLast(([at]) => at <= row);
        return last !== undefined && row - last[0] <= 60 ? last[1] / 1000 : NaN;
      };
      const median = (list: number[]) => {
        const s = list.toSorted((a, b) => a - b);
        return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2;
      };
      const expected = cells.map(() => ({ 1: [], 2: [], 3: [] } as Record<number, number[]>));
      const spreads: number[] = [];
      let [quiet, whole] = [0, 0];
      for (let row = 0; row < 17280; row++) {
        const amp = current.findLast(([from]) => from <= row)!;
        const known = row < amp[1] + 60 ? amp[2] as number : NaN;
        quiet = Math.abs(known) < 0.5 ? quiet + 1 : 0;
        const load = quiet > 240 ? 1 : known >= 0.5 ? 2 : known <= -0.5 ? 3 : 0;
        const values = sorted.map((list) => valueAt(list, row));
        const present = values.filter((value) => !Number.isNaN(value));
        if (present.length === cells.length) whole++;
        if (load === 1 && present.length > 0) {
          spreads.push((Math.max(...present) - Math.min(...present)) * 1000);
        }
        if (present.length < cells.length * 0.75 || load === 0) continue;
        values.forEach((value, i) => {
          if (!Number.isNaN(value)) expected[i]![load]!.push((value - median(present)) * 1000);
        });
      }
      assert.equal(found.cellsFilled, whole / 17280);
      assert.equal(found.spreadRows, spreads.length);
      if (spreads.length >= 60) assert.ok(Math.abs(found.restSpread! - median(spreads)) < 0.001);
      found.cells.forEach(({ rest, positive, negative }, i) => {
        [rest, positive, negative].forEach((deviation, k) => {
          const list = expected[i]![k + 1]!;
          assert.equal(deviation?.rows ?? 0, list.length);
          if (deviation === null) return;
          assert.ok(Math.abs(deviation.median - median(list)) < 0.001);
          if (k === 0) return;
          const sizes = list.map(Math.abs).sort((a, b) => a - b);
          const p95 = sizes[Math.ceil(0.95 * sizes.length) - 1]!;
          assert.ok(Math.abs([positive, negative][k - 1]!.p95 - p95) < 0.001);
        });
      });
    }),
    { numRuns: 50 },
  );
});
