import assert from "node:assert/strict";
import fc from "fast-check";
import { type BatteryDay, medianOf } from "../../lib/battery/mod.ts";
import { dayAxis } from "../../lib/report/overview/strip.ts";
import { cellHistories, cellTable, slopeOf } from "../../lib/report/overview/weakest_cells.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

const DAY = 86_400;

/** Days on which the cells of a module deviate at rest by the given mV, over some rows. */
function daysOf(medians: readonly (readonly number[])[], rows = 900): BatteryDay[] {
  const days = makeDays({ days: medians.length, phases: 1, modules: 1, cells: medians[0]!.length });
  days.forEach(({ figures: { modules: [module] } }, i) => {
    module!.soc!.correlation = -1000; // positive current is discharge
    module!.cells.forEach((cell, k) => {
      cell.rest = { rows, median: medians[i]![k]! };
      cell.positive = { rows, median: 0, p95: 10 + i };
      cell.negative = i === 0 ? null : { rows, median: 0, p95: 30 - i };
    });
  });
  return days;
}

Deno.test("cellHistories() counts the latest days in a row beyond 20 mV, or all if there are none", () => {
  const [cell] = cellHistories(daysOf([[50], [20], [-21], [-30], [-25]]));
  assert.equal(cell!.since, FIRST_DAY + 2 * DAY);
  assert.deepEqual([cell!.deviation, cell!.rows], [-25, 3 * 900]);
  assert.deepEqual([cell!.days.length, cell!.counted.length], [5, 3]);
  const [mended] = cellHistories(daysOf([[50], [60], [20]]));
  assert.deepEqual([mended!.since, mended!.deviation, mended!.rows], [null, 50, 3 * 900]);
});

Deno.test("cellHistories() has the largest p95 of the days under charge and discharge", () => {
  const [cell] = cellHistories(daysOf([[0], [0], [0]]));
  assert.deepEqual([cell!.charge, cell!.discharge], [29, 12]);
  const [first] = cellHistories(daysOf([[0]]));
  assert.deepEqual([first!.charge, first!.discharge], [null, 10]);
});

Deno.test("cellHistories() takes only days with at least 60 rows at rest", () => {
  assert.equal(cellHistories(daysOf([[0, 0]], 60)).length, 2);
  assert.deepEqual(cellHistories(daysOf([[0, 0]], 59)), []);
});

Deno.test("slopeOf() is the median slope of all pairs of days, if there are five", () => {
  const anyDays = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 5, maxLength: 20 })
    .chain((days) =>
      fc.array(fc.integer({ min: -99, max: 99 }), {
        minLength: days.length,
        maxLength: days.length,
      }).map((medians) =>
        days.sort((a, b) => a - b).map((day, i) => ({ day: day * DAY, median: medians[i]! }))
      )
    );
  fc.assert(fc.property(anyDays, (days) => {
    const slopes = days.flatMap((a, i) =>
      days.slice(i + 1).map((b) => (b.median - a.median) * DAY / (b.day - a.day))
    );
    assert.equal(slopeOf(days), medianOf(slopes));
    assert.equal(slopeOf(days.slice(0, 4)), null);
  }));
});

Deno.test("slopeOf() takes only some of the pairs of very many days", () => {
  const line = Array.from({ length: 2000 }, (_, i) => ({ day: i * DAY, median: i / 4 }));
  assert.equal(slopeOf(line), 0.25);
});

Deno.test("slopeOf() finds the trend of years, despite outliers", () => {
  const days = Array.from({ length: 4000 }, (_, i) => ({
    day: FIRST_DAY + i * DAY,
    median: i % 5 === 0 ? 1000 - i : i * 2,
  }));
  assert.ok(Math.abs(slopeOf(days)! - 2) < 0.05, String(slopeOf(days)));
});

const tableOf = (days: BatteryDay[]) => cellTable(dayAxis(days), cellHistories(days));

Deno.test("cellTable() has the twelve cells with the largest deviations of either sign, or says why not", () => {
  const medians = Array.from({ length: 14 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i + 5));
  const text = textOf(tableOf(daysOf([medians])));
  const shown = [...text.matchAll(/cell (\d+) ([+−]\d+)\.0 /g)].map(([, cell, mv]) => [cell, mv]);
  assert.equal(shown.length, 12);
  assert.deepEqual(shown.slice(0, 3), [["14", "−18"], ["13", "+17"], ["12", "−16"]]);
  assert.match(text, /The 12 cells farthest/);
  assert.match(tableOf(daysOf([[0]], 59)), /No cell has a day with 60 rows at rest/);
});

Deno.test("cellTable() says since when a cell deviates, and how fast, if that is known", () => {
  const rising = daysOf([[0], [30], [32], [34], [36], [38]]);
  assert.match(textOf(tableOf(rising)), /cell 1 \+34\.0 29 15 2024-06-02 \+2\.00 4,500 /);
  assert.match(textOf(tableOf(daysOf([[3]]))), /cell 1 \+3\.0 – 10 within 20 mV – 900 /);
});

Deno.test("cellTable() draws each cell's days between zero and its farthest deviation", () => {
  const path = (...medians: number[]) =>
    /<svg[^>]*>(.*?)<\/svg>/.exec(tableOf(daysOf(medians.map((mv) => [mv]))))![1]!;
  assert.equal(
    path(10, 30, 20),
    '<path class="zero" d="M0 23h120"/><path class="line middle" d="M20,15.7L60,1L100,8.3"/>',
  );
  assert.equal(
    path(-10, -30),
    '<path class="zero" d="M0 1h120"/><path class="line middle" d="M30,8.3L90,23"/>',
  );
  assert.equal(path(7), '<path class="zero" d="M0 23h120"/><circle cx="60" cy="1" r="2"/>');
  assert.match(path(0, 0), /d="M30,1L90,1"/);
});
