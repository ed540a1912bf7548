/**
 * Axes and panel titles, shared by all charts.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Span } from "./module_rows.ts";

/** A value axis with its unit beside it. */
export function axis(label: string, more: Plot.ScaleOptions = {}): Plot.ScaleOptions {
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

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TICK_STEPS = [
  ...[1, 5, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7, 14, 28, 91, 364].map((count) => count * DAY_MS),
];

/** Makes a format of dates; on long spans they have years instead of days. */
const dates = (format: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...format, month: "short", timeZone: "UTC" });
const DAYS = dates({ day: "numeric" });
const YEARS = dates({ year: "numeric" });

/** A scale of time in UTC with at most `count` ticks, none of them at its very ends. */
export function timeScale({ from, to }: Span, count: number): Plot.ScaleOptions {
  const step = TICK_STEPS.find((step) => (to - from) / step <= count + 1) ?? 364 * DAY_MS;
  const margin = (to - from) / (count + 1) / 5;
  const ticks: Date[] = [];
  for (let at = Math.ceil((from + margin) / step) * step; at <= to - margin; at += step) {
    ticks.push(new Date(at));
  }
  const days = to - from > 300 * DAY_MS ? YEARS : DAYS;
  return {
    type: "utc",
    domain: [new Date(from), new Date(to)],
    ticks,
    tickFormat: (time: Date) =>
      time.getTime() % DAY_MS === 0 ? days.format(time) : time.toISOString().slice(11, 16),
    ...axis("time (UTC)"),
    // At the newest end, where pages that are too narrow begin.
    labelAnchor: "right",
  };
}
