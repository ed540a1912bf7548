/**
 * Energy per day, out and in.
 *
 * @module
 */
import type { BatteryDay, Flows } from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { format } from "../charts/words.ts";
import { type DayAxis, plot, scaledName, type Strip } from "./strip.ts";

/** What went out and in, in kWh and Ah. */
export interface Throughput {
  /** Energy out in kWh. */
  out: number;
  /** Energy in in kWh. */
  in: number;
  /** Charge out in Ah. */
  chargeOut: number;
}

/** Adds up flows; null if none is known. */
export function throughput(
  flows: readonly (Flows | null)[],
  positive: "charge" | "discharge",
): Throughput | null {
  const known = flows.filter((flow) => flow !== null);
  if (known.length === 0) return null;
  const sum = (side: "positive" | "negative", what: "energy" | "charge") =>
    known.reduce((sum, flow) => sum + flow[side][what], 0);
  const [out, back] = positive === "discharge"
    ? ["positive", "negative"] as const
    : ["negative", "positive"] as const;
  return {
    out: sum(out, "energy"),
    in: sum(back, "energy"),
    chargeOut: sum(out, "charge"),
  };
}

const HEIGHT = 100;

/** Draws each day's energy as bars, out upwards and in downwards; null if none is known. */
export function energyStrip(
  axis: DayAxis,
  days: readonly BatteryDay[],
  positive: "charge" | "discharge",
): Strip | null {
  const bars = days.flatMap(({ day, figures }) => {
    const sums = throughput(figures.modules.map(({ flow }) => flow), positive);
    return sums === null ? [] : [{ day, ...sums }];
  });
  const most = Math.max(0, ...bars.flatMap((bar) => [bar.out, bar.in]));
  if (bars.length === 0) return null;
  const size = (value: number) => Math.round((value / (most || 1)) * HEIGHT * 5) / 10;
  const shapes = bars.map((bar) => {
    const x = (bar.day - axis.from) / DAY + 0.1;
    const text = `${dayName(bar.day)}: ${format(bar.out)} kWh out, ${format(bar.in)} kWh in`;
    return `<g><title>${text}</title><path class="out" d="M${x} 50h.8v-${size(bar.out)}h-.8z"/>` +
      `<path class="in" d="M${x} 50h.8v${size(bar.in)}h-.8z"/></g>`;
  });
  const top = format(Number(most.toPrecision(2)));
  const total = (what: "out" | "in") => bars.reduce((sum, bar) => sum + bar[what], 0);
  const best = bars.reduce((a, b) => b.out > a.out ? b : a);
  return {
    name: scaledName("energy per day, out up, in down (kWh)", top, top),
    plot: plot(axis, {
      label: `Energy by day, out upwards and in downwards: ${format(total("out"))} kWh out and ` +
        `${format(total("in"))} kWh in altogether`,
      pixels: 84,
      height: HEIGHT,
      shapes: `${shapes.join("")}<path class="zero" d="M0 50h${axis.length}"/>`,
    }),
    side: `Most on ${dayName(best.day)}: ${format(best.out)} kWh out. ` +
      `Positive current is ${positive}.`,
  };
}
