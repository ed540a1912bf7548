/**
 * How much of each signal is filled. Columns that differ only in their numbers count as one signal.
 *
 * @module
 */
import type { BatteryDay, ModuleDay } from "../../battery/mod.ts";
import { compareNatural, DAY, folderOf } from "../../telemetry/mod.ts";
import { medianOf } from "../median.ts";
import { percent, plural } from "../words.ts";
import { type Cell, paragraph, table } from "../html.ts";
import { type HeatRow, type HeatScale, heatSection, type HeatValue } from "./heat_map.ts";
import { dayAxis } from "./strip.ts";

/** The classes of a filled share. */
export const FILLED_SCALE: HeatScale = {
  bounds: [1, 10, 25, 50, 75, 90, 99],
  isReversed: true,
  unit: "%",
};

/** A column with `#` for its numbers, as in `cell_voltage_battery_#_cell_#`. */
export function columnKind(column: string): string {
  return column.replace(/\d+/g, "#");
}

/** The filled share of a module's rows for each kind of signal: the mean of its columns. */
function sharesOf({ rows, filled }: ModuleDay): Map<string, number> {
  const kinds = Map.groupBy(filled, ([column]) => columnKind(column));
  return new Map([...kinds].map(([kind, columns]) => [
    kind,
    columns.reduce((sum, [, filled]) => sum + filled, 0) / columns.length / rows,
  ]));
}

/** A heat map of signals by day, averaged over the modules that have them. */
export function filledByDay(days: readonly BatteryDay[], wanted?: string): string[] {
  const axis = dayAxis(days);
  const sums = new Map<string, { sum: number; count: number }[]>();
  for (const { day, figures } of days) {
    for (const module of figures.modules) {
      if (wanted !== undefined && folderOf(module.phase, module.module) !== wanted) continue;
      for (const [kind, share] of sharesOf(module)) {
        const row = sums.getOrInsertComputed(
          kind,
          () => Array.from({ length: axis.length }, () => ({ sum: 0, count: 0 })),
        );
        const cell = row[(day - axis.from) / DAY]!;
        cell.sum += share;
        cell.count++;
      }
    }
  }
  if (sums.size === 0) return [paragraph("No signal is on record.")];
  const rows: HeatRow[] = [...sums].sort(([a], [b]) => compareNatural(a, b))
    .map(([name, cells]) => ({
      name,
      values: cells.map(({ sum, count }): HeatValue =>
        count === 0 ? undefined : (sum / count) * 100
      ),
    }));
  return heatSection(
    axis,
    `Filled rows of ${plural(rows.length, "signal")} by day`,
    "The share of the rows that are not null; # stands for any number in a column's name.",
    rows,
    FILLED_SCALE,
    "wide",
  );
}

/** A table of the signals of one day, and how much of them is filled in which modules. */
export function filledTable({ figures }: BatteryDay): string {
  const kinds = new Map<string, { folder: string; share: number }[]>();
  for (const module of figures.modules) {
    const folder = folderOf(module.phase, module.module);
    for (const [kind, share] of sharesOf(module)) {
      kinds.getOrInsertComputed(kind, () => []).push({ folder, share });
    }
  }
  const rows = [...kinds].sort(([a], [b]) => compareNatural(a, b)).map(([kind, shares]): Cell[] => {
    const least = shares.reduce((a, b) => b.share < a.share ? b : a);
    const same = shares.filter(({ share }) => share === least.share).length;
    return [
      kind,
      shares.length,
      { number: percent(medianOf(shares.map(({ share }) => share))) },
      { number: percent(least.share) },
      same === shares.length ? "all" : same > 1 ? `${same} modules` : least.folder,
    ];
  });
  return table(
    "The share of the rows that are not null, in the median module and in the one with the fewest; " +
      "# stands for any number in a column's name",
    ["signal", "modules", "median", "fewest", "in module"],
    rows,
  );
}
