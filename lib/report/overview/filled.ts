/**
 * In how many rows each signal has a value. Columns that differ only in their numbers count as one signal.
 *
 * @module
 */
import { type BatteryDay, medianOf } from "../../battery/mod.ts";
import { compareNatural, DAY, folderOf, moduleName } from "../../telemetry/mod.ts";
import { percent, plural } from "../words.ts";
import { type Cell, paragraph, table } from "../html.ts";
import { type HeatRow, type HeatScale, heatSection, type HeatValue } from "./heat_map.ts";
import { mostOf, sumOf } from "../aggregates.ts";
import { dayAxis } from "./strip.ts";

/** The classes of a filled share. */
export const FILLED_SCALE: HeatScale = {
  bounds: [1, 10, 25, 50, 75, 90, 99],
  isReversed: true,
  unit: "%",
};

/** A column with `#` for its numbers, as in `cell_voltage_battery_#_cell_#`. */
export function columnPattern(column: string): string {
  return column.replace(/\d+/g, "#");
}

/** How much of the columns of a pattern is filled in a module's rows, as their mean. */
interface Filled {
  pattern: string;
  day: number;
  folder: string;
  share: number;
}

/** The filled shares of some days, by pattern in natural order. */
function filledShares(days: readonly BatteryDay[]): [pattern: string, shares: Filled[]][] {
  const shares = days.flatMap(({ day, figures }) =>
    figures.modules.flatMap(({ phase, module, rows, filled }) => {
      const patterns = Map.groupBy(filled, ([column]) => columnPattern(column));
      return [...patterns].map(([pattern, columns]): Filled => {
        const sum = sumOf(columns, ([, filled]) => filled);
        const share = sum / columns.length / rows;
        return { pattern, day, folder: folderOf(phase, module), share };
      });
    })
  );
  return [...Map.groupBy(shares, ({ pattern }) => pattern)].sort(([a], [b]) =>
    compareNatural(a, b)
  );
}

/** A heat map of signals by day, averaged over the modules that have them. */
export function filledByDay(days: readonly BatteryDay[]): string[] {
  const axis = dayAxis(days);
  const rows = filledShares(days).map(([name, shares]): HeatRow => {
    const values = Array<HeatValue>(axis.length).fill(undefined);
    for (const [day, ofDay] of Map.groupBy(shares, ({ day }) => day)) {
      const sum = sumOf(ofDay, ({ share }) => share);
      values[(day - axis.from) / DAY] = (sum / ofDay.length) * 100;
    }
    return { name, values };
  });
  if (rows.length === 0) return [paragraph("No signal is on record.")];
  return heatSection(
    axis,
    `Rows with a value of ${plural(rows.length, "signal")} by day`,
    "The share of the rows that are not null, as the mean of columns and modules; # stands for any " +
      "number in a column's name.",
    rows,
    FILLED_SCALE,
  );
}

/** A table of the signals of one day, and how much of them is filled in which modules. */
export function filledTable(day: BatteryDay): string {
  const rows = filledShares([day]).map(([pattern, shares]): Cell[] => {
    const least = mostOf(shares, ({ share }) => -share);
    const same = shares.filter(({ share }) => share === least.share).length;
    return [
      pattern,
      shares.length,
      { number: percent(medianOf(shares.map(({ share }) => share))) },
      { number: percent(least.share) },
      same === shares.length ? "all" : same > 1 ? `${same} modules` : moduleName(least.folder),
    ];
  });
  return table(
    "The share of the rows that are not null, in the median module and in the one with the fewest; " +
      "# stands for any number in a column's name.",
    ["signal", "modules", "median", "fewest", "in module"],
    rows,
  );
}
