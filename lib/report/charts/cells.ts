/**
 * The cells of modules: how far apart they are, and which is weak.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type pl from "nodejs-polars";
import { folderOf } from "../../telemetry/mod.ts";
import { type Axis, axisOf, type Rows, rowsOf, valuesOf } from "./envelope.ts";
import { draw, figure, QUIET } from "./figure.ts";
import { panels } from "./panels.ts";
import {
  caption,
  type ChartOptions,
  nothing,
  pick,
  several,
  SIGNALS,
  spanOf,
  timeScale,
  WIDTH,
} from "./parts.ts";

/** The cells of a frame's modules, or at least two of them. */
function cellsOf(frame: pl.DataFrame, options: ChartOptions): string[] | null {
  const cells = pick(frame, SIGNALS.cell, options);
  return cells.length < 2 ? null : cells;
}

/** A cell's name without what all cells' names begin with. */
function shortNames(cells: readonly string[]): string[] {
  let common = 0;
  while (cells.every((name) => name[common] === cells[0]![common] && common < name.length)) {
    common++;
  }
  const prefix = cells[0]!.slice(0, common).replace(/\d+$/, "");
  const word = /([a-z]+)_$/.exec(prefix)?.[1] ?? "";
  return cells.map((name) => `${word} ${name.slice(prefix.length)}`.trim());
}

/**
 * Cell voltage spread: the highest less the lowest of a module's cells, in millivolts, and which
 * cell is the lowest most often. Rows that lack one of the module's cells are passed over: it may
 * be the one that is far off.
 */
export function cellSpread(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const title = "Cell voltage spread, and each module's lowest cell";
  const cells = cellsOf(frame, options);
  if (cells === null) return nothing(title, "no signal of two or more cells", options);
  const { values, lowest } = spreadOf(frame, cells);
  const short = shortNames(cells);
  const { places } = rowsOf(frame);
  const notes = new Map(places.map(({ phase, module }, i) => {
    const counts = lowest[i]!;
    const [most, all] = [Math.max(...counts), counts.reduce((sum, count) => sum + count, 0)];
    const share = `${Math.round((most / all) * 100)} %`;
    const cell = short[counts.indexOf(most)];
    const note = all === 0 ? ["", "no cell is lower than the others"] as const : [
      `lowest: ${cell} (${share})`,
      `lowest: ${cell} in ${share} of ${several(all, "row")}`,
    ] as const;
    return [folderOf(phase, module), note] as const;
  }));
  return panels(rowsOf(frame), [{ label: "spread", values }], options, {
    title,
    unit: "spread (mV)",
    note: (panel) => notes.get(panel)!,
    about: "Highest less lowest cell voltage over time",
  });
}

/** The spread of each row in millivolts, and for each series how often each cell is the lowest. */
function spreadOf(
  frame: pl.DataFrame,
  cells: readonly string[],
): { values: Float64Array; lowest: number[][] } {
  const { series, places } = rowsOf(frame);
  const columns = valuesOf(frame, cells);
  const values = new Float64Array(frame.height).fill(NaN);
  const [counts, lows] = [new Uint16Array(frame.height), new Uint16Array(frame.height)];
  const own = places.map(() => new Uint8Array(cells.length));
  for (let i = 0; i < values.length; i++) {
    const flags = own[series[i]!]!;
    let [known, least, most, cell] = [0, Infinity, -Infinity, 0];
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k]![i]!;
      if (value !== value) continue;
      known++;
      flags[k] = 1;
      if (value > most) most = value;
      if (value < least) [least, cell] = [value, k];
    }
    counts[i] = known;
    lows[i] = cell;
    // Cells are told in millivolts; what is less is noise of the numbers.
    if (known > 1) values[i] = Math.round((most - least) * 1e6) / 1e3;
  }
  const all = own.map((flags) => flags.reduce((sum, flag) => sum + flag, 0));
  const lowest = places.map(() => cells.map(() => 0));
  for (let i = 0; i < values.length; i++) {
    if (counts[i]! < all[series[i]!]!) values[i] = NaN;
    else if (values[i]! > 0) lowest[series[i]!]![lows[i]!]!++;
  }
  return { values, lowest };
}

/** How far each cell lies from the mean of all, in millivolts: in each pixel column, and in all. */
function deviations(
  { times }: Rows,
  columns: readonly Float64Array[],
  { from, to, step }: Axis,
): { means: number[][]; all: number[] } {
  const pixels = Math.ceil((to - from) / step);
  const sums = columns.map(() => new Float64Array(pixels));
  const counts = columns.map(() => new Float64Array(pixels));
  for (let i = 0; i < times.length; i++) {
    let [sum, known] = [0, 0];
    for (const column of columns) {
      if (column[i] !== column[i]) continue;
      sum += column[i]!;
      known++;
    }
    if (known < 2) continue;
    const pixel = Math.floor((times[i]! - from) / step);
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k]![i]!;
      if (value !== value) continue;
      sums[k]![pixel]! += (value - sum / known) * 1000;
      counts[k]![pixel]!++;
    }
  }
  const total = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0);
  return {
    means: sums.map((sum, k) => [...sum].map((value, pixel) => value / counts[k]![pixel]!)),
    all: sums.map((sum, k) => total(sum) / total(counts[k]!)),
  };
}

/** Bounds of the classes of {@linkcode cellStrip} in millivolts, and their colours. */
const DEVIATION = {
  bounds: [-20, -10, -5, -2, 2, 5, 10, 20],
  colors: [
    ...["#08519c", "#3182bd", "#6baed6", "#bdd7e7", "#eeeeee"],
    ...["#fdbe85", "#fd8d3c", "#e6550d", "#a63603"],
  ],
};
/** The class of what is near the mean. */
const NEAR = 4;

/**
 * The cells of one module over time: how far each lies from the mean of them all. At the right
 * stands its own mean, as a number.
 */
export function cellStrip(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "Cells of a module, beside their mean";
  const cells = cellsOf(frame, options);
  const rows = rowsOf(frame);
  const axis = axisOf(rows.times, 150, options.span);
  if (cells === null || axis === null) {
    return nothing(title, "no signal of two or more cells", options);
  }
  const short = shortNames(cells);
  const { means, all } = deviations(rows, valuesOf(frame, cells), axis);
  const classOf = (value: number) => DEVIATION.bounds.filter((bound) => value >= bound).length;
  const runs: { cell: string; from: number; to: number; level: number }[] = [];
  means.forEach((values, cell) =>
    values.forEach((value, pixel) => {
      if (Number.isNaN(value)) return;
      const [last, level] = [runs.at(-1), classOf(value)];
      const goesOn = last?.cell === short[cell] && last?.level === level && last?.to === pixel;
      if (goesOn) last!.to = pixel + 1;
      else runs.push({ cell: short[cell]!, from: pixel, to: pixel + 1, level });
    })
  );
  const time = (pixel: number) => new Date(axis.from + pixel * axis.step);
  const marks = short.map((cell, i) => {
    const text = all[i]!.toFixed(1).replace(/^-0\.0$/, "0.0");
    const signed = text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
    return { cell, text: Number.isNaN(all[i]) ? "–" : signed };
  });
  const { bounds, colors } = DEVIATION;
  const minus = (number: number | undefined) => String(number).replace("-", "−");
  const labels = colors.map((_, i) => {
    const [from, to] = [minus(bounds[i - 1]), minus(bounds[i])];
    return i === 0 ? `under ${to}` : i === bounds.length ? `${from} and more` : `${from} to ${to}`;
  });
  const plot = draw({
    width,
    height: 64 + cells.length * 16,
    marginLeft: 70,
    marginRight: 70,
    marginTop: 20,
    marginBottom: 40,
    x: timeScale(axis, 6),
    y: { domain: short, label: null, tickSize: 0 },
    marks: [
      // Its colours are made for a light ground.
      Plot.frame({ fill: "#fff", stroke: QUIET, strokeOpacity: 0.3 }),
      ...[-1, 0, 1].map((side) =>
        Plot.barX(runs.filter(({ level }) => Math.sign(level - NEAR) === side), {
          x1: ({ from }: { from: number }) => time(from),
          x2: ({ to }: { to: number }) => time(to),
          y: "cell",
          fill: ({ level }: { level: number }) => DEVIATION.colors[level]!,
          title: ({ cell, level }: { cell: string; level: number }) =>
            `${cell}: ${labels[level]} mV`,
          // What is above the mean stands in the upper half, what is below in the lower one.
          insetTop: side < 0 ? 7 : side === 0 ? 5 : 1,
          insetBottom: side > 0 ? 7 : side === 0 ? 5 : 1,
        })
      ),
      Plot.text(marks, {
        y: "cell",
        text: "text",
        frameAnchor: "right",
        dx: 44,
        textAnchor: "end",
      }),
      Plot.text(["mean (mV)"], { frameAnchor: "top-right", dx: 52, dy: -12 }),
    ],
  });
  const legend = labels.map((label, i) => ({
    label: i === 0 ? `${label} mV` : label,
    color: colors[i]!,
  }));
  const weak = marks.map(({ cell, text }) => `${cell} ${text} mV`).join(", ");
  return figure([plot], {
    title,
    description: `Deviation of each cell from the mean of all, ${spanOf(axis)}: ${weak}.`,
    caption: caption(
      options,
      spanOf(axis),
      "Above the middle of a row: above the mean. Blank: no value",
    ),
    legend,
  }, width);
}
