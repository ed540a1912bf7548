/**
 * The first page: what needs attention, how the batteries were used, and their condition, over all days
 * on one axis. It is drawn from records alone.
 *
 * @module
 */
import {
  type BatteryDay,
  batteryDays,
  capacities,
  daysByModule,
  eventsOf,
  type Limits,
  type ModuleDay,
  positiveCurrent,
  violationsOf,
} from "../../battery/mod.ts";
import type { DayRecord, Records } from "../../store/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { coverage, rejectedByDay, rowsByDay, samplingGaps } from "../charts/mod.ts";
import { anchor, chart, charts, folded, type Page, paragraph, section } from "../html.ts";
import { medianOf } from "../median.ts";
import { dayLink, dayLinkAt, daysOf, moduleLink, modulesOf, type PagePlan } from "../site.ts";
import { energy, format, plural } from "../words.ts";
import { attentionOf } from "./attention.ts";
import { eventTable, findingList } from "./events.ts";
import { extremeOf, extremeTable } from "./extremes.ts";
import { FILLED_SCALE, filledByDay } from "./filled.ts";
import { type HeatScale, heatSection, type HeatValue } from "./heat_map.ts";
import { moduleTable } from "./modules.ts";
import { rejectedTables, runTable } from "./run_section.ts";
import { type DayAxis, dayAxis, missingDays } from "./strip.ts";
import { throughput, usageStrips } from "./usage.ts";
import { cellHistories, cellTable } from "./weakest_cells.ts";

/** The first page. */
export function indexPage(
  output: string,
  records: Records,
  { summary, limits }: PagePlan & { kind: "index" },
): Page {
  const days = daysOf(records);
  const newest = days.at(-1);
  const all = [...records.days.values()].sort((a, b) => a.day - b.day);
  return {
    title: "Telemetry report",
    lead: summary.span === null
      ? "There are no hour files yet."
      : `${plural(summary.modules, "module")}, ${summary.span[0]} to ${summary.span[1]} (UTC)`,
    links: [["#newest", "Newest day"], ["#run", "The run"], ["#more", "Days and modules"]],
    parts: [
      ...overview(batteryDays(days), limits),
      `<div id="newest">${newestDay(newest)}</div>`,
      `<div id="run">${
        folded(
          "The rows of the run",
          runTable(summary),
          ...rejectedTables(output, records, summary),
          charts([coverage(days), rowsByDay(all), rejectedByDay(all)].map(chart)),
        )
      }</div>`,
    ],
    more: [
      { label: "Days", links: days.map(({ day }) => dayLink(day)) },
      { label: "Modules", links: modulesOf(records).map(moduleLink) },
    ],
  };
}

function newestDay(record: DayRecord | undefined): string {
  if (record === undefined) return section("Newest day", paragraph("No day has hour files."));
  const [href, name] = dayLink(record.day);
  return folded(
    `Newest day: ${name}`,
    charts([chart(coverage([record])), chart(samplingGaps([record]))]),
    `<p>${anchor([href, "All charts of this day"])}</p>`,
  );
}

/** The sections about the batteries, as markup. */
export function overview(days: readonly BatteryDay[], limits: Limits | null): string[] {
  if (days.length === 0) return [];
  const axis = dayAxis(days);
  const events = [...eventsOf(days), ...violationsOf(days, limits)];
  const cells = cellHistories(days);
  const positive = positiveCurrent(days);
  return [
    section(
      "Attention",
      ...findingList(
        attentionOf(days, events),
        ({ folder, from }) => folder === null ? dayLinkAt(days, from) : moduleLink(folder),
      ),
    ),
    headlines(days, axis, positive),
    section("Use and condition", usageStrips(axis, days, positive)),
    section(
      "Rest spread of modules",
      ...moduleMap(
        axis,
        days,
        "Rest spread",
        "The day's median difference between a module's highest and lowest cell at rest.",
        SPREAD_SCALE,
        ({ restSpread }) => restSpread,
      ),
    ),
    section(
      "Cells filled",
      ...moduleMap(
        axis,
        days,
        "Cells filled",
        "The share of a module's rows in which all of its cells are known.",
        FILLED_SCALE,
        ({ cellsFilled }) => cellsFilled! * 100,
      ),
    ),
    section("Modules", moduleTable(days, cells, positive)),
    section("Weakest cells", cellTable(axis, cells, positive)),
    section("Extremes", extremeTable(days, limits)),
    section("Events", eventTable(events)),
    section("Filled rows by signal", ...filledByDay(days)),
  ];
}

function headlines(
  days: readonly BatteryDay[],
  axis: DayAxis,
  positive: "charge" | "discharge",
): string {
  const flow = throughput(
    days.flatMap(({ figures }) => figures.modules.map(({ flow }) => flow)),
    positive,
  );
  const range = (quantity: "cell_voltage" | "battery_temperature", unit: string) => {
    const [low, high] = [extremeOf(days, quantity, "min"), extremeOf(days, quantity, "max")];
    return low === null || high === null
      ? "–"
      : `${format(low.value)} to ${format(high.value)} ${unit}`;
  };
  const missing = missingDays(axis).length;
  const cards: [string, string, string][] = [
    ["energy out", flow === null ? "–" : energy(flow.energyOut), "all modules"],
    ["energy in", flow === null ? "–" : energy(flow.energyIn), "all modules"],
    ["full cycles (EFC)", ...cycles(days, positive)],
    ["cell voltage", range("cell_voltage", "V"), "all cells, all days"],
    ["battery temperature", range("battery_temperature", "°C"), "all sensors, all days"],
    [
      "days of data",
      String(axis.known.size),
      missing === 0 ? "none missing" : `${missing} missing`,
    ],
  ];
  return `<dl class="cards">${
    cards.map(([name, value, note]) =>
      `<div><dt>${name}</dt><dd>${value}<span>${note}</span></dd></div>`
    ).join("")
  }</dl>`;
}

function cycles(
  days: readonly BatteryDay[],
  positive: "charge" | "discharge",
): [value: string, note: string] {
  const capacity = capacities(days);
  const modules = daysByModule(days);
  const found = [...modules].flatMap(([folder, list]) => {
    const flow = throughput(list.map(({ figures }) => figures.flow), positive);
    const estimate = capacity.get(folder);
    return flow === null || estimate === undefined ? [] : [flow.chargeOut / estimate.ah];
  });
  return found.length === 0
    ? ["–", "no capacity could be estimated"]
    : [format(medianOf(found)), `estimate, median of ${found.length} of ${modules.size} modules`];
}

const SPREAD_SCALE: HeatScale = {
  bounds: [5, 10, 20, 50, 100, 200, 500],
  unit: "mV",
  few: "too few rows at rest",
};

/** A heat map with a row for each module that has cells, and a value for each day. */
function moduleMap(
  axis: DayAxis,
  days: readonly BatteryDay[],
  label: string,
  note: string,
  scale: HeatScale,
  value: (day: ModuleDay) => number | null,
): string[] {
  const rows = [...daysByModule(days)].map(([folder, list]) => {
    const values = Array<HeatValue>(axis.length).fill(undefined);
    for (const { day, figures } of list) {
      if (figures.cellsFilled !== null) values[(day - axis.from) / DAY] = value(figures);
    }
    return { name: moduleLink(folder), values };
  });
  return rows.every(({ values }) => values.every((value) => value === undefined))
    ? [paragraph("No module has cells.")]
    : heatSection(axis, `${label} of ${plural(rows.length, "module")} by day`, note, rows, scale);
}
