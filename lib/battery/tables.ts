/**
 * The tables for other tools, as CSV: UTF-8, a header, ISO 8601 times in UTC, empty for null. They
 * depend only on the records; rows are ordered by time, then in natural order.
 *
 * @module
 */
import { DAY, dayName } from "../telemetry/mod.ts";
import { weakestCell } from "./cells.ts";
import { eventsOf } from "./events.ts";
import type { Flow, ModuleDay } from "./figures.ts";
import { type FrozenRun, frozenRuns, placeKey } from "./frozen.ts";
import { type BatteryDay, inOrder, outAndIn, positiveCurrent } from "./history.ts";
import { roundTo } from "./runs.ts";
import { FROZEN_AFTER } from "./signal_day.ts";

/** The value of a table's cell. */
type Cell = string | number | null;

/** The text of each table, by name. */
export type Tables = Record<"daily.csv" | "signals.csv" | "events.csv", string>;

/** Makes all tables. */
export function tablesOf(days: readonly BatteryDay[]): Tables {
  const ordered = inOrder(days);
  const frozen = frozenRuns(ordered);
  return {
    "daily.csv": dailyTable(ordered),
    "signals.csv": signalsTable(ordered, frozen),
    "events.csv": eventsTable(ordered, frozen),
  };
}

/** A module's day, and what is discharged and charged on it. */
interface DailyRow {
  day: number;
  figures: ModuleDay;
  flow: { out: Flow; into: Flow } | null;
  weakest: ReturnType<typeof weakestCell>;
}

/** The columns of `daily.csv`. */
const DAILY: readonly (readonly [name: string, cellOf: (row: DailyRow) => Cell | undefined])[] = [
  ["day", ({ day }) => dayName(day)],
  ["phase", ({ figures }) => figures.phase],
  ["module", ({ figures }) => figures.module],
  ["rows", ({ figures }) => figures.rows],
  ["energy_out_kwh", ({ flow }) => rounded(flow?.out.energy)],
  ["energy_in_kwh", ({ flow }) => rounded(flow?.into.energy)],
  ["charge_out_ah", ({ flow }) => rounded(flow?.out.charge)],
  ["charge_in_ah", ({ flow }) => rounded(flow?.into.charge)],
  ["soc_min", ({ figures }) => figures.soc?.min],
  ["soc_max", ({ figures }) => figures.soc?.max],
  ["current_min_a", ({ figures }) => figures.current?.min.value],
  ["current_max_a", ({ figures }) => figures.current?.max.value],
  ["cell_voltage_min_v", ({ figures }) => figures.cellVoltage?.min.value],
  ["cell_voltage_min_cell", ({ figures }) => figures.cellVoltage?.min.column],
  ["cell_voltage_min_at", ({ figures }) => iso(figures.cellVoltage?.min.at)],
  ["cell_voltage_max_v", ({ figures }) => figures.cellVoltage?.max.value],
  ["cell_voltage_max_cell", ({ figures }) => figures.cellVoltage?.max.column],
  ["cell_voltage_max_at", ({ figures }) => iso(figures.cellVoltage?.max.at)],
  ["battery_temperature_min_c", ({ figures }) => figures.batteryTemperature?.min.value],
  ["battery_temperature_max_c", ({ figures }) => figures.batteryTemperature?.max.value],
  ["cells_filled", ({ figures }) => rounded(figures.cellsFilled)],
  ["rest_rows", ({ figures }) => figures.restRows],
  ["rest_spread_mv", ({ figures }) => figures.restSpread],
  ["weakest_cell", ({ weakest }) => weakest?.column],
  ["weakest_cell_deviation_mv", ({ weakest }) => weakest?.deviation],
];

function dailyTable(days: readonly BatteryDay[]): string {
  const positive = positiveCurrent(days);
  const rows = days.flatMap(({ day, figures: { modules } }) =>
    modules.map((figures): DailyRow => ({
      day,
      figures,
      flow: figures.flow && outAndIn(figures.flow, positive),
      weakest: weakestCell(figures.cells),
    }))
  );
  return csv(
    DAILY.map(([name]) => name),
    rows.map((row) => DAILY.map(([, cellOf]) => cellOf(row) ?? null)),
  );
}

function signalsTable(days: readonly BatteryDay[], frozen: readonly FrozenRun[]): string {
  const frozenBy = new Map<string, Map<string, FrozenRun[]>>();
  for (const run of frozen) {
    const columns = frozenBy.getOrInsertComputed(placeKey(run), () => new Map());
    columns.getOrInsertComputed(run.column, () => []).push(run);
  }
  const lines = ["day,phase,module,signal,filled,frozen_s\n"];
  const quoted = new Map<string, string>();
  const quote = (text: string) => quoted.getOrInsertComputed(text, csvCell);
  for (const { day, figures: { modules, places } } of days) {
    const columnsBy = new Map(places.map((place) => [
      placeKey(place),
      new Set(place.signals.map(({ column }) => column)),
    ]));
    for (const { phase, module, rows, filled } of modules) {
      const start = `${dayName(day)},${quote(phase)},${quote(module)},`;
      // A column has the module's own readings, or else those of its phase or the system.
      const around = [{ phase, module }, { phase, module: null }, { phase: null, module: null }]
        .map(placeKey).filter((key) => columnsBy.has(key));
      const runsOf = (column: string) => {
        const place = around.find((key) => columnsBy.get(key)!.has(column));
        return place === undefined ? [] : frozenBy.get(place)?.get(column) ?? [];
      };
      const isAnyFrozen = around.some((key) => frozenBy.has(key));
      for (const [column, count] of filled) {
        const seconds = isAnyFrozen ? longest(runsOf(column), day) : 0;
        lines.push(`${start}${quote(column)},${rounded(count / rows)},${seconds}\n`);
      }
    }
  }
  return lines.join("");
}

/** The longest time that any of the runs lasts on a day, in seconds; 0 if under two hours. */
function longest(runs: readonly FrozenRun[], day: number): number {
  const parts = runs.map(({ from, to }) => Math.min(to, day + DAY) - Math.max(from, day));
  const most = Math.max(0, ...parts);
  return most < FROZEN_AFTER ? 0 : most;
}

function eventsTable(days: readonly BatteryDay[], frozen: readonly FrozenRun[]): string {
  const rows = eventsOf(days, frozen)
    .map(({ from, to, phase, module, kind, detail }) => {
      return [iso(from), iso(to), phase, module, kind, detail];
    });
  return csv(["from", "to", "phase", "module", "kind", "detail"], rows);
}

/** Rounds off the last digits of a number, where sums are not exact. */
function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : roundTo(value, 9);
}

function iso(seconds: number | undefined): string | null {
  if (seconds === undefined) return null;
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** Formats a table according to RFC 4180, but with line feeds. */
function csv(header: readonly string[], rows: readonly Cell[][]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/** An empty text is quoted, to distinguish it from null. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
