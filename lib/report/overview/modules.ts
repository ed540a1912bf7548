/**
 * The table of the modules.
 *
 * @module
 */
import { type Cell, number, table } from "../html.ts";
import { moduleLink } from "../site.ts";
import { fixed, percent, signed } from "../words.ts";
import type { ModuleHistory } from "./histories.ts";
import { mostOf } from "../aggregates.ts";
import { type CellHistory, cellName, greatest } from "./weakest_cells.ts";

/** The modules, worst first by their latest rest spread. */
export function moduleTable(
  modules: readonly ModuleHistory[],
  cells: readonly CellHistory[],
): string {
  const cellsOf = Map.groupBy(cells, ({ folder }) => folder);
  const rows = modules.map(({ folder, days, flow, capacity, cycles, cellsFilled }) => {
    const spreads = days.map(({ figures }) => figures.restSpread).filter((mv) => mv !== null);
    const hottest = days.flatMap(({ figures }) => figures.batteryTemperature?.max.value ?? []);
    const own = cellsOf.get(folder);
    const weakest = own && mostOf(own, ({ deviation }) => Math.abs(deviation));
    const row: Cell[] = [
      moduleLink(folder),
      number(flow?.chargeOut, 0),
      number(cycles, 1),
      { number: capacity && `${fixed(capacity.ah, 1)} (n = ${capacity.n})` },
      number(spreads[0], 0),
      number(spreads.at(-1), 0),
      weakest ? `${cellName(weakest.column)}: ${signed(weakest.deviation, 0)} mV` : null,
      number(greatest(hottest), 1),
      { number: cellsFilled === null ? null : percent(cellsFilled) },
    ];
    return { row, spread: spreads.at(-1) ?? -1 };
  }).sort((a, b) => b.spread - a.spread);
  return table(
    "The largest rest spread on the last day that has one comes first. Capacity is an estimate: the " +
      "median of n pairs of rests. EFC, equivalent full cycles, is Ah out divided by it",
    [
      "module",
      "Ah out",
      "EFC",
      "capacity Ah",
      "rest spread mV, first day",
      "last day",
      "weakest cell",
      "hottest °C",
      "cells filled",
    ],
    rows.map(({ row }) => row),
  );
}
