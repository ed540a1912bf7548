/**
 * Which columns a chart draws, and the options that charts take.
 *
 * @module
 */
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

/** The names of each chart's columns. */
export const SIGNALS = {
  charge: /state_of_charge|(^|_)soc(_|$)/i,
  voltage: /^module_voltage/i,
  current: /^module_current/i,
  temperature: /^(?!debug_value).*temp(erature)?(_|$)/i,
  boardTemperature: /^debug_value.*temp/i,
  cell: /^cell_voltage.*\d$/i,
  phaseCurrent: /^phase_current/i,
};

/** Whether a chart would draw a column. */
export function isCharted(column: string): boolean {
  return Object.values(SIGNALS).some((signal) => signal.test(column));
}

/** The numeric columns whose names match a signal, in natural order. */
export function pick(modules: readonly ModuleRows[], signal: RegExp): string[] {
  const names = new Set(modules.flatMap(({ numbers }) => [...numbers.keys()]));
  return [...names].filter((name) => signal.test(name)).sort(compareNatural);
}

/** The cell columns of modules; null if there are fewer than two. */
export function pickCells(modules: readonly ModuleRows[]): string[] | null {
  const cells = pick(modules, SIGNALS.cell);
  return cells.length < 2 ? null : cells;
}

/**
 * Names of cells without their common prefix.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shortCellNames } from "./signals.ts";
 * assert.deepEqual(shortCellNames(["cell_voltage_cell_1", "cell_voltage_cell_12"]), ["cell 1", "cell 12"]);
 * ```
 */
export function shortCellNames(cells: readonly string[]): string[] {
  let common = 0;
  while (cells.every((name) => name[common] === cells[0]![common] && common < name.length)) {
    common++;
  }
  const prefix = cells[0]!.slice(0, common).replace(/\d+$/, "");
  const word = /([a-z]+)_$/.exec(prefix)?.[1] ?? "";
  return cells.map((name) => `${word} ${name.slice(prefix.length)}`.trim());
}
