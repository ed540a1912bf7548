/**
 * How far apart the cells of each module are.
 *
 * @module
 */
import { greatestIn, leastIn } from "../aggregates.ts";
import { folderOf, moduleName } from "../../telemetry/mod.ts";
import { medianOf } from "../../battery/mod.ts";
import { fixed, plural, signed } from "../words.ts";
import { cellDeviations, type Deviations, FEW_CELLS } from "./cell_deviations.ts";
import { emptyChart, type Figure } from "./figure.ts";
import { lineChart, type Panel } from "./panels.ts";
import { freeColumns, type ModuleRows } from "./module_rows.ts";
import { type ChartOptions, columnsWith, shortCellNames } from "./signals.ts";

/**
 * Cell voltage spread: a module's highest cell minus its lowest, in millivolts, in rows where at
 * least three quarters of the cells are known. Each title names the cell with the lowest median
 * deviation.
 */
export function cellSpread(modules: readonly ModuleRows[], options: ChartOptions = {}): Figure {
  const title = "Cell voltage spread and lowest cell";
  const cells = columnsWith(modules, "cell voltage");
  if (cells.length < 2) return emptyChart(title, "no signal of two or more cells");
  const names = shortCellNames(cells);
  const measured = modules.map(({ phase, module, times, numbers }) => {
    const own = cells.filter((name) => numbers.has(name));
    const deviations = cellDeviations(own.map((name) => numbers.get(name)!));
    const note = lowestCell(deviations, own.map((name) => names[cells.indexOf(name)]!));
    const folder = folderOf(phase, module);
    const [name, href] = [moduleName(folder), options.link?.(folder)];
    const panel: Panel = { name, href, times, lines: [deviations.spread], note };
    freeColumns(deviations.values);
    return { panel, known: deviations.known };
  });
  const known = measured.map(({ known }) => known).filter((known) => known > 0);
  if (known.length === 0) return emptyChart(title, FEW_CELLS);
  const [fewest, most] = [leastIn(known), greatestIn(known)];
  return lineChart(measured.map(({ panel }) => panel), ["spread"], {
    title,
    unit: "spread (mV)",
    remark: "Rows in which at least three quarters of a module's cells are known: n = " +
      `${fewest === most ? "" : `${fixed(fewest, 0)} to `}${fixed(most, 0)}${
        modules.length > 1 ? " per module" : ""
      }. ` +
      "Beside a name: the cell with the lowest median deviation from the module's median",
  }, options);
}

/** Names a module's lowest cell by median deviation, in short and in full. */
function lowestCell(
  { values, known }: Deviations,
  names: readonly string[],
): readonly [short: string, long: string] {
  const medians = values.map(medianOf);
  const lowest = medians.reduce((at, value, k) => value < (medians[at] ?? 0) ? k : at, -1);
  if (lowest < 0) return ["", "no cell is lower than the others"];
  const deviation = `${signed(medians[lowest]!, 1)} mV`;
  return [
    `${names[lowest]} ${deviation}`,
    `${names[lowest]}: median deviation ${deviation} in ${plural(known, "row")}`,
  ];
}
