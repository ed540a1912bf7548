/**
 * What became of the rows that were read.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { DAY, dayName, totalOf } from "../../telemetry/mod.ts";
import { type DayRecord, rowCounts } from "../../store/mod.ts";
import { fixed, percent, plural, sentences } from "../words.ts";
import { panelTitle, scale, timeScale } from "./axes.ts";
import { greatestIn, leastIn, sumOf } from "../aggregates.ts";
import { COLORS, draw, emptyChart, type Figure, NAMES, type Plotted } from "./figure.ts";

/** The parts of a day's record that say what became of its rows. */
export type Counted = Pick<DayRecord, "day" | "rows" | "readings" | "rejected">;

/** A number of rows of a day. */
interface Bar {
  day: number;
  kind: string;
  rows: number;
  /** How many rows it is shown as a share of, if any. */
  of?: number;
}

/** Places bars as wide as a day. */
const bar = {
  x1: ({ day }: Bar) => day * 1000,
  x2: ({ day }: Bar) => (day + DAY) * 1000,
  y: "rows",
  inset: 0.5,
  title: ({ day, kind, rows, of }: Bar) =>
    `${dayName(day)}, ${kind}: ${plural(rows, "row")}${of ? `, ${percent(rows / of)}` : ""}`,
};

/** Draws bars by day. */
function drawDays(
  days: readonly Counted[],
  label: string,
  { height, marks, ticks, ...more }: Plot.PlotOptions & { ticks: number },
): Plotted {
  const starts = days.map(({ day }) => day);
  const span = { from: leastIn(starts) * 1000, to: (greatestIn(starts) + DAY) * 1000 };
  return draw({
    height: height!,
    marginLeft: 54,
    marginRight: 20,
    marginBottom: 40,
    x: timeScale(span, 8),
    y: scale(label, { grid: true, tickFormat: "~s", ticks }),
    marks: [...marks!, Plot.ruleY([0])],
    ...more,
  });
}

const NOT_SHOWN = "Rows that belong to no day are not shown";

/** Readings and duplicates by day. */
export function rowsByDay(days: readonly Counted[]): Figure {
  const title = "Rows read by day: distinct readings and duplicates";
  const { readings, duplicates, rejected } = rowCounts(days);
  if (readings + duplicates === 0) return emptyChart(title, "no reading");
  const all = readings + duplicates + totalOf(rejected);
  const words = `${percent(readings / all)} distinct readings, ` +
    `${percent(duplicates / all)} duplicates, ${fixed(totalOf(rejected), 0)} rows rejected`;
  const bars = (kind: "readings" | "duplicates") =>
    days.map((day): Bar => {
      const counts = rowCounts([day]);
      return { day: day.day, kind, rows: counts[kind], of: counts.readings + counts.duplicates };
    });
  return {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: sentences(words, NOT_SHOWN),
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
      ],
    }),
    newest: 1,
  };
}

/** Rejected rows by day, with a panel for each reason. */
export function rejectedByDay(days: readonly Counted[]): Figure {
  const title = "Rows rejected by day and reason";
  const bars = days.flatMap(({ day, rejected }) =>
    Object.entries(rejected).map(([kind, rows]): Bar => ({ day, kind, rows }))
  );
  if (bars.length === 0) return emptyChart(title, "no rejected row");
  const reasons = [...new Set(bars.map(({ kind }) => kind))].sort();
  const words = `${plural(sumOf(bars, ({ rows }) => rows), "row")} rejected`;
  return {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: sentences(words, NOT_SHOWN),
    plot: drawDays(days, "rows rejected", {
      height: 50 + reasons.length * 66,
      ticks: 2,
      fy: { axis: null, domain: reasons, padding: 0.355 },
      marks: [
        Plot.rectY(bars, { ...bar, fy: "kind", fill: COLORS[1]! }),
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
