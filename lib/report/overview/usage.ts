/**
 * How the batteries were used, as strips: states, energy, state of charge and temperature.
 *
 * @module
 */
import {
  type BatteryDay,
  medianOf,
  type ModuleDay,
  positiveCurrent,
  runsWhere,
  socUnit,
} from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { energy, format, positiveWords } from "../words.ts";
import { folded, paragraph } from "../html.ts";
import { chargeSpreads } from "./findings.ts";
import { throughput } from "./histories.ts";
import { stateStrips } from "./state_strip.ts";
import { greatestIn, leastIn, mostOf, sumOf } from "../aggregates.ts";
import { type DayAxis, missingDays, scaledName, type Strip, strips } from "./strip.ts";

/** Renders the strips of those quantities that are known. */
export function usageStrips(axis: DayAxis, days: readonly BatteryDay[]): string {
  const scale = socUnit(days) === "percent" ? 1 : 100;
  const states = stateStrips(axis, days);
  const areMany = states.length > MAX_STATE_STRIPS;
  const wanted = [
    ...(areMany ? [] : states),
    energyStrip(axis, days),
    bandStrip(axis, days, {
      name: "state of charge",
      of: "modules",
      unit: "%",
      hours: ({ soc }) =>
        soc === null ? [] : [soc.byHour.map((value) => value === null ? null : value * scale)],
      domain: [0, 100],
      side() {
        const spreads = chargeSpreads(days).map(({ spread }) => spread);
        if (spreads.length === 0) return "";
        return `Difference between modules, in percentage points: median ` +
          `${format(medianOf(spreads))}, at most ${format(greatestIn(spreads))}.`;
      },
    }),
    bandStrip(axis, days, {
      name: "battery temperature",
      of: "sensors",
      unit: "°C",
      hours: ({ temperatureByHour }) => temperatureByHour,
      side: (points) =>
        `Hourly means: median ${format(medianOf(points.map(({ middle }) => middle)))} °C, ` +
        `at most ${format(greatestIn(points.map(({ high }) => high)))} °C.`,
    }),
  ];
  const found = wanted.filter((strip) => strip !== null);
  if (found.length + states.length === 0) {
    return paragraph("No state, energy, state of charge or battery temperature is known.");
  }
  const what = `${areMany ? "Energy" : "States, energy"}, charge and temperature over all days`;
  return (found.length === 0 ? "" : strips(axis, what, found)) +
    (missingDays(axis).length > 0
      ? `<ul class="legend"><li><i class="missing"></i>days without data</li></ul>`
      : "") +
    (areMany
      ? folded(`States of ${states.length} places`, strips(axis, "States over all days", states))
      : "");
}

/** If there are more strips of states, they are folded, so that the others stay in sight. */
const MAX_STATE_STRIPS = 6;

/** The height of strips in pixels. */
const HEIGHT = 100;

/** Draws each day's energy as bars, out upwards and in downwards; null if none is known. */
function energyStrip(axis: DayAxis, days: readonly BatteryDay[]): Strip | null {
  const positive = positiveCurrent(days);
  const bars = days.flatMap(({ day, figures }) => {
    const sums = throughput(figures.modules.map(({ flow }) => flow), positive);
    return sums === null ? [] : [{ day, out: sums.energyOut, back: sums.energyIn }];
  });
  if (bars.length === 0) return null;
  const most = greatestIn(bars.flatMap(({ out, back }) => [out, back]));
  const size = (value: number) => Math.round((value / (most || 1)) * HEIGHT * 5) / 10;
  const shapes = bars.map(({ day, out, back }) => {
    const x = (day - axis.from) / DAY + 0.1;
    const text = `${dayName(day)}: ${energy(out)} out, ${energy(back)} in`;
    return `<g><title>${text}</title><path class="out" d="M${x} ${HEIGHT / 2}h.8v-${
      size(out)
    }h-.8z"/>` +
      `<path class="in" d="M${x} ${HEIGHT / 2}h.8v${size(back)}h-.8z"/></g>`;
  });
  const total = (what: "out" | "back") => energy(sumOf(bars, (bar) => bar[what]));
  const best = mostOf(bars, ({ out }) => out);
  return {
    name: scaledName("energy per day (out up, in down)", energy(most), energy(most)),
    label: `Energy by day, out upwards and in downwards: ${total("out")} out and ` +
      `${total("back")} in altogether`,
    height: HEIGHT,
    shapes: `${shapes.join("")}<path class="zero" d="M0 ${HEIGHT / 2}h${axis.length}"/>`,
    side: (best.out === 0 ? "" : `Most on ${dayName(best.day)}: ${energy(best.out)} out. `) +
      `Positive current is ${positiveWords(days)}.`,
  };
}

/** The lowest, the median and the highest value of all modules or sensors over time. */
interface Band {
  name: string;
  /** What it summarises: modules or sensors. */
  of: string;
  unit: string;
  /** The values of a module's day: one series of 24 numbers or several. */
  hours: (day: ModuleDay) => readonly (readonly (number | null)[])[];
  /** The scale; by default whole numbers around the values. */
  domain?: readonly [low: number, high: number];
  /** The text at the right, computed from one point per hour. */
  side: (points: readonly BandPoint[]) => string;
}

/** The values of all series between two times, whose middle is `at`; times are days on the axis. */
type BandPoint = Readonly<Record<"from" | "at" | "to" | "low" | "middle" | "high", number>>;

const MAX_POINTS = 800;

/** Draws a band; null if no module has such a value. */
function bandStrip(axis: DayAxis, days: readonly BatteryDay[], band: Band): Strip | null {
  const step = Math.max(1, Math.ceil((axis.length * 24) / MAX_POINTS));
  const points = pointsOf(axis, days, band, step);
  if (points.length === 0) return null;
  const { name, of, unit } = band;
  const least = leastIn(points.map(({ low }) => low));
  const most = greatestIn(points.map(({ high }) => high));
  const [low, high] = band.domain ?? [Math.floor(least), Math.floor(most) + 1];
  const y = (value: number) => Math.round((HEIGHT * (high - value)) / (high - low) * 10) / 10;
  const unbroken = runsWhere(points, (a, b) => a.to === b.from);
  // Through the middles of the hours, and to the ends of the first and the last one.
  const outline = (run: readonly BandPoint[], key: "low" | "middle" | "high") => {
    const [first, last] = [run[0]!, run.at(-1)!];
    const times = [first.from, ...run.map(({ at }) => at), last.to];
    return [first, ...run, last].map((point, i) => `${times[i]},${y(point[key])}`);
  };
  const area = unbroken.map((run) =>
    `M${[...outline(run, "high"), ...outline(run, "low").reverse()].join("L")}z`
  );
  const line = (key: "low" | "middle" | "high", what: string) => {
    const path = unbroken.map((run) => `M${outline(run, key).join("L")}`);
    return `<path class="line ${key}" d="${path.join("")}"><title>${name}, ${what} of ${of}` +
      `</title></path>`;
  };
  return {
    name: scaledName(`${name} (${unit})`, format(low), format(high)),
    label: `${name} over all days: lowest, median and highest of ${of}, ` +
      `${format(least)} to ${format(most)} ${unit}`,
    height: HEIGHT,
    shapes: `<path class="band" d="${area.join("")}"/>` +
      `${line("low", "lowest")}${line("high", "highest")}${line("middle", "median")}`,
    domain: [low, high],
    unit,
    side: band.side(step === 1 ? points : pointsOf(axis, days, band, 1)),
  };
}

/** The points of a band, each of `step` hours. */
function pointsOf(
  axis: DayAxis,
  days: readonly BatteryDay[],
  { hours }: Band,
  step: number,
): BandPoint[] {
  const byHour = new Map<number, number[]>();
  for (const { day, figures } of days) {
    const start = ((day - axis.from) / DAY) * 24;
    for (const series of figures.modules.flatMap(hours)) {
      series.forEach((value, hour) => {
        if (value === null) return;
        byHour.getOrInsertComputed(Math.floor((start + hour) / step), () => []).push(value);
      });
    }
  }
  const at = (hour: number) => Math.round((hour / 24) * 1000) / 1000;
  return [...byHour].sort(([a], [b]) => a - b).map(([number, values]) => ({
    from: at(number * step),
    at: at((number + 0.5) * step),
    to: at((number + 1) * step),
    low: leastIn(values),
    middle: medianOf(values),
    high: greatestIn(values),
  }));
}
