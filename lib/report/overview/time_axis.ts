/**
 * The one axis of time that all strips and heat maps of the first page share: a unit is a day.
 *
 * @module
 */
import type { BatteryDay } from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { escapeText } from "../charts/figure.ts";
import { hrefOf } from "../site.ts";

/** All days from the first to the last, also those that are missing. */
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
  const from = starts.reduce((a, b) => Math.min(a, b), starts[0] ?? 0);
  const last = starts.reduce((a, b) => Math.max(a, b), from - DAY);
  return {
    from,
    length: (last - from) / DAY + 1,
    known: new Set(starts.map((start) => (start - from) / DAY)),
  };
}

/** A time on the axis in days, to a ten-thousandth (9 seconds). */
export function place({ from }: DayAxis, time: number): number {
  return Math.round(((time - from) / DAY) * 1e4) / 1e4;
}

/** Runs of numbers that follow each other, as [first, last + 1). */
export function runsOf(numbers: Iterable<number>): [from: number, to: number][] {
  const runs: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number) last[1]++;
    else runs.push([number, number + 1]);
  }
  return runs;
}

/** The days of the axis that have no data. */
export function missingDays({ length, known }: DayAxis): number[] {
  return Array.from({ length }, (_, day) => day).filter((day) => !known.has(day));
}

const TICK_STEPS = [1, 2, 7, 14, 28, 56, 91, 182, 364];
const MAX_TICKS = 10;

/** The days at the axis, as links to their pages where they have one. */
export function tickMarks(axis: DayAxis): string {
  const step = TICK_STEPS.find((step) => axis.length / step <= MAX_TICKS) ?? 364;
  const ticks = Array.from({ length: Math.ceil(axis.length / step) }, (_, i) => i * step);
  return ticks.map((tick) => {
    const day = axis.from + tick * DAY;
    const name = dayName(day);
    const text = new Date(day * 1000)
      .toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
    const left = ((tick / axis.length) * 100).toFixed(2);
    const inner = axis.known.has(tick)
      ? `<a href="${hrefOf({ kind: "day", day })}" title="${name}">${escapeText(text)}</a>`
      : escapeText(text);
    return `<span style="left:${left}%">${inner}</span>`;
  }).join("");
}
