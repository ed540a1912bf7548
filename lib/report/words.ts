/**
 * Words and numbers in titles, captions and labels.
 *
 * @module
 */
import { type BatteryDay, isCurrentSignKnown, positiveCurrent } from "../battery/mod.ts";
import { DAY, folderOf, moduleName, type Place } from "../telemetry/mod.ts";

/** An instant to the minute, in UTC, given in milliseconds since the epoch. */
export function instant(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

/** A span of time in words. */
export function spanOf({ from, to }: { from: number; to: number }): string {
  return `${instant(from)} to ${instant(to)} UTC`;
}

/** Those sentences that apply, each with a capital letter and a full stop. */
export function sentences(...all: (string | false | undefined)[]): string {
  return all.filter((text) => typeof text === "string")
    .map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`).join(" ");
}

const FOUR_DIGITS = new Intl.NumberFormat("en-US", {
  maximumSignificantDigits: 4,
  useGrouping: false,
});

/** A number with four significant digits; digits before the point are never rounded away. */
export function format(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 || (size > 0 && size < 1e-5)
    ? value.toExponential(2)
    : size >= 1000
    ? String(Math.round(value))
    : FOUR_DIGITS.format(value);
  return text.replaceAll("-", "−");
}

/** A number with a fixed number of decimals. */
export function fixed(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).replace("-", "−");
}

/** A number with its sign and a fixed number of decimals; zero has no sign. */
export function signed(value: number, digits: number): string {
  const size = fixed(Math.abs(value), digits);
  return Number(value.toFixed(digits)) === 0 ? size : (value < 0 ? "−" : "+") + size;
}

/** Text shortened in the middle, since names often differ at their ends. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - end)}…${text.slice(text.length - end)}`;
}

/** The folder of a module; null for a phase and the system. */
export function folderAt({ phase, module }: Place): string | null {
  return phase === null || module === null ? null : folderOf(phase, module);
}

/** The name of a place: the system, a phase, or a module. */
export function placeName(place: Place): string {
  const folder = folderAt(place);
  if (folder !== null) return moduleName(folder);
  return place.phase === null ? "system" : `phase ${place.phase}`;
}

/** Lists names, at most `most` of them. */
export function listOf(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A count with its noun. */
export function plural(count: number, what: string): string {
  return `${fixed(count, 0)} ${what}${count === 1 ? "" : "s"}`;
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
  return seconds > 3 * DAY ? `${Math.round(seconds / DAY)} days` : hourText(seconds);
}

/** An energy in Wh, kWh or MWh, whichever fits. */
export function energy(kwh: number): string {
  if (kwh < 1) return `${format(Math.round(kwh * 10_000) / 10)} Wh`;
  return kwh < 1000 ? `${format(kwh)} kWh` : `${format(kwh / 1000)} MWh`;
}

/** A share in per cent. A small share never becomes 0 %, nor a large one 100 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.1) return `${Math.max(0.1, share * 100).toFixed(1)} %`;
  if (share > 0.99 && share < 1) return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return `${(share * 100).toFixed(0)} %`;
}

/** What positive current is: charge or discharge, and whether that is certain. */
export function positiveWords(days: readonly BatteryDay[]): string {
  const positive = positiveCurrent(days);
  return isCurrentSignKnown(days)
    ? positive
    : `counted as ${positive}: too little charge has flowed to tell, or no state of charge has changed`;
}

/** Writes the numbers of a text with minus signs and at most six digits: many were float32 once. */
export function tidyNumbers(text: string): string {
  return text.replace(/ -(?=\d)/g, " −")
    .replace(/\d+\.\d{5,}/g, (number) => String(Number(Number(number).toPrecision(6))));
}
