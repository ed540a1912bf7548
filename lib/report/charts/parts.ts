/**
 * What charts share: their options, scales and words.
 *
 * @module
 */
import type * as Plot from "@observablehq/plot";
import type pl from "nodejs-polars";
import { compareNatural } from "../../telemetry/mod.ts";
import type { Axis } from "./envelope.ts";
import { figure } from "./figure.ts";

/** What a chart may be told. */
export interface ChartOptions {
  /** Where the rows come from and how they were filled: it stands in the caption. */
  source?: string;
  /** The width in pixels. */
  width?: number;
  /** The time to show, in milliseconds since the epoch; by default that of the rows. */
  span?: readonly [from: number, to: number];
  /** The columns to draw; by default those whose names say what they are. */
  columns?: readonly string[];
}

/** By which name a signal is known. */
export const SIGNALS = {
  charge: /state_of_charge|(^|_)soc(_|$)/i,
  voltage: /^module_voltage/i,
  current: /^module_current/i,
  temperature: /temp(erature)?(_|$)/i,
  cell: /^cell_voltage.*\d$/i,
  phaseCurrent: /^phase_current/i,
  state: /^system_state/i,
};

/** The width of a chart in pixels. */
export const WIDTH = 760;
/** Whether a chart would draw a column. */
export function isCharted(column: string): boolean {
  return Object.values(SIGNALS).some((signal) => signal.test(column));
}

/** The columns that a chart draws: those asked for, or those whose names say what they are. */
export function pick(frame: pl.DataFrame, signal: RegExp, { columns }: ChartOptions): string[] {
  const found = columns ?? frame.columns.filter((name) => signal.test(name));
  return [...found].sort(compareNatural);
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const TICK_STEPS = [
  ...[1, 5, 15, 30].map((count) => count * MINUTE),
  ...[1, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map((count) => count * DAY),
];

/** A scale of time in UTC with at most `count` ticks, none of them at its very ends. */
export function timeScale({ from, to }: Axis, count: number): Plot.ScaleOptions {
  const step = TICK_STEPS.find((step) => (to - from) / step <= count + 1) ?? 364 * DAY;
  const margin = (to - from) / (count + 1) / 5;
  const ticks: Date[] = [];
  for (let at = Math.ceil((from + margin) / step) * step; at <= to - margin; at += step) {
    ticks.push(new Date(at));
  }
  const isLong = to - from > 300 * DAY;
  const format = isLong ? { year: "numeric" } as const : { day: "numeric" } as const;
  const day = (time: Date) =>
    time.toLocaleDateString("en-GB", { ...format, month: "short", timeZone: "UTC" });
  return {
    type: "utc",
    domain: [new Date(from), new Date(to)],
    ticks,
    tickFormat: (time: Date) =>
      time.getTime() % DAY === 0 ? day(time) : time.toISOString().slice(11, 16),
    label: "time (UTC)",
    labelAnchor: "center",
    labelArrow: "none",
  };
}

/** The span of an axis in words. */
export function spanOf({ from, to }: Axis): string {
  const text = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ");
  return `${text(from)} to ${text(to)} UTC`;
}

/** A caption: what was done, and where it comes from. */
export function caption({ source = "" }: ChartOptions, ...parts: string[]): string {
  return [...parts, ...(source === "" ? [] : [source])].join(". ");
}

/** A chart of nothing says so. */
export function nothing(title: string, what: string, options: ChartOptions): string {
  const words = { title, description: `There is ${what}.`, caption: `There is ${what}.` };
  return figure([], words, options.width ?? WIDTH);
}

/** A number in four digits. */
export function format(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 || (size > 0 && size < 1e-5)
    ? value.toExponential(2)
    : value.toLocaleString("en-US", { maximumSignificantDigits: 4, useGrouping: false });
  return text.replace("-", "−");
}

/** Text cut to a length in its middle: names often differ at their ends. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}

/** A number of things. */
export function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** A duration in seconds, minutes or hours. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${format(seconds / 60)} min`;
  return `${format(seconds / 3600)} h`;
}
