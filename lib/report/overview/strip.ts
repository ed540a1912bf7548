/**
 * A strip: a name at the left, a plot as wide as the page allows, and words at the right. Plots
 * are stretched to their place, so they hold shapes only; all text is beside them.
 *
 * @module
 */
import { DAY } from "../../telemetry/mod.ts";
import { escapeText } from "../charts/figure.ts";
import { type DayAxis, missingDays, runsOf, tickMarks } from "./time_axis.ts";

/** A strip of the shared axis. */
export interface Strip {
  /** What it shows, with its unit, as markup. */
  name: string;
  /** The plot: see {@linkcode plot}. */
  plot: string;
  /** What stands at its right, as markup. */
  side?: string;
}

/** A plot on the shared axis. */
export interface Plot {
  /** What it shows, for those who can't see it. */
  label: string;
  /** Its height in pixels. */
  pixels: number;
  /** Its height in the unit of its shapes. */
  height: number;
  /** Its shapes: a day is 1 wide. */
  shapes: string;
  /** The values at the lower and the upper end, for lines that are read off. */
  domain?: readonly [low: number, high: number];
  /** The unit of the values. */
  unit?: string;
  /** More attributes. */
  attributes?: string;
  /** Whether missing days are shown by the plot itself. */
  isHeatMap?: boolean;
}

/** Draws a plot; days without data are grey. */
export function plot(axis: DayAxis, options: Plot): string {
  const { label, pixels, height, shapes, domain, unit = "", attributes = "" } = options;
  const missing = options.isHeatMap ? [] : runsOf(missingDays(axis));
  const grey = missing.map(([from, to]) => `M${from} 0h${to - from}v${height}h-${to - from}z`);
  const times = [axis.from * 1000, (axis.from + axis.length * DAY) * 1000, 0, axis.length];
  const values = domain === undefined ? "" : ` data-y="${[...domain, height, 0].join()}"`;
  return `<svg role="img" aria-label="${escapeText(label)}" preserveAspectRatio="none" ` +
    `viewBox="0 0 ${axis.length} ${height}" style="height:${pixels}px" ` +
    `data-x="${times.join()}"${values} data-unit="${escapeText(unit)}"${attributes}>` +
    (grey.length > 0 ? `<path class="missing" d="${grey.join("")}"/>` : "") + `${shapes}</svg>`;
}

/**
 * Puts strips below each other, on one axis.
 *
 * @param names How much room their names have.
 */
export function strips(
  axis: DayAxis,
  label: string,
  all: readonly Strip[],
  names: "narrow" | "wide" = "narrow",
): string {
  const row = ({ name, plot, side = "" }: Strip) =>
    `<div class="strip"><div class="name">${name}</div><div class="plot">${plot}</div>` +
    `<div class="side">${side}</div></div>`;
  const ticks = `<div class="strip"><div class="name"></div>` +
    `<div class="ticks">${tickMarks(axis)}</div><div class="side"></div></div>`;
  const days = [...axis.known].join();
  return `<div class="scroll newest" role="group" tabindex="0" aria-label="${escapeText(label)}">` +
    `<div class="axis ${names}" data-from="${axis.from}" data-days="${days}">` +
    `${ticks}${all.map(row).join("")}${ticks}</div></div>`;
}

/** A name with what the upper and lower end of its plot stand for. */
export function scaledName(name: string, low: string, high: string): string {
  return `<span>${escapeText(name)}</span><span class="ends"><span>${escapeText(high)}</span>` +
    `<span>${escapeText(low)}</span></span>`;
}
