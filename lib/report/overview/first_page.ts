/**
 * The first page: what needs attention, how the batteries were used, and their condition, over all days
 * on one axis. It is drawn from records alone.
 *
 * @module
 */
import {
  type BatteryDay,
  batteryDays,
  eventsOf,
  type Limits,
  medianOf,
  type ModuleOnDay,
  violationsOf,
} from "../../battery/mod.ts";
import type { DayRecord, Records } from "../../store/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { coverage, rejectedByDay, rowsByDay, samplingGaps } from "../charts/mod.ts";
import { escapeProse } from "../escape.ts";
import { anchor, charts, folded, type Page, paragraph, section, UNKNOWN } from "../html.ts";
import { dayLink, daysOf, moduleLink, modulesOf, type PagePlan } from "../page_plan.ts";
import { energy, format, percent, plural, positiveWords } from "../words.ts";
import { attention } from "./attention.ts";
import { currentNote, eventTable, findingList } from "./events.ts";
import { extremeOf, extremeTable } from "./extremes.ts";
import { FILLED_SCALE, filledByDay } from "./filled.ts";
import { type HeatScale, heatSection, type HeatValue } from "./heat_map.ts";
import { cellsFilled, moduleHistories, type ModuleHistory } from "./histories.ts";
import { moduleTable } from "./modules.ts";
import { inputNotes, rejectedTables, runTable } from "./run_section.ts";
import { type DayAxis, dayAxis, missingDays } from "./strip.ts";
import { usageStrips } from "./usage.ts";
import { sumOf } from "../aggregates.ts";
import { cellHistories, cellTable } from "./weakest_cells.ts";

/** The first page. */
export function indexPage(
  output: string,
  records: Records,
  { run, limits }: PagePlan & { kind: "index" },
): Page {
  const days = daysOf(records);
  const newest = days.at(-1);
  const all = [...records.days.values()].sort((a, b) => a.day - b.day);
  return {
    title: "Telemetry report",
    lead: newest === undefined
      ? "There are no hour files yet."
      : `${plural(modulesOf(records).length, "module")}, ${dayName(all[0]!.day)} to ` +
        `${dayName(all.at(-1)!.day)} (UTC), ${rowKinds(days)}`,
    links: [["#newest", "Newest day"], ["#run", "The run"], ["#more", "Days and modules"]],
    parts: [
      ...overview(batteryDays(days), limits, inputNotes(records, run)),
      `<div id="newest">${newestDay(newest)}</div>`,
      `<div id="run">${
        folded(
          "The rows of the run",
          runTable(records, run),
          ...rejectedTables(output, records, run),
          charts(coverage(days), rowsByDay(all), rejectedByDay(all)),
        )
      }</div>`,
    ],
    more: [
      { label: "Days", links: days.map(({ day }) => dayLink(day)) },
      { label: "Modules", links: modulesOf(records).map(moduleLink) },
    ],
  };
}

/** What the rows of some days are, from which all figures are computed. */
function rowKinds(days: readonly DayRecord[]): string {
  const kinds = days.map(({ options: { interval, aggregate } }) => `${interval} s (${aggregate})`);
  return `rows of ${[...new Set(kinds)].join(" and ")}`;
}

function newestDay(record: DayRecord | undefined): string {
  if (record === undefined) return section("Newest day", paragraph("No day has hour files."));
  const [href, name] = dayLink(record.day);
  return folded(
    `Newest day: ${name}`,
    charts(coverage([record]), samplingGaps([record])),
    `<p>${anchor([href, "All charts of this day"])}</p>`,
  );
}

/**
 * The sections about the batteries, as markup.
 *
 * @param notes What else needs attention, as markup.
 */
export function overview(
  days: readonly BatteryDay[],
  limits: Limits | null,
  notes: readonly string[] = [],
): string[] {
  if (days.length === 0) return notes.length === 0 ? [] : [section("Attention", ...notes)];
  const axis = dayAxis(days);
  const events = [...eventsOf(days), ...violationsOf(days, limits)];
  const modules = moduleHistories(days);
  const findings = findingList(attention(days, events), days, { kind: "index" });
  const signNote = currentNote(events, positiveWords(days));
  return [
    section("Attention", ...findings, ...notes, ...signNote),
    headlines(axis, days, modules),
    section("Use and condition", usageStrips(axis, days)),
    section(
      "Rest spread of modules",
      ...moduleMap(axis, modules, SPREAD, ({ figures }) => figures.restSpread),
    ),
    section(
      "All cells known",
      ...moduleMap(axis, modules, CELLS_FILLED, (day) => cellsFilled([day])! * 100),
    ),
    section("Modules", moduleTable(modules)),
    section("Weakest cells", cellTable(axis, cellHistories(days))),
    section("Extremes", extremeTable(days, limits)),
    section("Events", eventTable(events), ...signNote),
    section("Rows with a value by signal", ...filledByDay(days)),
  ];
}

function headlines(
  axis: DayAxis,
  days: readonly BatteryDay[],
  modules: readonly ModuleHistory[],
): string {
  const flows = modules.flatMap(({ flow }) => flow ?? []);
  const sum = (what: "energyOut" | "energyIn") =>
    flows.length === 0 ? UNKNOWN : energy(sumOf(flows, (flow) => flow[what]));
  const known = sumOf(
    modules.flatMap(({ days }) => days),
    ({ figures }) => DAY - figures.unknownCurrent,
  );
  const share = Math.min(1, known / sumOf(modules, ({ reporting }) => reporting));
  const cycles = modules.flatMap(({ cycles }) => cycles ?? []);
  const range = (quantity: "cell_voltage" | "battery_temperature", unit: string) => {
    const [low, high] = [extremeOf(days, quantity, "min"), extremeOf(days, quantity, "max")];
    return low && high ? `${format(low.value)} to ${format(high.value)} ${unit}` : UNKNOWN;
  };
  const missing = missingDays(axis).length;
  const all = plural(modules.length, "module");
  const ofFlow = `${all}; current known ${percent(share)} of the time`;
  const cards: [string, string, string][] = [
    ["energy out", sum("energyOut"), ofFlow],
    ["energy in", sum("energyIn"), ofFlow],
    [
      "full cycles (EFC)",
      cycles.length === 0 ? UNKNOWN : format(medianOf(cycles)),
      cycles.length === 0
        ? "no capacity could be estimated"
        : `estimate, median of ${cycles.length} of ${all}`,
    ],
    ["cell voltage", range("cell_voltage", "V"), "all cells, all days"],
    ["battery temperature", range("battery_temperature", "°C"), "all sensors, all days"],
    ["days of data", String(axis.known.size), `${missing === 0 ? "none" : missing} missing`],
  ];
  return `<dl class="cards">${
    cards.map(([name, value, note]) =>
      `<div><dt>${name}</dt><dd>${escapeProse(value)}<span>${escapeProse(note)}</span></dd></div>`
    ).join("")
  }</dl>`;
}

const SPREAD = {
  name: "Rest spread",
  note: "The day's median difference between a module's highest and lowest cell at rest.",
  scale: {
    bounds: [5, 10, 20, 50, 100, 200, 500],
    unit: "mV",
    few: "too few rows at rest",
  },
};
const CELLS_FILLED = {
  name: "All cells known",
  note: "The share of a module's rows, from its first reading to its last, in which all of its " +
    "cells are known.",
  scale: FILLED_SCALE,
};

/** A heat map with a row for each module, and a value for each day on which it has cells. */
function moduleMap(
  axis: DayAxis,
  modules: readonly ModuleHistory[],
  { name, note, scale }: { name: string; note: string; scale: HeatScale },
  value: (day: ModuleOnDay) => number | null,
): string[] {
  if (modules.every(({ cellsFilled }) => cellsFilled === null)) {
    return [paragraph("No module has cells.")];
  }
  const rows = modules.map(({ folder, days }) => {
    const values = Array<HeatValue>(axis.length).fill(undefined);
    for (const on of days) {
      if (on.figures.cellsFilled !== null) values[(on.day - axis.from) / DAY] = value(on);
    }
    return { name: moduleLink(folder), values };
  });
  return heatSection(axis, `${name} of ${plural(rows.length, "module")} by day`, note, rows, scale);
}
