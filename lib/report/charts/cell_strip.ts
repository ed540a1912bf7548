/**
 * The cells of one module over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { medianOf, runsWhere } from "../../battery/mod.ts";
import { plural, sentences, signed, spanOf } from "../words.ts";
import { timeScale } from "./axes.ts";
import { cellDeviations, FEW_CELLS } from "./cell_deviations.ts";
import { draw, emptyChart, type Figure, type Plotted, QUIET } from "./figure.ts";
import { type Axis, axisOf, freeColumns, type ModuleRows, rowLength } from "./module_rows.ts";
import { type ChartOptions, columnsWith, shortCellNames } from "./signals.ts";

/** Bounds of the classes in millivolts, and their colours: blue below the median, orange above it,
 * and in between a grey that lets a light or dark page show through. */
const BOUNDS = [-500, -200, -100, -50, -20, -10, -5, 5, 10, 20, 50, 100, 200, 500];
const CLASS_COLORS = [
  "#08306b",
  "#08519c",
  "#2171b5",
  "#4292c6",
  "#6baed6",
  "#9ecae1",
  "#c6dbef",
  "#80889066",
  "#fdd0a2",
  "#fdae6b",
  "#fd8d3c",
  "#f16913",
  "#d94801",
  "#a63603",
  "#7f2704",
];
/** The class of values near the median. */
const NEAR = 7;

const CLASS_LABELS = CLASS_COLORS.map((_, i) => {
  const [from, to] = [BOUNDS[i - 1], BOUNDS[i]];
  if (i === NEAR) return "within ±5 mV";
  if (from === undefined) return `below ${signed(to!, 0)}`;
  return to === undefined ? `above ${signed(from, 0)}` : `${signed(from, 0)} to ${signed(to, 0)}`;
});

/** Pixel columns in which a cell stays in one class. */
interface Bar {
  cell: string;
  from: number;
  to: number;
  level: number;
}

/**
 * The cells of one module over time: how far each is from the median of all. The median of these
 * deviations over the whole span is at the right.
 */
export function cellStrip(module: ModuleRows, options: ChartOptions = {}): Figure {
  const title = "Cells against the median of their module";
  const cells = columnsWith([module], "cell voltage");
  const axis = axisOf([module], 150, options.span);
  if (cells.length < 2 || axis === null) {
    return emptyChart(title, "no signal of two or more cells");
  }
  const names = shortCellNames(cells);
  const { values, known } = cellDeviations(cells.map((name) => module.numbers.get(name)!));
  if (known === 0) return emptyChart(title, FEW_CELLS);
  const marks = names.map((cell, i) => {
    const median = medianOf(values[i]!);
    return { cell, text: median === median ? signed(median, 1) : "–" };
  });
  const bars = values.flatMap((column, i) => barsOf(names[i]!, module.times, column, axis));
  freeColumns(values);
  const newest = bars.reduce((most, { to }) => Math.max(most, to), 0);
  const words = marks.map(({ cell, text }) => `${cell} ${text} mV`).join(", ");
  return {
    title,
    description: `Deviation of each cell from the median of all, ${spanOf(axis)}: ${words}.`,
    caption: sentences(
      spanOf(axis),
      `Median deviation at the right, of ${plural(known, "row")} in which at least three ` +
        "quarters of the cells are known. Above the middle of a row: above the median. " +
        "Blank: no value",
      options.source,
    ),
    legend: CLASS_LABELS.map((label, i) => ({ label, color: CLASS_COLORS[i]! })),
    plot: drawStrip(bars, marks, axis),
    newest: (newest * axis.step) / (axis.to - axis.from),
  };
}

/** The mean deviation of a cell in each pixel column, as bars of the same class. */
function barsOf(cell: string, times: Float64Array, values: Float32Array, axis: Axis): Bar[] {
  const pixels = Math.ceil((axis.to - axis.from) / axis.step);
  const [sums, counts] = [new Float64Array(pixels), new Float64Array(pixels)];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    const end = times[i]! + rowLength(times, i) - axis.from;
    for (let p = Math.floor((times[i]! - axis.from) / axis.step); p * axis.step < end; p++) {
      sums[p]! += value;
      counts[p]!++;
    }
  }
  const known = Array.from(sums, (sum, pixel) => {
    return { pixel, level: BOUNDS.filter((bound) => sum / counts[pixel]! >= bound).length };
  }).filter(({ pixel }) => counts[pixel]! > 0);
  return runsWhere(known, (a, b) => b.pixel === a.pixel + 1 && b.level === a.level)
    .map((run) => ({ cell, from: run[0].pixel, to: run.at(-1)!.pixel + 1, level: run[0].level }));
}

function drawStrip(
  bars: readonly Bar[],
  marks: readonly { cell: string; text: string }[],
  axis: Axis,
): Plotted {
  const time = (pixel: number) => new Date(axis.from + pixel * axis.step);
  return draw({
    height: 64 + marks.length * 18,
    marginLeft: 70,
    marginRight: 80,
    marginTop: 20,
    marginBottom: 40,
    x: timeScale(axis, 6),
    y: { domain: marks.map(({ cell }) => cell), label: null, tickSize: 0 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.5 }),
      ...[-1, 0, 1].map((side) =>
        Plot.barX(bars.filter(({ level }) => Math.sign(level - NEAR) === side), {
          x1: ({ from }: Bar) => time(from),
          x2: ({ to }: Bar) => time(to),
          y: "cell",
          fill: ({ level }: Bar) => CLASS_COLORS[level]!,
          title: ({ cell, level, from, to }: Bar) =>
            `${cell}: ${CLASS_LABELS[level]}, ` +
            spanOf({ from: axis.from + from * axis.step, to: axis.from + to * axis.step }),
          // Values above the median take the upper half of the row, values below it the lower half.
          insetTop: side < 0 ? 8 : side === 0 ? 6 : 1,
          insetBottom: side > 0 ? 8 : side === 0 ? 6 : 1,
        })
      ),
      Plot.text(marks, {
        y: "cell",
        text: "text",
        frameAnchor: "right",
        dx: 54,
        textAnchor: "end",
      }),
      Plot.text(["median (mV)"], { frameAnchor: "top-right", dx: 76, dy: -14 }),
    ],
  });
}
