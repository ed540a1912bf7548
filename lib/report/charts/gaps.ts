/**
 * How far readings lie apart.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, GAP_BOUNDS } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";
import { axis, panelTitle } from "./axes.ts";
import { COLORS, draw, type Figure, type Plotted, QUIET } from "./figure.ts";
import { type ChartOptions, WIDTH } from "./signals.ts";
import { caption, duration, emptyChart, shorten } from "./words.ts";

/** How many readings of a payload type came so long after the one before. */
export interface GapRow {
  /** The payload type. */
  signal: string;
  /** The lower bound of the class of gaps, in seconds. */
  seconds: number;
  /** Readings in this class. */
  count: number;
}

/** Counts the gaps of some days together: a row for each payload type and class that has any. */
export function gapRows(days: readonly DayRecord[]): GapRow[] {
  const sums = new Map<string, number[]>();
  for (const { gaps } of days) {
    for (const [signal, counts] of Object.entries(gaps)) {
      const sum = sums.get(signal) ?? GAP_BOUNDS.map(() => 0);
      sums.set(signal, sum.map((count, i) => count + counts[i]!));
    }
  }
  return [...sums].flatMap(([signal, counts]) =>
    counts.map((count, i) => ({ signal, seconds: GAP_BOUNDS[i]!, count }))
  ).filter(({ count }) => count > 0);
}

/** Only the signals with the most readings are drawn, up to this many. */
const MAX_SIGNALS = 48;

/**
 * How far the readings of a signal lie apart: a histogram with a logarithmic scale for each.
 *
 * @param rows See {@linkcode gapRows}.
 */
export function samplingGaps(rows: readonly GapRow[], options: ChartOptions = {}): Figure {
  const { width = WIDTH } = options;
  const title = "Time between readings, by signal";
  if (rows.length === 0) return emptyChart(title, "no signal with two readings", options);
  const counts = [...Map.groupBy(rows, ({ signal }) => signal)]
    .map(([signal, part]) => [signal, part.reduce((sum, { count }) => sum + count, 0)] as const)
    .sort(([, a], [, b]) => b - a);
  const signals = counts.slice(0, MAX_SIGNALS).map(([signal]) => signal).sort(compareNatural);
  const more = counts.length - signals.length;
  const widest = rows.reduce((a, b) => b.seconds > a.seconds ? b : a);
  return {
    title,
    description: `Histograms of the time between readings of ${signals.length} payload types. ` +
      `The longest gaps are of ${widest.signal}: ${duration(widest.seconds)} or more.`,
    caption: caption(
      options,
      "Distinct readings of a day, all modules; both scales count in steps of a factor",
      "Silence across midnight is not counted",
      more > 0 && `${more} signals with fewer readings are not drawn`,
    ),
    plots: [drawHistograms(rows, signals, width)],
    width,
    isTimeline: false,
  };
}

function drawHistograms(
  rows: readonly GapRow[],
  signals: readonly string[],
  width: number,
): Plotted {
  const most = rows.reduce((most, { count }) => Math.max(most, count), 1);
  const across = Math.min(3, signals.length);
  const panel = new Map(signals.map((signal, i) => [signal, i]));
  const place = ({ signal }: { signal: string }) => ({
    fx: panel.get(signal)! % across,
    fy: Math.floor(panel.get(signal)! / across),
  });
  const bars = rows.filter(({ signal }) => panel.has(signal)).map((d) => ({ ...d, ...place(d) }));
  const titles = signals.map((signal) => ({ signal, ...place({ signal }) }));
  return draw({
    width,
    height: 76 + Math.ceil(signals.length / across) * 84,
    marginLeft: 54,
    marginBottom: 56,
    x: axis("seconds since the reading before, at least", {
      domain: [...GAP_BOUNDS],
      tickFormat: (seconds: number) => String(seconds),
      ticks: 5,
      tickRotate: across > 1 ? -60 : 0,
    }),
    y: axis("readings", { type: "log", domain: [0.5, most * 2], ticks: 3, tickFormat: "~s" }),
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: 0.25 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barY(bars, {
        fx: "fx",
        fy: "fy",
        x: "seconds",
        y1: 0.5,
        y2: "count",
        fill: COLORS[0]!,
      }),
      panelTitle(titles, ({ signal }) => shorten(signal, 36), { fx: "fx", fy: "fy" }),
    ],
  });
}
