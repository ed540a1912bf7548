/**
 * The table of the modules.
 *
 * @module
 */
import { type BatteryDay, capacities, daysByModule } from "../../battery/mod.ts";
import { type Cell, number, table } from "../html.ts";
import { moduleLink } from "../site.ts";
import { fixed, percent, signed } from "../words.ts";
import { cellsFilled } from "./filled.ts";
import { throughput } from "./usage.ts";
import { type CellHistory, cellName, greatest } from "./weakest_cells.ts";

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
      { number: estimate ? `${fixed(estimate.ah, 1)} (n = ${estimate.n})` : null },
      number(spreads[0], 0),
      number(spreads.at(-1), 0),
      weak ? `${cellName(weak.column)}: ${signed(weak.deviation, 0)} mV` : null,
      number(
        greatest(figures.flatMap(({ batteryTemperature }) => batteryTemperature?.max.value ?? [])),
        1,
      ),
      { number: share === null ? null : percent(share) },
    ];
    return { row, spread: spreads.at(-1) ?? -1 };
  }).sort((a, b) => b.spread - a.spread);
  return table(
    "The largest rest spread on the last day that has one comes first. Capacity is an estimate: the " +
      "median of n pairs of rests. EFC, equivalent full cycles, is Ah out divided by it",
    [
      ...["module", "Ah out", "EFC", "capacity Ah", "rest spread mV, first day", "last day"],
      ...["weakest cell", "hottest °C", "cells filled"],
    ],
    rows.map(({ row }) => row),
  );
}
