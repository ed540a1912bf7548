/**
 * How far readings lie apart.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import pl from "nodejs-polars";
import { compareNatural } from "../../telemetry/mod.ts";
import { COLORS, draw, figure, QUIET } from "./figure.ts";
import { caption, type ChartOptions, duration, nothing, shorten, WIDTH } from "./parts.ts";

/** Of more signals than this only those that say the most are drawn. */
const MOST_SIGNALS = 48;

/**
 * How far the readings of a signal lie apart: a histogram with a logarithmic scale for each.
 *
 * @param frame `signal` (text), `seconds` (the class's lower bound) and `count`. See `gapFrame`.
 */
export function samplingGaps(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "Time between readings, by signal";
  const rows = frame.filter(pl.col("count").gt(pl.lit(0))).toRecords() as {
    signal: string;
    seconds: number;
    count: number;
  }[];
  if (rows.length === 0) return nothing(title, "no signal with two readings", options);
  const counts = [...Map.groupBy(rows, ({ signal }) => signal)]
    .map(([signal, part]) => [signal, part.reduce((sum, { count }) => sum + count, 0)] as const)
    .sort(([, a], [, b]) => b - a);
  const signals = counts.slice(0, MOST_SIGNALS).map(([signal]) => signal).sort(compareNatural);
  const more = counts.length - signals.length;
  const bounds = [...new Set(frame.getColumn("seconds").toArray() as number[])]
    .sort((a, b) => a - b);
  const most = rows.reduce((most, { count }) => Math.max(most, count), 1);
  const across = Math.min(3, signals.length);
  const panel = new Map(signals.map((signal, i) => [signal, i]));
  const place = (signal: string) => ({
    fx: panel.get(signal)! % across,
    fy: Math.floor(panel.get(signal)! / across),
  });
  const plot = draw({
    width,
    height: 76 + Math.ceil(signals.length / across) * 84,
    marginLeft: 54,
    marginBottom: 56,
    x: {
      domain: bounds,
      label: "seconds since the reading before, at least",
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: (seconds: number) => String(seconds),
      ticks: 5,
      tickRotate: across > 1 ? -60 : 0,
    },
    y: {
      type: "log",
      domain: [0.5, most * 2],
      label: "readings",
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 3,
      tickFormat: "~s",
    },
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: 0.25 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barY(
        rows.filter(({ signal }) => panel.has(signal)).map((d) => ({ ...d, ...place(d.signal) })),
        {
          fx: "fx",
          fy: "fy",
          x: "seconds",
          y1: 0.5,
          y2: "count",
          fill: COLORS[0]!,
        },
      ),
      Plot.text(signals.map((signal) => ({ signal, ...place(signal) })), {
        fx: "fx",
        fy: "fy",
        text: (d: { signal: string }) => shorten(d.signal, 36),
        frameAnchor: "top-left",
        dy: -12,
        fontWeight: 600,
      }),
    ],
  });
  const widest = rows.reduce((a, b) => b.seconds > a.seconds ? b : a);
  return figure([plot], {
    title,
    description: `Histograms of the time between readings of ${signals.length} payload types. ` +
      `The longest gaps are of ${widest.signal}: ${duration(widest.seconds)} or more.`,
    caption: caption(
      options,
      "Distinct readings of a day, all modules; both scales count in steps of a factor",
      "Silence across midnight is not counted",
      ...(more > 0 ? [`${more} signals that speak less are not drawn`] : []),
    ),
  }, width);
}
