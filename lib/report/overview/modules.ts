/**
 * The table of the modules.
 *
 * @module
 */
import { weakestCell } from "../../battery/mod.ts";
import { type Cell, number, table } from "../html.ts";
import { moduleLink } from "../page_plan.ts";
import { fixed, percent, signed } from "../words.ts";
import { greatestIn } from "../aggregates.ts";
import type { ModuleHistory } from "./histories.ts";
import { cellName } from "./weakest_cells.ts";

/** The modules, worst first by their latest rest spread. */
export function moduleTable(modules: readonly ModuleHistory[]): string {
  const rows = modules.map(({ folder, days, flow, capacity, cycles, cellsFilled }) => {
    const spreads = days.map(({ figures }) => figures.restSpread).filter((mv) => mv !== null);
    const hottest = days.flatMap(({ figures }) => figures.batteryTemperature?.max.value ?? []);
    const weakest = days.map(({ figures }) => weakestCell(figures.cells))
      .findLast((cell) => cell !== null);
    const row: Cell[] = [
      moduleLink(folder),
      number(flow?.chargeOut, 0),
      number(cycles, 1),
      { number: capacity && `${fixed(capacity.ah, 1)} (n = ${capacity.n})` },
      number(spreads[0], 0),
      number(spreads.at(-1), 0),
      weakest ? `${cellName(weakest.column)}: ${signed(weakest.deviation, 1)} mV` : null,
      number(hottest.length === 0 ? null : greatestIn(hottest), 1),
      { number: cellsFilled === null ? null : percent(cellsFilled) },
    ];
    return { row, spread: spreads.at(-1) ?? -1 };
  }).sort((a, b) => b.spread - a.spread);
  return table(
    "Ordered by rest spread on the last day, largest first. The first and the last day are those " +
      "on which the module has enough rows at rest; for the weakest cell, three quarters of the " +
      "cells must be known in enough of these rows. Capacity is an estimate: the median of n pairs " +
      "of rests. EFC, equivalent full cycles, is Ah out divided by it.",
    [
      "module",
      "Ah out",
      "EFC",
      "capacity Ah",
      "rest spread mV, first day",
      "last day",
      "weakest cell, last day",
      "hottest °C",
      "all cells known",
    ],
    rows.map(({ row }) => row),
  );
}
