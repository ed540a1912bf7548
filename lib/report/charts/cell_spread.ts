/**
 * How far apart the cells of each module are.
 *
 * @module
 */
import type pl from "nodejs-polars";
import { folderOf } from "../../telemetry/mod.ts";
import { cellDeviations, columnMedians, type Deviations } from "./cells.ts";
import type { Figure } from "./figure.ts";
import { type Rows, rowsOf, valuesOf } from "./frame.ts";
import { panels } from "./panels.ts";
import { type ChartOptions, pickCells, shortCellNames } from "./signals.ts";
import { emptyChart, plural, signed } from "./words.ts";

/**
 * Cell voltage spread: the highest less the lowest of a module's cells, in millivolts, in rows in
 * which at least three quarters of them are known; and the cell whose median deviation from the
 * others is the lowest.
 */
export function cellSpread(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const title = "Cell voltage spread, and each module's lowest cell";
  const cells = pickCells(frame, options);
  if (cells === null) return emptyChart(title, "no signal of two or more cells", options);
  const rows = rowsOf(frame);
  const deviations = cellDeviations(rows, valuesOf(frame, cells));
  const notes = notesOf(rows, deviations, shortCellNames(cells));
  return panels(rows, [{ label: "spread", values: deviations.spread }], options, {
    title,
    unit: "spread (mV)",
    note: (panel) => notes.get(panel)!,
    about: "Highest less lowest cell voltage over time",
    remark: "Rows in which at least three quarters of a module's cells are known: " +
      `${nWords(rows, deviations.spread)} per module. ` +
      "Beside a name: the cell with the lowest median deviation from the module's median",
  });
}

/** How many rows have a spread: the least and the greatest number of all modules that have any. */
function nWords({ series, places }: Rows, spread: Float64Array): string {
  const counts = places.map(() => 0);
  spread.forEach((value, i) => {
    if (value === value) counts[series[i]!]!++;
  });
  const some = counts.filter((count) => count > 0).sort((a, b) => a - b);
  return some[0] === some.at(-1) ? `n = ${some[0]}` : `n = ${some[0]} to ${some.at(-1)}`;
}

/** The numbers of a series' rows that have a spread. */
function rowsWithSpread(number: number, series: Uint32Array, spread: Float64Array): Uint32Array {
  const rows = new Uint32Array(spread.length);
  let count = 0;
  for (let i = 0; i < spread.length; i++) {
    if (series[i] === number && spread[i] === spread[i]) rows[count++] = i;
  }
  return rows.subarray(0, count);
}

/** The lowest cell of each module, by its median deviation, in short and in more words. */
function notesOf(
  { series, places }: Rows,
  { values, spread }: Deviations,
  names: readonly string[],
): Map<string, readonly [short: string, long: string]> {
  return new Map(places.map(({ phase, module }, number) => {
    const own = rowsWithSpread(number, series, spread);
    const medians = columnMedians(values, own);
    const lowest = medians.reduce((at, value, k) => value < (medians[at] ?? 0) ? k : at, -1);
    const note = lowest < 0 ? ["", "no cell is lower than the others"] as const : [
      `${names[lowest]} ${signed(medians[lowest]!, 1)} mV`,
      `${names[lowest]}: median deviation ${signed(medians[lowest]!, 1)} mV ` +
      `in ${plural(own.length, "row")}`,
    ] as const;
    return [folderOf(phase, module), note] as const;
  }));
}
