/**
 * Axes and panel titles, shared by all charts.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DAY } from "../../telemetry/mod.ts";
import type { Span } from "./module_rows.ts";

/** A scale of values with its label beside it. */
export function scale(label: string, more: Plot.ScaleOptions = {}): Plot.ScaleOptions {
  return { label, labelAnchor: "center", labelArrow: "none", ...more };
}

/** Places what belongs to a panel by the panel's position, with `across` panels side by side. */
export function inPanel(across: number): Record<"fx" | "fy", (d: { at: number }) => number> {
  return { fx: ({ at }) => at % across, fy: ({ at }) => Math.floor(at / across) };
}

/** Titles above the panels. */
export function panelTitle<T>(
  panels: readonly T[],
  text: (panel: T) => string,
  more: Plot.TextOptions = {},
): Plot.Text {
  return Plot.text(panels as T[], {
    text,
    frameAnchor: "top-left",
    dy: -12,
    fontWeight: 600,
    ...more,
  });
}

const DAY_MS = DAY * 1000;

/** Makes a format of dates; on long spans they have years instead of days. */
const dates = (format: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...format, month: "short", timeZone: "UTC" });
const DAYS = dates({ day: "numeric" });
const YEARS = dates({ year: "numeric" });

/** A scale of time in UTC with about `count` ticks; those at its very ends have no label. */
export function timeScale({ from, to }: Span, count: number): Plot.ScaleOptions {
  const margin = (to - from) / (count + 1) / 5;
  const length = (to - from) / DAY_MS;
  const days = length > 300 ? YEARS : DAYS;
  return {
    type: "utc",
    domain: [new Date(from), new Date(to)],
    // This is a hint: there may be twice as many. Dates need more room than times.
    ticks: count * (length > 300 ? 0.6 : length > 20 ? 0.7 : 1),
    tickFormat(time: Date) {
      const isAtEnd = +time < from + margin || +time > to - margin;
      if (isAtEnd) return "";
      return +time % DAY_MS === 0 ? days.format(time) : time.toISOString().slice(11, 16);
    },
    ...scale("time (UTC)"),
    // At the newest end, where pages that are too narrow begin.
    labelAnchor: "right",
  };
}
