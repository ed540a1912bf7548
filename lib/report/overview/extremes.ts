/**
 * The lowest and the highest values of all days.
 *
 * @module
 */
import {
  type BatteryDay,
  besideLimit,
  type Extreme,
  limitDigits,
  LIMITED,
  type Limited,
  LIMITED_QUANTITIES,
  type Limits,
  type ModuleDay,
} from "../../battery/mod.ts";
import { folderOf } from "../../telemetry/mod.ts";
import { type Cell, table } from "../html.ts";
import { moduleLink } from "../page_plan.ts";
import { greatestIn, leastIn, mostOf } from "../aggregates.ts";
import { fixed, format, instant, positiveWords, sentences, signed } from "../words.ts";

/** The lowest and the highest value of each quantity, with the margins to the limits, if any. */
export function extremeTable(days: readonly BatteryDay[], limits: Limits | null): string {
  const columns = limits === null ? 5 : 7;
  const rows = LIMITED_QUANTITIES.flatMap((quantity) =>
    (["max", "min"] as const).flatMap((side): Cell[][] => {
      const { name, unit } = LIMITED[quantity];
      const found = extremeOf(days, quantity, side);
      if (found === null) return [];
      const { folder, value, column, columns: same, at, others } = found;
      const limit = limits?.[quantity]?.[side === "min" ? 0 : 1];
      const shown = limit === undefined
        ? { value: format(value), margin: null }
        : withMargin(quantity, besideLimit(value, limit), limit, side);
      return [[
        `${side === "min" ? "lowest" : "highest"} ${name}`,
        { number: `${shown.value} ${unit}` },
        others > 0 ? `${others + 1} modules` : moduleLink(folder),
        others > 0 ? null : same > 1 ? `${same} columns` : column,
        instant(at * 1000),
        limit === undefined ? "no limit" : { number: String(limit).replace("-", "−") },
        { number: shown.margin },
      ].slice(0, columns)];
    })
  );
  return table(
    sentences(
      limits === null
        ? "Extremes of all days. With --limits FILE, the margins are shown too"
        : "Extremes of all days, and how far they are from the limits",
      "These are extremes of rows, not of readings: a peak that is shorter than a row may be higher",
      extremeOf(days, "current", "max") !== null && `Positive current is ${positiveWords(days)}`,
    ),
    ["", "value", "module", "column", "first at (UTC)", "limit", "margin"].slice(0, columns),
    rows,
  );
}

/** A value and its margin to a limit. */
function withMargin(
  quantity: Limited,
  value: number,
  limit: number,
  side: "min" | "max",
): { value: string; margin: string } {
  const digits = limitDigits(quantity, value, limit);
  const margin = side === "min" ? value - limit : limit - value;
  return {
    value: fixed(value, digits),
    margin: `${signed(margin, digits)}${margin < 0 ? " violated" : ""}`,
  };
}

/**
 * The extreme of a quantity over all days, the folder of the module that had it first, and how many
 * other modules have the same value; null if it is not known.
 */
export function extremeOf(
  days: readonly BatteryDay[],
  quantity: Limited,
  side: "min" | "max",
): Extreme & { folder: string; others: number } | null {
  const all = days.flatMap(({ figures }) =>
    figures.modules.flatMap((module) => {
      const extreme = module[LIMITED[quantity].figure]?.[side];
      return extreme === undefined ? [] : [{ module, extreme }];
    })
  );
  if (all.length === 0) return null;
  const values = all.map(({ extreme }) => extreme.value);
  const value = side === "min" ? leastIn(values) : greatestIn(values);
  const same = all.filter(({ extreme }) => extreme.value === value);
  const first = mostOf(same, ({ extreme }) => -extreme.at);
  const folderOn = ({ phase, module }: ModuleDay) => folderOf(phase, module);
  const folders = new Set(same.map(({ module }) => folderOn(module)));
  return { ...first.extreme, folder: folderOn(first.module), others: folders.size - 1 };
}
