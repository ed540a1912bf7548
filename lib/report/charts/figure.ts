/**
 * What every chart is: a drawn plot, and the words around it, those for screen readers included.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeText, replaceUnsafe } from "../escape.ts";

/** Colours that colour-blind readers can tell apart, visible on white and on black. */
export const COLORS: readonly string[] = [
  "#2480bd",
  "#d9641c",
  "#1c9170",
  "#a566b8",
  "#a8841a",
  "#808890",
];

/** One dash pattern per colour: no line is identified by its colour alone. */
export const DASHES: readonly string[] = ["", "6 2", "2 2", "9 2 2 2", "1 3", "4 4"];

/** A colour for reference lines and frames. */
export const QUIET = "#808890";

/** The width of a chart in pixels. */
export const WIDTH = 720;

/** An entry of a legend: of a line if it has a dash pattern, otherwise of an area. */
export type Key = { label: string; color: string; dash?: string; opacity?: number };

/** A drawn plot. */
export interface Plotted {
  /** The plot as SVG, without the names at its left. */
  svg: string;
  /** The names of its rows or values as SVG, which stay in sight where the plot scrolls. */
  names: string;
  /** How wide these are in pixels. */
  margin: number;
  /** The height of both in pixels. */
  height: number;
}

/** A chart: a plot, and the words around it. */
export interface Figure {
  /** What the chart shows, in a few words. */
  title: string;
  /** The alternative text. */
  description: string;
  /** Where the data come from, and how they were processed, in whole sentences. */
  caption: string;
  /** What the colours and dashes mean. */
  legend?: readonly Key[];
  /** The plot; null if there is nothing to draw. */
  plot: Plotted | null;
  /**
   * Where along its only time axis the newest data are, from 0 to 1; null for panels side by side,
   * which have an axis each.
   */
  newest: number | null;
}

/** A chart that has nothing to draw, and says why. */
export function emptyChart(title: string, what: string): Figure {
  const words = `There is ${what}.`;
  return { title, description: words, caption: words, plot: null, newest: null };
}

/** The parts of the DOM that are needed here; Deno has no types for it. */
interface DrawnPlot {
  outerHTML: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<{ outerHTML: string; remove(): void }>;
  scale(name: string): Plot.Scale | undefined;
}

const { document } = parseHTML("<html><body></body></html>") as unknown as { document: never };
/** A mark with this description belongs to the names at the left of a plot. */
export const NAMES = "names";

/** Draws a plot as SVG text, rounded to tenths of a pixel. */
export function draw(options: Plot.PlotOptions & { marginLeft: number }): Plotted {
  const plot = Plot.plot({ width: WIDTH, ...options, document }) as unknown as DrawnPlot;
  const start = /^<svg[^>]*>/.exec(plot.outerHTML)![0];
  const names = [
    ...plot.querySelectorAll(
      `[aria-label^=y-axis],[aria-label^=fy-axis],[aria-description=${NAMES}]`,
    ),
  ];
  for (const name of names) name.remove();
  return {
    svg: tidy(plot.outerHTML.replace("<svg ", `<svg ${readingOff(plot, options)}`)),
    names: tidy(`${start}${names.map(({ outerHTML }) => outerHTML).join("")}</svg>`),
    margin: options.marginLeft,
    height: Number(plot.getAttribute("height")),
  };
}

function tidy(svg: string): string {
  return replaceUnsafe(svg).replace(/<style>.*?<\/style>/s, "")
    // The whole chart has a label; its parts have no role that could carry one.
    .replace(/ (class="plot-[^"]*"|aria-\w+="[^"]*")/g, "")
    .replace(
      / (d|transform|x|y|x1|x2|y1|y2|width|height|cx|cy)="[^"]*"/g,
      (text) => text.replace(/-?\d+\.\d+/g, (number) => String(Math.round(+number * 10) / 10)),
    )
    .replace('font-size="10"', 'font-size="12"');
}

/**
 * The scales of time and of values that have a unit, for the script that reads off the point under
 * the pointer.
 */
function readingOff(plot: DrawnPlot, { y: values }: Plot.PlotOptions): string {
  const unit = /\((.*)\)$/.exec(String(values?.label ?? ""))?.[1];
  const [x, y] = [plot.scale("x"), plot.scale("y")];
  if (unit === undefined || x?.type !== "utc" || y?.type !== "linear") return "";
  const numbers = ({ domain = [], range = [] }: Plot.Scale) =>
    [...domain, ...range].map((value) => Math.round(Number(value) * 1e6) / 1e6).join();
  return `data-x="${numbers(x)}" data-y="${numbers(y)}" data-unit="${escapeText(unit)}" `;
}

/** Only the plot of a chart, for a page that has the words as HTML: the names, and what they name. */
export function plotOf(figure: Figure): string {
  if (figure.plot === null) return "";
  const { svg, names, margin, height } = figure.plot;
  const part = (className: string, x: number, width: number, drawn: string) =>
    `<svg class="hg${className}" viewBox="${x} 0 ${width} ${height}" style="flex:${width}" ` +
    `${FONT}>${drawn}</svg>`;
  return `<div class="chart" ${labelOf(figure)}>${part(" names", 0, margin, names)}${
    part("", margin, WIDTH - margin, svg)
  }</div>`;
}

/** The font and the colour of all charts. */
export const FONT = `font-family="system-ui, sans-serif" fill="currentColor"`;

/** The role and the texts for screen readers. */
export function labelOf({ title, description, plot }: Figure): string {
  // Screen readers ignore links inside an image.
  const role = /<a /.test(`${plot?.svg}${plot?.names}`) ? "group" : "img";
  return `role="${role}" aria-label="${escapeText(title)}" ` +
    `aria-description="${escapeText(description)}"`;
}

/** The mark of a legend's entry, 22 pixels wide and 10 high. */
export function drawKey({ color, dash, opacity = 1 }: Key, x: number, y: number): string {
  return dash === undefined
    ? `<rect x="${x}" y="${y}" width="22" height="10" fill="${color}" ` +
      `fill-opacity="${opacity}" stroke="${color}"/>`
    : `<path d="M${x},${y + 5}h22" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`;
}
