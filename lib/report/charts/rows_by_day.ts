/**
 * What became of the rows that were read.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DAY, dayName, totalOf } from "../../telemetry/mod.ts";
import { type DayRecord, rowCounts } from "../../store/mod.ts";
import { fixed, sentences, shares } from "../words.ts";
import { axis, panelTitle, timeScale } from "./axes.ts";
import type { Span } from "./module_rows.ts";
import { greatestIn, leastIn, sumOf } from "../aggregates.ts";
import { COLORS, draw, emptyChart, type Figure, NAMES, type Plotted, WIDTH } from "./figure.ts";

/** The parts of a day's record that say what became of its rows. */
export type Counted = Pick<DayRecord, "day" | "rows" | "readings" | "rejected">;

/** A number of rows of a day. */
interface Bar {
  day: number;
  kind: string;
  rows: number;
}

/** Places bars as wide as a day. */
const bar = {
  x1: ({ day }: Bar) => day * 1000,
  x2: ({ day }: Bar) => (day + DAY) * 1000,
  y: "rows",
  inset: 0.5,
  title: ({ day, kind, rows }: Bar) => `${dayName(day)}, ${kind}: ${fixed(rows, 0)} rows`,
};

const MARGIN_LEFT = 54, MARGIN_RIGHT = 20;

/** From the start of the first day to the end of the last. */
function spanOfDays(days: readonly Counted[]): Span {
  const starts = days.map(({ day }) => day);
  return { from: leastIn(starts) * 1000, to: (greatestIn(starts) + DAY) * 1000 };
}

/** Draws bars by day. */
function drawDays(
  days: readonly Counted[],
  label: string,
  { height, marks, ticks, ...more }: Plot.PlotOptions & { ticks: number },
): Plotted {
  return draw({
    height: height!,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginBottom: 40,
    x: timeScale(spanOfDays(days), 8),
    y: axis(label, { grid: true, tickFormat: "~s", ticks }),
    marks: [...marks!, Plot.ruleY([0])],
    ...more,
  });
}

const NOT_SHOWN = "Rows that belong to no day are not shown";
/** With up to this many days, the share of duplicates is written above each bar. */
const MAX_LABELLED_DAYS = 16;

/** The least distance between the middles of two labels, in pixels. */
const LABEL_ROOM = 36;

/** Labels with the share of duplicates, above the highest bars first, as long as there is room. */
function labelsOf(days: readonly Counted[]): { time: number; rows: number; text: string }[] {
  if (days.length > MAX_LABELLED_DAYS) return [];
  const { from, to } = spanOfDays(days);
  const room = (to - from) / (WIDTH - MARGIN_LEFT - MARGIN_RIGHT) * LABEL_ROOM;
  const labels = days.map((day) => {
    const { readings, duplicates } = rowCounts([day]);
    const rows = readings + duplicates;
    // At the beginning of the axis, a label is moved to where it fits.
    const time = Math.max(from + room / 2, (day.day + DAY / 2) * 1000);
    return { time, rows, text: `${Math.round((duplicates / rows) * 100)} %` };
  }).filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows);
  const kept: typeof labels = [];
  for (const label of labels) {
    if (kept.every(({ time }) => Math.abs(time - label.time) >= room)) kept.push(label);
  }
  return kept;
}

/** Readings and duplicates by day. */
export function rowsByDay(days: readonly Counted[]): Figure {
  const title = "Rows read by day: distinct readings and duplicates";
  const { readings, duplicates, rejected } = rowCounts(days);
  if (readings + duplicates === 0) return emptyChart(title, "no reading");
  const [distinct, duplicate] = shares([readings, duplicates, totalOf(rejected)]);
  const words = `${distinct} distinct readings, ${duplicate} duplicates, ` +
    `${fixed(totalOf(rejected), 0)} rows rejected`;
  const bars = (kind: "readings" | "duplicates") =>
    days.map((day): Bar => ({ day: day.day, kind, rows: rowCounts([day])[kind] }));
  const labels = labelsOf(days);
  return {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: sentences(
      words,
      labels.length > 0 && "Above a bar, where there is room: the share of duplicates",
      NOT_SHOWN,
    ),
    legend: [
      { label: "distinct readings", color: COLORS[0]!, opacity: 1 },
      { label: "duplicates", color: COLORS[0]!, opacity: 0.35 },
    ],
    plot: drawDays(days, "rows", {
      height: 200,
      ticks: 4,
      marks: [
        Plot.rectY([...bars("readings"), ...bars("duplicates")], {
          ...bar,
          fill: COLORS[0]!,
          fillOpacity: ({ kind }: Bar) => kind === "readings" ? 1 : 0.35,
          stroke: COLORS[0]!,
        }),
        Plot.text(labels, { x: "time", y: "rows", text: "text", dy: -7 }),
      ],
    }),
    newest: 1,
  };
}

/** Reasons beyond this many, the rarest ones, are drawn as one. */
const MAX_REASONS = 12;

/** Rejected rows by day, with a panel for each reason. */
export function rejectedByDay(days: readonly Counted[]): Figure {
  const title = "Rows rejected by day and reason";
  const bars = days.flatMap(({ day, rejected }) =>
    Object.entries(rejected).map(([kind, rows]): Bar => ({ day, kind, rows }))
  );
  if (bars.length === 0) return emptyChart(title, "no rejected row");
  const count = (bars: readonly Bar[]) => sumOf(bars, ({ rows }) => rows);
  const frequent = [...Map.groupBy(bars, ({ kind }) => kind)]
    .sort(([, a], [, b]) => count(b) - count(a)).slice(0, MAX_REASONS).map(([kind]) => kind);
  const reasonOf = ({ kind }: Bar) => frequent.includes(kind) ? kind : "other reasons";
  const reasons = [...new Set(bars.map(reasonOf))].sort();
  const words = `${fixed(count(bars), 0)} rows rejected`;
  return {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: sentences(words, NOT_SHOWN),
    plot: drawDays(days, "rows rejected", {
      height: 50 + reasons.length * 66,
      ticks: 2,
      fy: { axis: null, domain: reasons, padding: 0.355 },
      marks: [
        Plot.rectY(bars, { ...bar, fy: reasonOf, fill: COLORS[1]! }),
        panelTitle(reasons, (reason) => reason, {
          ariaDescription: NAMES,
          fy: (reason: string) => reason,
          dy: -13,
        }),
      ],
    }),
    newest: 1,
  };
}
