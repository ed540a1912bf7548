/**
 * Which columns a chart draws, what cells are called, and the options that charts take.
 *
 * @module
 */
import type { Quantity } from "../../battery/mod.ts";
import { compareNatural } from "../../telemetry/mod.ts";
import type { ModuleRows, Span } from "./module_rows.ts";

/** Options that all charts take. */
export interface ChartOptions {
  /** Where the rows come from and how they were filled, for the caption. */
  source?: string;
  /** The time span to show; by default that of the rows. */
  span?: Span;
  /** What positive current is, in words; captions say nothing about it by default. */
  positiveCurrent?: string;
  /** The unit in which states of charge are reported; by default it follows from the values. */
  socUnit?: "fraction" | "percent";
  /** The page that a module's panel links to, given the module's folder. */
  link?: (folder: string) => string;
}

/** The columns of modules that have a quantity, in natural order. */
export function columnsWith(modules: readonly ModuleRows[], quantity: Quantity): string[] {
  const names = modules.flatMap(({ numbers, quantityOf }) =>
    [...numbers.keys()].filter((name) => quantityOf(name) === quantity)
  );
  return [...new Set(names)].sort(compareNatural);
}

/**
 * Names of cells without the words that all of them begin with.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shortCellNames } from "./signals.ts";
 * assert.deepEqual(shortCellNames(["cell_voltage_cell_1", "cell_voltage_cell_12"]), ["cell 1", "cell 12"]);
 * assert.deepEqual(shortCellNames(["cell_voltage_left", "cell_voltage_low"]), ["cell left", "cell low"]);
 * ```
 */
export function shortCellNames(cells: readonly string[]): string[] {
  let common = 0;
  while (cells.every((name) => name[common] === cells[0]![common] && common < name.length)) {
    common++;
  }
  const prefix = cells[0]!.slice(0, common).replace(/[^_]*$/, "");
  const word = /([a-z]+)_$/.exec(prefix)?.[1]?.replace("voltage", "cell") ?? "";
  return cells.map((name) => `${word} ${name.slice(prefix.length)}`.trim());
}
