/**
 * Strips on a shared time axis whose unit is a day. A strip has a name at the left, a plot as wide
 * as the page allows, and words at the right. Plots are stretched, so they contain only shapes; all
 * text is beside them.
 *
 * @module
 */
import { type BatteryDay, consecutive } from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { escapeText, keepTogether } from "../escape.ts";
import { greatestIn, leastIn } from "../aggregates.ts";
import { scroll } from "../html.ts";
import { dayLink } from "../page_plan.ts";

/** All days from the first to the last, including missing ones. */
export interface DayAxis {
  /** The start of the first day in seconds since the epoch. */
  from: number;
  /** How many days. */
  length: number;
  /** The days that have data, by their number on the axis. */
  known: ReadonlySet<number>;
}

/** The axis of some days. */
export function dayAxis(days: readonly BatteryDay[]): DayAxis {
  const starts = days.map(({ day }) => day);
  const from = starts.length === 0 ? 0 : leastIn(starts);
  const last = starts.length === 0 ? -DAY : greatestIn(starts);
  return {
    from,
    length: (last - from) / DAY + 1,
    known: new Set(starts.map((start) => (start - from) / DAY)),
  };
}

/** The days of the axis that have no data. */
export function missingDays({ length, known }: DayAxis): number[] {
  return Array.from({ length }, (_, day) => day).filter((day) => !known.has(day));
}

const TICK_STEPS = [1, 2, 7, 14, 28, 56, 91, 182, 364];
const MAX_TICKS = 10;
const DAY_AND_MONTH = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/**
 * The ticks of the axis. The first one of a new year shows the year; those of days with data link
 * to their pages.
 */
export function tickMarks({ from, length, known }: DayAxis): string {
  const step = TICK_STEPS.find((step) => length / step <= MAX_TICKS) ?? 364;
  const ticks = Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
  return ticks.map((tick) => {
    const day = from + tick * DAY;
    const [year, before] = [day, day - step * DAY].map((day) => dayName(day).slice(0, 4));
    const text = DAY_AND_MONTH.format(day * 1000) + (year === before ? "" : ` ${year}`);
    const [href, name] = dayLink(day);
    const inner = known.has(tick) ? `<a href="${href}" title="${name}">${text}</a>` : text;
    return `<span style="left:${((tick / length) * 100).toFixed(2)}%">${inner}</span>`;
  }).join("");
}

/** A strip on the shared axis. */
export interface Strip {
  /** Its name with the unit, as markup. */
  name: string;
  /** The text at its right, as markup. */
  side?: string;
  /** The text for screen readers. */
  label: string;
  /** The height of its plot in pixels. */
  height: number;
  /** The shapes of its plot, as markup: a day is 1 wide, and a pixel 1 high. */
  shapes: string;
  /** The values at the lower and the upper end, if tooltips read values off its lines. */
  domain?: readonly [low: number, high: number];
  /** The unit of the values. */
  unit?: string;
  /** The values of a heat map, row by row, for tooltips. A heat map shows missing days itself. */
  heat?: string;
}

/** Draws the plot of a strip. The dotted background shows on days without data. */
export function stripPlot(axis: DayAxis, strip: Strip): string {
  const { label, height, shapes, domain, unit = "", heat } = strip;
  const known = heat !== undefined ? [] : consecutive([...axis.known].sort((a, b) => a - b));
  const paper = known.map(([from, to]) => `M${from} 0h${to - from}v${height}h-${to - from}z`);
  const times = [axis.from * 1000, (axis.from + axis.length * DAY) * 1000, 0, axis.length];
  const values = domain === undefined ? "" : ` data-y="${[...domain, height, 0].join()}"`;
  return `<svg role="img" aria-label="${escapeText(label)}" preserveAspectRatio="none" ` +
    `viewBox="0 0 ${axis.length} ${height}" style="height:${height}px" ` +
    `data-x="${times.join()}"${values} data-unit="${escapeText(unit)}"` +
    (heat === undefined ? ">" : ` class="heat" data-rows="${heat}">`) +
    (paper.length > 0 ? `<path class="known" d="${paper.join("")}"/>` : "") + `${shapes}</svg>`;
}

/**
 * Stacks strips on one axis.
 *
 * @param names How wide the column of names is.
 */
export function strips(
  axis: DayAxis,
  label: string,
  all: readonly Strip[],
  names: "narrow" | "wide" = "narrow",
): string {
  const row = (name: string, plot: string, side: string) =>
    `<div class="strip"><div class="name">${name}</div>${plot}<div class="side">${
      keepTogether(side)
    }</div></div>`;
  const rows = all.map((strip) =>
    row(strip.name, `<div class="plot">${stripPlot(axis, strip)}</div>`, strip.side ?? "")
  );
  const ticks = row("", `<div class="ticks">${tickMarks(axis)}</div>`, "");
  return scroll(
    label,
    `<div class="axis ${names}" style="--days:${axis.length}">` +
      `${ticks}${rows.join("")}${ticks}</div>`,
    1,
  );
}

/** A name with the values at the upper and lower end of its plot. */
export function scaledName(name: string, low: string, high: string): string {
  return `<span>${escapeText(name)}</span><span class="ends"><span>${escapeText(high)}</span>` +
    `<span>${escapeText(low)}</span></span>`;
}
