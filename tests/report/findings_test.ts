import assert from "node:assert/strict";
import { chargeSpreads, type Finding, findingsOfDays } from "../../lib/report/overview/findings.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";

const DAY = 86_400;

Deno.test("findingsOfDays() names modules whose cells are rarely all known, rarest first", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 4, cells: 2 });
  const sparse = (...shares: number[]) => {
    for (const { figures: { modules } } of days) {
      shares.forEach((share, i) => modules[i]!.cellsFilled = share);
    }
    return findingsOfDays(days).map(({ text, folder }) => [text, folder]);
  };
  assert.deepEqual(sparse(0.5, 0.5, 0.5, 0.5), []);
  assert.deepEqual(sparse(0.5, 0.4, 0.5, 0.5), [
    ["all cells are known in 40 % of the rows", "1_2"],
  ]);
  assert.deepEqual(sparse(0.25, 0.4, 0.5, 0.1), [[
    "in 3 modules, all cells are known in less than half of the rows: 1_4 (10 %), 1_1 (25 %), " +
    "1_2 (40 %)",
    null,
  ]]);
});

Deno.test("findingsOfDays() names states of charge that are far apart in most hours", () => {
  const textOf = (scale: number, ...levels: number[]) => {
    const days = makeDays({ days: 2, phases: 1, modules: 3, cells: 2 });
    for (const { figures: { modules } } of days) {
      modules.forEach((module, i) => {
        Object.assign(module.soc!, {
          max: levels[i]! * scale,
          // The first module is like the others in the morning.
          byHour: Array.from({ length: 24 }, (_, hour) => {
            return hour === 3 ? null : (i === 0 && hour < 9 ? levels[1]! : levels[i]!) * scale;
          }),
        });
      });
    }
    return findingsOfDays(days).find(({ kind }) => kind === "imbalance")?.text;
  };
  const text = "the modules' states of charge differ by 45 percentage points (median over the " +
    "hours): most often lowest in 1_2, highest in 1_1";
  assert.equal(textOf(1, 0.9, 0.45, 0.5), text);
  assert.equal(textOf(100, 0.9, 0.45, 0.5), text);
  assert.equal(textOf(1, 0.7, 0.5, 0.5), undefined);
  assert.match(textOf(1, 0.71, 0.5, 0.5)!, /by 21 /);
  // Hours in which only one module has a state of charge say nothing.
  const hours = makeDays({ days: 1, phases: 1, modules: 2, cells: 2 });
  const [first, second] = hours[0]!.figures.modules;
  first!.soc!.byHour.fill(0.9);
  second!.soc!.byHour.fill(null).fill(0.4, 20);
  assert.deepEqual(chargeSpreads(hours).map(({ spread }) => Math.round(spread)), [50, 50, 50, 50]);
  const [{ kind, from, to }] = findingsOfDays(hours) as [Finding];
  assert.deepEqual([kind, (from - FIRST_DAY) / 3600, (to - FIRST_DAY) / 3600], [
    "imbalance",
    20,
    24,
  ]);
  // It ends with the last hour in which they are far apart.
  second!.soc!.byHour[23] = 0.8;
  assert.equal((findingsOfDays(hours)[0]!.to - FIRST_DAY) / 3600, 23);
  const [alone] = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 });
  assert.deepEqual(findingsOfDays([alone!]), []);
  for (const { soc } of alone!.figures.modules) soc!.byHour.fill(null);
  assert.deepEqual(findingsOfDays([alone!]), []);
});

Deno.test("findingsOfDays() says if no cell could be compared with the others", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 1, cells: 2 });
  const kinds = () => findingsOfDays(days).map(({ kind }) => kind);
  assert.deepEqual(kinds(), []);
  const cells = days.flatMap(({ figures }) => figures.modules.flatMap(({ cells }) => cells));
  for (const cell of cells) cell.rest = null;
  assert.deepEqual(kinds(), ["unchecked"]);
  cells[0]!.rest = { rows: 59, median: 0 };
  assert.deepEqual(kinds(), ["unchecked"]);
  cells[0]!.rest.rows = 60;
  assert.deepEqual(kinds(), []);
  // A site without cells has none to compare.
  for (const cell of cells) cell.rest = null;
  for (const { figures } of days) figures.modules[0]!.cellsFilled = null;
  assert.deepEqual(kinds(), []);
});

Deno.test("findingsOfDays() names days on which no signal is known for most of the time", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 2, cells: 2 });
  const keep = (number: number, share: number) => {
    for (const { filled, rows } of days[number]!.figures.modules) {
      for (const column of filled) column[1] = Math.round(rows * share);
    }
  };
  const texts = () =>
    findingsOfDays(days).map(({ text, from }) => [text, (from - FIRST_DAY) / DAY]);
  keep(1, 0.75);
  assert.deepEqual(texts(), []);
  keep(1, 0.6);
  const [one] = days[1]!.figures.modules;
  one!.filled[0]![1] = one!.rows * 0.7; // one signal of one module
  assert.deepEqual(texts(), [
    ["on 1 day, no signal is known for three quarters of the time: 2024-06-02 (70 %)", 1],
  ]);
  // Readings begin on the first day at noon, and end on the last one.
  keep(0, 0.5);
  keep(2, 0.2);
  for (const module of days[0]!.figures.modules) module.reported![0] += DAY / 2;
  for (const module of days[2]!.figures.modules) module.reported![1] -= DAY / 2;
  assert.deepEqual(texts(), [[
    "on 2 days, no signal is known for three quarters of the time: 2024-06-03 (40 %), " +
    "2024-06-02 (70 %)",
    1,
  ]]);
  // Without filling, most rows are null even if nothing is missing.
  assert.deepEqual(findingsOfDays(days.map((day) => ({ ...day, fill: "none" }))), []);
});
