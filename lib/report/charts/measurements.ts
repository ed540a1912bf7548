/**
 * Charts of measurements over time, by module or phase.
 *
 * @module
 */
import type { Quantity } from "../../battery/mod.ts";
import { folderOf, moduleName } from "../../telemetry/mod.ts";
import { COLORS, type Figure } from "./figure.ts";
import { lineChart, type Panel, type Words } from "./panels.ts";
import { axisOf, freeColumns, type ModuleRows } from "./module_rows.ts";
import { type ChartOptions, columnsWith } from "./signals.ts";

/** A chart of the rows of modules. */
export type ModuleChart = (modules: readonly ModuleRows[], options?: ChartOptions) => Figure;

/** Voltage by module. */
export const moduleVoltage: ModuleChart = chartOf("module voltage", {
  title: "Module voltage",
  unit: "voltage (V)",
});

const CURRENT = { unit: "current (A)", isCurrent: true };

/** Current by module, with a line at zero. */
export const moduleCurrent: ModuleChart = chartOf("current", {
  title: "Module current, with a line at zero",
  ...CURRENT,
});

/** The temperatures that the sensors of each module's battery measure. */
export const batteryTemperatures: ModuleChart = chartOf("battery temperature", {
  title: "Battery temperatures",
  unit: "temperature (°C)",
});

/** The one temperature that a module reports as its own, which none of the battery's sensors measures. */
export const moduleTemperature: ModuleChart = chartOf("module temperature", {
  title: "Module temperature (as the module reports it)",
  unit: "temperature (°C)",
});

/**
 * The temperatures of boards, which say little about the battery. Boards of the whole system or of a
 * phase report for all of its modules, and are drawn once.
 */
export function boardTemperatures(
  modules: readonly ModuleRows[],
  options: ChartOptions = {},
): Figure {
  const names = columnsWith(modules, "board temperature");
  const groupings: PanelGroup[][] = [[["all modules", modules]], phasesOf(modules)];
  const common = Iterator.from(groupings)
    .filter((groups) => groups.every(([, part]) => part.length > 1))
    .map((groups) => groups.map(([name, part]) => commonPanel(name, part, names)))
    .find((panels) => panels.every(({ isExact }) => isExact));
  const panels = common ?? panelsOf(modules, names, options);
  const words = { title: "Board temperatures (not of the battery)", unit: "temperature (°C)" };
  return columnChart(names, panels, words, options);
}

/** State of charge by module, always in per cent. */
export function stateOfCharge(modules: readonly ModuleRows[], options: ChartOptions = {}): Figure {
  const names = columnsWith(modules, "state of charge");
  const panels = panelsOf(modules, names, options);
  const isPercent = options.socUnit === "percent" ||
    panels.some(({ lines }) => lines.some((values) => values?.some((value) => value > 1.5)));
  const scaled = isPercent ? panels : panels.map((panel): Panel => ({
    ...panel,
    lines: panel.lines.map((values) => values?.map((value) => value * 100)),
  }));
  const words = { title: "State of charge", unit: "state of charge (%)" };
  const figure = columnChart(names, scaled, words, options);
  if (!isPercent) {
    freeColumns(scaled.flatMap(({ lines }) => lines.filter((values) => values !== undefined)));
  }
  return figure;
}

/** Current by phase, from any of its modules: those that report it all report the same. */
export function phaseCurrent(modules: readonly ModuleRows[], options: ChartOptions = {}): Figure {
  const names = columnsWith(modules, "phase current");
  const panels = phasesOf(modules).map(([name, part]) => commonPanel(name, part, names));
  const words = { title: "Phase current, with a line at zero", ...CURRENT };
  return columnChart(names, panels, words, options);
}

/** The chart of a quantity, with a panel for each module. */
function chartOf(quantity: Quantity, words: Words): ModuleChart {
  return (modules, options = {}) => {
    const names = columnsWith(modules, quantity);
    return columnChart(names, panelsOf(modules, names, options), words, options);
  };
}

/** Draws a line for each column or, if there are too many to tell apart, only their extremes. */
function columnChart(
  names: readonly string[],
  panels: readonly Panel[],
  words: Words,
  options: ChartOptions,
): Figure {
  if (names.length <= COLORS.length) {
    return lineChart(panels, names, words, options);
  }
  const extremes = panels.map((panel): Panel => {
    const columns = panel.lines.filter((values) => values !== undefined);
    return { ...panel, lines: [extremeByRow(columns, Math.max), extremeByRow(columns, Math.min)] };
  });
  const labels = [`highest of ${names.length}`, `lowest of ${names.length}`];
  return lineChart(extremes, labels, words, options);
}

/** The extreme of some columns in each row; NaN where none of them has a value. */
function extremeByRow(
  columns: readonly Float64Array[],
  choose: (a: number, b: number) => number,
): Float64Array | undefined {
  const found = columns[0]?.slice();
  for (const values of columns.slice(1)) {
    for (let i = 0; i < values.length; i++) {
      const [a, b] = [found![i]!, values[i]!];
      found![i] = a !== a ? b : b !== b ? a : choose(a, b);
    }
  }
  return found;
}

/** A panel for each module, with a line for each column. */
function panelsOf(
  modules: readonly ModuleRows[],
  names: readonly string[],
  { link }: ChartOptions,
): Panel[] {
  return modules.map(({ phase, module, times, numbers }) => {
    const folder = folderOf(phase, module);
    const lines = names.map((name) => numbers.get(name));
    return { name: moduleName(folder), href: link?.(folder), times, lines };
  });
}

/** Modules that may have columns in common, and the name of their panel. */
type PanelGroup = readonly [name: string, modules: readonly ModuleRows[]];

/** The modules of each phase. */
function phasesOf(modules: readonly ModuleRows[]): PanelGroup[] {
  return [...Map.groupBy(modules, ({ phase }) => phase)]
    .map(([phase, part]) => [`phase ${phase}`, part]);
}

/** A panel, and whether all modules have its values in all of their rows. */
type CommonPanel = Panel & { isExact: boolean };

/** The values of some columns that modules have in common: at each instant that of any of them. */
function commonPanel(
  name: string,
  modules: readonly ModuleRows[],
  names: readonly string[],
): CommonPanel {
  const { from, to, row } = axisOf(modules, 1) ?? { from: 0, to: 0, row: 1 };
  const length = Math.round((to - from) / row);
  let isExact = true;
  const lines = names.map((name) => {
    const found = Array<number | undefined>(length);
    for (const { times, numbers } of modules) {
      const values = numbers.get(name);
      times.forEach((time, i) => {
        const at = Math.floor((time - from) / row);
        const [before, value] = [found[at], values?.[i] ?? NaN];
        if (before !== undefined && !Object.is(before, value)) isExact = false;
        if (before === undefined || value === value) found[at] = value;
      });
    }
    return Float64Array.from(found, (value) => value ?? NaN);
  });
  const times = Float64Array.from({ length }, (_, i) => from + i * row);
  return { name, times, lines, isExact };
}
