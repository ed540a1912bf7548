/**
 * Words and numbers in titles, captions and labels.
 *
 * @module
 */
import { folderOf } from "../../telemetry/mod.ts";
import type { Figure } from "./figure.ts";
import type { Span } from "./rows.ts";
import type { ChartOptions } from "./signals.ts";

/** The span of an axis in words. */
export function spanOf({ from, to }: Span): string {
  return `${instant(from)} to ${instant(to)} UTC`;
}

/** An instant to the minute, in UTC. */
export function instant(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** A caption of those sentences that apply, and the source. */
export function caption(
  { source }: ChartOptions,
  ...sentences: (string | false | undefined)[]
): string {
  return [...sentences, source].filter((sentence) => sentence).join(". ");
}

/** A chart that has nothing to draw, and says why. */
export function emptyChart(title: string, what: string): Figure {
  const words = `There is ${what}.`;
  return { title, description: words, caption: words, plots: [], isTimeline: true };
}

const FOUR_DIGITS = new Intl.NumberFormat("en-US", {
  maximumSignificantDigits: 4,
  useGrouping: false,
});

/** A number with four significant digits. */
export function format(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 || (size > 0 && size < 1e-5)
    ? value.toExponential(2)
    : FOUR_DIGITS.format(value);
  return text.replace("-", "−");
}

/** A number with its sign and a fixed number of decimals. */
export function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return text.replace("-", "");
  return text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
}

/** Text shortened in the middle, since names often differ at their ends. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}

/** The name of a place: the system, a phase, or a module by its folder. */
export function placeName(
  { phase, module }: { phase: string | null; module: string | null },
): string {
  return phase === null ? "system" : module === null ? `phase ${phase}` : folderOf(phase, module);
}

/** Lists names, at most `most` of them. */
export function listOf(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A count with its noun. */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** A duration in hours; below two hours in minutes, below two minutes in seconds. */
export function hourText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return `${hours.toLocaleString("en-US", { maximumFractionDigits: hours < 10 ? 1 : 0 })} h`;
}

/**
 * A duration given in seconds, as text; above three days in days.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { duration } from "./words.ts";
 * assert.deepEqual([30, 5400, 10_000, 400_000].map(duration), ["30 s", "90 min", "2.8 h", "5 days"]);
 * ```
 */
export function duration(seconds: number): string {
  return seconds > 3 * 86_400 ? `${Math.round(seconds / 86_400)} days` : hourText(seconds);
}

/** A share in per cent. A small share never becomes 0 %, nor a large one 100 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.1) return `${Math.max(0.1, share * 100).toFixed(1)} %`;
  if (share > 0.99 && share < 1) return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return `${(share * 100).toFixed(0)} %`;
}
