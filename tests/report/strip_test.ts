import assert from "node:assert/strict";
import { consecutive } from "../../lib/battery/mod.ts";
import { overview } from "../../lib/report/overview/first_page.ts";
import { dayAxis, missingDays, stripPlot, tickMarks } from "../../lib/report/overview/strip.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";

Deno.test("dayAxis() includes missing days", () => {
  const days = makeDays({ days: 78, phases: 1, modules: 1, cells: 2, missing: [12, 13, 60] });
  const axis = dayAxis(days);
  assert.deepEqual([axis.from, axis.length, axis.known.size], [FIRST_DAY, 78, 75]);
  assert.deepEqual(missingDays(axis), [12, 13, 60]);
  assert.deepEqual(consecutive(missingDays(axis)), [[12, 14], [60, 61]]);
  assert.match(tickMarks(axis), /<a href="day-2024-06-01\.html" title="2024-06-01">1 Jun<\/a>/);
});

Deno.test("tickMarks() does not link missing days", () => {
  const axis = dayAxis(makeDays({ days: 3, phases: 1, modules: 1, cells: 2, missing: [1] }));
  assert.doesNotMatch(tickMarks(axis), /day-2024-06-02/);
  assert.match(tickMarks(axis), /2 Jun/);
});

Deno.test("tickMarks() has at most ten ticks, from the first day on", () => {
  const ticks = (days: number) => {
    const axis = { from: FIRST_DAY, length: days, known: new Set<number>() };
    return [...tickMarks(axis).matchAll(/left:([\d.]+)%">(.*?)</g)].map(([, , text]) => text);
  };
  assert.equal(ticks(10).length, 10);
  assert.deepEqual(ticks(11), ["1 Jun", "3 Jun", "5 Jun", "7 Jun", "9 Jun", "11 Jun"]);
  assert.deepEqual([ticks(1), ticks(8000).at(1)], [["1 Jun"], "31 May 2025"]);
  assert.deepEqual(ticks(300), ["1 Jun", "27 Jul", "21 Sept", "16 Nov", "11 Jan 2025", "8 Mar"]);
});

Deno.test("stripPlot() covers the dots of all days that have data", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 1, cells: 2, missing: [2] });
  const strip = { name: "", label: "", height: 10, shapes: "" };
  assert.match(
    stripPlot(dayAxis(days), strip),
    /<path class="known" d="M0 0h2v10h-2zM3 0h2v10h-2z"\/>/,
  );
  const named = /<i class="missing"><\/i>days without data/;
  assert.match(overview(days, null).join(""), named);
  assert.doesNotMatch(overview(days.slice(0, 2), null).join(""), named);
});
