/**
 * How far apart readings are.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, GAP_BOUNDS, sumGaps, totalOf } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";
import { inPanel, panelTitle, scale } from "./axes.ts";
import { duration, plural, sentences, shorten } from "../words.ts";
import { greatestIn, mostOf } from "../aggregates.ts";
import { COLORS, draw, emptyChart, type Figure, type Plotted, QUIET } from "./figure.ts";

/** The characters that a title may have with three panels side by side. */
const ROOM_OF_THREE = 25;
/** At most this many payload types are drawn: those with the most readings. */
const MAX_SIGNALS = 48;

/** The classes that have a label, in seconds. */
const LABELLED = [1, 10, 60, 600, 21_600];

/** The times of a class. */
function classText(from: number): string {
  const to = GAP_BOUNDS[GAP_BOUNDS.indexOf(from) + 1];
  if (to === undefined) return `${duration(from)} or more`;
  return from === 0 ? `under ${duration(to)}` : `${duration(from)} to ${duration(to)}`;
}

/** How many readings of a payload type came this long after the previous one. */
interface Bar {
  signal: string;
  /** The lower bound of the gaps in seconds. */
  seconds: number;
  count: number;
}

/** How far apart the readings of each payload type are: histograms, with ever longer classes. */
export function samplingGaps(days: readonly Pick<DayRecord, "gaps">[]): Figure {
  const title = "Time between readings, by payload type";
  const sums = [...sumGaps(days)].sort(([, a], [, b]) => totalOf(b) - totalOf(a));
  const bars = sums.slice(0, MAX_SIGNALS).flatMap(([signal, counts]) =>
    counts.map((count, i): Bar => ({ signal, seconds: GAP_BOUNDS[i]!, count }))
  ).filter(({ count }) => count > 0);
  if (bars.length === 0) return emptyChart(title, "no payload type with two readings");
  const signals = [...new Set(bars.map(({ signal }) => signal))].sort(compareNatural);
  const more = sums.length - signals.length;
  const widest = mostOf(bars, ({ seconds }) => seconds);
  return {
    title,
    description: `Histograms of the time between readings of ${signals.length} payload types. ` +
      `The longest gaps are those of ${widest.signal}: ${classText(widest.seconds)}.`,
    caption: sentences(
      "Distinct readings of a day, all modules",
      `A bar counts the readings by the time since the one before, in ${GAP_BOUNDS.length} ` +
        `classes from under ${duration(GAP_BOUNDS[1]!)} to ${duration(GAP_BOUNDS.at(-1)!)} or more`,
      "The scale of readings is logarithmic; all classes are drawn equally wide",
      "Silence across midnight is not counted",
      more > 0 && `${more} payload types with fewer readings are not drawn`,
    ),
    plot: drawHistograms(bars, signals),
    newest: null,
  };
}

function drawHistograms(bars: readonly Bar[], signals: readonly string[]): Plotted {
  const most = greatestIn(bars.map(({ count }) => count));
  const isLong = signals.some(({ length }) => length > ROOM_OF_THREE);
  const across = Math.min(isLong ? 2 : 3, signals.length);
  return draw({
    height: 60 + Math.ceil(signals.length / across) * 84,
    marginLeft: 54,
    marginBottom: 40,
    x: scale("time since the previous reading, at least", {
      domain: [...GAP_BOUNDS],
      tickFormat: duration,
      ticks: LABELLED,
    }),
    y: scale("readings", { type: "log", domain: [0.5, most * 2], ticks: 3, tickFormat: "~s" }),
    fx: { axis: null, padding: across === 1 ? 0 : 0.06 },
    fy: { axis: null, padding: 0.25 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barY(bars.map((bar) => ({ ...bar, at: signals.indexOf(bar.signal) })), {
        ...inPanel(across),
        x: "seconds",
        y1: 0.5,
        y2: "count",
        title: ({ seconds, count }: Bar) => `${classText(seconds)}: ${plural(count, "reading")}`,
        fill: COLORS[0]!,
      }),
      panelTitle(
        signals.map((signal, at) => ({ signal, at })),
        ({ signal }) => shorten(signal, isLong ? 40 : ROOM_OF_THREE),
        inPanel(across),
      ),
    ],
  });
}
