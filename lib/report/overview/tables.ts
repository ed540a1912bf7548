/**
 * The tables of the first page: modules, events, weakest cells, extremes.
 *
 * @module
 */
import {
  type BatteryDay,
  capacities,
  daysByModule,
  type Extreme,
  LIMIT_DIGITS,
  LIMIT_UNITS,
  LIMITED,
  type Limited,
  type Limits,
  type ModuleDay,
  rangeOf,
  type ReportedEvent,
} from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { type Cell, paragraph, table } from "../html.ts";
import { moduleLink } from "../site.ts";
import { duration, fixed, format, instant, percent, placeName, plural, signed } from "../words.ts";
import type { CellHistory } from "./cell_history.ts";
import { cellsFilled } from "./filled.ts";
import type { DayAxis } from "./strip.ts";
import { throughput } from "./usage.ts";

/** A number with a fixed number of decimals; null if it is not known. */
function number(value: number | null | undefined, digits: number): Cell {
  return value === null || value === undefined ? null : { number: fixed(value, digits) };
}

/** A cell's name without the prefix of its column, as in `battery 1 cell 9`. */
function cellName(column: string): string {
  return column.replace(/^cell_voltage_?/, "").replaceAll("_", " ");
}

/** The modules, worst first by their latest rest spread. */
export function moduleTable(
  days: readonly BatteryDay[],
  cells: readonly CellHistory[],
  positive: "charge" | "discharge",
): string {
  const capacity = capacities(days);
  const weakest = Map.groupBy(cells, ({ folder }) => folder);
  const rows = [...daysByModule(days)].map(([folder, list]) => {
    const figures = list.map(({ figures }) => figures);
    const spreads = figures.map(({ restSpread }) => restSpread).filter((mv) => mv !== null);
    const flow = throughput(figures.map(({ flow }) => flow), positive);
    const estimate = capacity.get(folder);
    const weak = weakest.get(folder)?.reduce((a, b) =>
      Math.abs(b.deviation) > Math.abs(a.deviation) ? b : a
    );
    const share = cellsFilled(figures);
    const row: Cell[] = [
      moduleLink(folder),
      number(flow?.chargeOut, 0),
      number(flow && estimate && flow.chargeOut / estimate.ah, 1),
      estimate ? { number: `${fixed(estimate.ah, 1)} (n = ${estimate.n})` } : null,
      number(spreads[0], 0),
      number(spreads.at(-1), 0),
      weak ? `${cellName(weak.column)}: ${signed(weak.deviation, 0)} mV` : null,
      number(hottest(figures), 1),
      share === null ? null : { number: percent(share) },
    ];
    return { row, spread: spreads.at(-1) ?? -1 };
  }).sort((a, b) => b.spread - a.spread);
  return table(
    "Modules, the largest rest spread first. Capacity is an estimate, the median of n pairs of " +
      "rests; EFC, equivalent full cycles, is Ah out divided by it. Rest spread is in mV, of the " +
      "first and of the last day that has one",
    [
      ...["module", "Ah out", "EFC", "capacity Ah, estimated", "rest spread first", "last"],
      ...["weakest cell", "hottest °C", "cells filled"],
    ],
    rows.map(({ row }) => row),
  );
}

function hottest(days: readonly ModuleDay[]): number | null {
  const values = days.flatMap(({ batteryTemperature: range }) => range ? [range.max.value] : []);
  return values.length === 0 ? null : Math.max(...values);
}

const MAX_CELLS = 12;

/** The cells that deviate most from their module's median at rest. */
export function cellTable(
  axis: DayAxis,
  cells: readonly CellHistory[],
  positive: "charge" | "discharge",
): string {
  if (cells.length === 0) return paragraph("No cell has a day with 60 rows at rest.");
  const worst = cells.toSorted((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
    .slice(0, MAX_CELLS);
  const rows = worst.map((cell): Cell[] => {
    const { folder, column, deviation, since, slope, rows, days } = cell;
    const [charge, discharge] = positive === "charge"
      ? [cell.positive, cell.negative]
      : [cell.negative, cell.positive];
    return [
      moduleLink(folder),
      cellName(column),
      { number: signed(deviation, 1) },
      number(charge, 0),
      number(discharge, 0),
      since === null ? null : dayName(since),
      slope === null ? null : { number: signed(slope, 2) },
      number(rows, 0),
      { markup: sparkline(axis, days) },
    ];
  });
  return table(
    `The ${worst.length} cells farthest from the median of their module. At rest: the median since ` +
      "the day given, the first of the most recent days in a row beyond 20 mV; without such days, " +
      "of all days. p95: the 95th percentile of the worst day, in mV, under charge and discharge",
    [
      ...["module", "cell", "at rest mV", "p95 charge", "p95 discharge", "since", "mV per day"],
      ...["rows", "all days"],
    ],
    rows,
  );
}

const [SPARK_WIDTH, SPARK_HEIGHT] = [120, 24];

/** A word-sized line of a deviation over all days, with a line at zero. */
function sparkline({ from, length }: DayAxis, days: CellHistory["days"]): string {
  const values = days.map(({ median }) => median);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const x = (day: number) => tenth((((day - from) / DAY + 0.5) / length) * SPARK_WIDTH);
  const y = (value: number) => tenth(1 + ((high - value) / (high - low || 1)) * (SPARK_HEIGHT - 2));
  const points = days.map(({ day, median }) => `${x(day)},${y(median)}`);
  const [first, last] = [values[0]!, values.at(-1)!];
  return `<svg class="spark" role="img" aria-label="from ${signed(first, 0)} to ${
    signed(last, 0)
  } mV" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" width="${SPARK_WIDTH}" ` +
    `height="${SPARK_HEIGHT}"><path class="zero" d="M0 ${y(0)}h${SPARK_WIDTH}"/>` +
    (points.length === 1
      ? `<circle cx="${x(days[0]!.day)}" cy="${y(first)}" r="2"/>`
      : `<path class="line middle" d="M${points.join("L")}"/>`) +
    "</svg>";
}

const MAX_EVENTS = 40;

/** The events, newest first. */
export function eventTable(events: readonly ReportedEvent[]): string {
  const all = events.toSorted((a, b) => b.from - a.from || b.to - a.to);
  const rows = all.slice(0, MAX_EVENTS).map((event): Cell[] => [
    ...timesOf(event),
    event.module === null ? placeName(event) : moduleLink(placeName(event)),
    event.kind,
    tidyNumbers(event.detail) +
    (event.kind === "limit" && event.days > 1 ? ` (${event.days} days in a row)` : ""),
  ]);
  const inFile = all.some(({ kind }) => kind === "limit")
    ? "all but those of limits are"
    : "all are";
  const more = all.length > MAX_EVENTS
    ? `The newest ${MAX_EVENTS} of ${all.length} events; ${inFile} in _etl/events.csv`
    : plural(all.length, "event");
  return table(more, ["from (UTC)", "to (UTC)", "for", "where", "kind", "what"], rows);
}

/** From when, to when and for how long; of a violation it is only known when it was worst. */
function timesOf(event: ReportedEvent): Cell[] {
  return event.kind === "limit" ? [instant(event.at * 1000), null, null] : [
    instant(event.from * 1000),
    instant(event.to * 1000),
    { number: duration(event.to - event.from) },
  ];
}

/** Writes the numbers of a text with minus signs and at most six digits: many were float32 once. */
export function tidyNumbers(text: string): string {
  return text.replace(/ -(?=\d)/g, " −")
    .replace(/\d+\.\d{5,}/g, (number) => String(Number(Number(number).toPrecision(6))));
}

const QUANTITY_NAMES: Readonly<Record<Limited, string>> = {
  cell_voltage: "cell voltage",
  battery_temperature: "battery temperature",
  current: "module current",
};

/** The lowest and the highest value of each quantity, with the margins to the limits, if any. */
export function extremeTable(days: readonly BatteryDay[], limits: Limits | null): string {
  const columns = limits === null ? 5 : 7;
  const rows = LIMITED.flatMap((quantity) =>
    (["max", "min"] as const).flatMap((side): Cell[][] => {
      const found = extremeOf(days, quantity, side);
      if (found === null) return [];
      const { folder, extreme, others } = found;
      const { value, column, at } = extreme;
      const limit = limits?.[quantity]?.[side === "min" ? 0 : 1];
      const margin = limit === undefined ? null : side === "min" ? value - limit : limit - value;
      return [[
        `${side === "min" ? "lowest" : "highest"} ${QUANTITY_NAMES[quantity]}`,
        { number: `${format(value)} ${LIMIT_UNITS[quantity]}` },
        others > 0 ? `${others + 1} modules` : moduleLink(folder),
        others > 0 ? null : extreme.columns > 1 ? `${extreme.columns} columns` : column,
        instant(at * 1000),
        limit === undefined ? "no limit" : { number: format(limit) },
        margin === null
          ? null
          : { number: `${signed(margin, LIMIT_DIGITS[quantity])}${margin < 0 ? " violated" : ""}` },
      ].slice(0, columns)];
    })
  );
  return table(
    limits === null
      ? "Extremes of all days. With --limits FILE the margins are shown too"
      : "Extremes of all days, and how far they are from the limits",
    ["", "value", "module", "column", "first at (UTC)", "limit", "margin"].slice(0, columns),
    rows,
  );
}

/** An extreme, and where it occurred. */
export interface FoundExtreme {
  /** The folder of the module that had it first. */
  folder: string;
  /** The value, its column and its time. */
  extreme: Extreme;
  /** How many other modules have the same value. */
  others: number;
}

/** The extreme of a quantity over all days; null if it is not known. */
export function extremeOf(
  days: readonly BatteryDay[],
  quantity: Limited,
  side: "min" | "max",
): FoundExtreme | null {
  const all = days.flatMap(({ figures }) =>
    figures.modules.flatMap((day) => {
      const extreme = rangeOf(day, quantity)?.[side];
      return extreme === undefined ? [] : [{ folder: placeName(day), extreme }];
    })
  );
  if (all.length === 0) return null;
  const values = all.map(({ extreme }) => extreme.value);
  const value = side === "min" ? Math.min(...values) : Math.max(...values);
  const same = all.filter(({ extreme }) => extreme.value === value);
  const first = same.reduce((a, b) => b.extreme.at < a.extreme.at ? b : a);
  const modules = new Set(same.map(({ folder }) => folder));
  return { ...first, others: modules.size - 1 };
}
