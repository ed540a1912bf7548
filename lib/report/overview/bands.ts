/**
 * Strips of the lowest, the median and the highest value of all modules or sensors in each hour.
 *
 * @module
 */
import type { BatteryDay, ModuleDay } from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { medianOf } from "../charts/cells.ts";
import { format } from "../charts/words.ts";
import { type DayAxis, plot, scaledName, type Strip } from "./strip.ts";

/** A band over time. */
export interface Band {
  /** Its name. */
  name: string;
  /** What it summarises: modules or sensors. */
  of: string;
  /** The unit of its values. */
  unit: string;
  /** The values of a module's day: one series of 24 numbers or several. */
  hours: (day: ModuleDay) => readonly (readonly (number | null)[])[];
  /** The scale; by default it follows the values. */
  domain?: readonly [low: number, high: number];
  /** The text at the right. */
  side: (points: readonly Point[]) => string;
}

/** The values of all series in some hours. */
export interface Point {
  /** Its start, in days on the axis. */
  from: number;
  /** Its end. */
  to: number;
  /** The lowest. */
  low: number;
  /** The median. */
  middle: number;
  /** The highest. */
  high: number;
}

const MAX_POINTS = 800;
const HEIGHT = 100;

/** Draws a band; null if no module has such a value. */
export function bandStrip(axis: DayAxis, days: readonly BatteryDay[], band: Band): Strip | null {
  const points = pointsOf(axis, days, band);
  if (points.length === 0) return null;
  const [low, high] = band.domain ?? roundDomain(points);
  const y = (value: number) => Math.round((HEIGHT * (high - value)) / (high - low) * 10) / 10;
  const runs = unbroken(points);
  const area = runs.map((run) =>
    `M${run.map(({ from, to, high }) => `${from} ${y(high)}L${to} ${y(high)}`).join("L")}L` +
    `${run.toReversed().map(({ from, to, low }) => `${to} ${y(low)}L${from} ${y(low)}`).join("L")}z`
  );
  const line = (key: "low" | "middle" | "high") =>
    runs.map((run) => `M${run.map((p) => `${(p.from + p.to) / 2},${y(p[key])}`).join("L")}`).join(
      "",
    );
  const names = {
    low: `lowest of ${band.of}`,
    middle: `median of ${band.of}`,
    high: `highest of ${band.of}`,
  };
  const lines = (["low", "high", "middle"] as const).map((key) =>
    `<path class="line ${key}" d="${line(key)}"><title>${band.name}, ${names[key]}</title></path>`
  );
  const [least, most] = [
    Math.min(...points.map(({ low }) => low)),
    Math.max(...points.map(({ high }) => high)),
  ];
  return {
    name: scaledName(`${band.name} (${band.unit})`, format(low), format(high)),
    plot: plot(axis, {
      label: `${band.name} over all days: lowest, median and highest of ${band.of}, ` +
        `${format(least)} to ${format(most)} ${band.unit}`,
      pixels: 84,
      height: HEIGHT,
      shapes: `<path class="band" d="${area.join("")}"/>${lines.join("")}`,
      domain: [low, high],
      unit: band.unit,
    }),
    side: band.side(points),
  };
}

function pointsOf(axis: DayAxis, days: readonly BatteryDay[], { hours }: Band): Point[] {
  const step = Math.max(1, Math.ceil((axis.length * 24) / MAX_POINTS));
  const byHour = new Map<number, number[]>();
  for (const { day, figures } of days) {
    const start = ((day - axis.from) / DAY) * 24;
    for (const module of figures.modules) {
      for (const series of hours(module)) {
        series.forEach((value, hour) => {
          if (value === null) return;
          byHour.getOrInsertComputed(Math.floor((start + hour) / step), () => []).push(value);
        });
      }
    }
  }
  return [...byHour].sort(([a], [b]) => a - b).map(([number, values]) => ({
    from: round((number * step) / 24),
    to: round(((number + 1) * step) / 24),
    low: Math.min(...values),
    middle: medianOf(values),
    high: Math.max(...values),
  }));
}

const round = (value: number) => Math.round(value * 1000) / 1000;

function unbroken(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1)!.to === point.from) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** A scale with round ends that contains all points. */
function roundDomain(points: readonly Point[]): [low: number, high: number] {
  const least = Math.min(...points.map(({ low }) => low));
  const most = Math.max(...points.map(({ high }) => high));
  const step = 10 ** Math.floor(Math.log10(Math.max(most - least, 1e-6)));
  const low = Math.floor(least / step) * step;
  const high = Math.ceil(most / step) * step;
  return high > low ? [low, high] : [low, low + step];
}
