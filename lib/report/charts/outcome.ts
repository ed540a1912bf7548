/**
 * What became of the rows that were read.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { dayName } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";
import { axis, panelTitle, timeScale } from "./axes.ts";
import { COLORS, draw, type Figure, type Plotted } from "./figure.ts";
import type { ChartOptions } from "./signals.ts";
import { caption, emptyChart } from "./words.ts";

/** How many rows of a day had the same outcome. */
export interface Outcome {
  /** The start of the day, in milliseconds since the epoch. */
  day: number;
  /** `readings`, `duplicates`, or why rows were rejected. */
  kind: string;
  /** Rows. */
  rows: number;
}

/** The parts of a day's record that say what became of its rows. */
export type Counted = Pick<DayRecord, "day" | "rows" | "readings" | "rejected">;

/** Counts the rows of each day by what became of them. */
export function outcomesOf(days: readonly Counted[]): Outcome[] {
  return days.flatMap(({ day, rows, readings, rejected }) => {
    const reasons = Object.entries(rejected);
    const lost = reasons.reduce((sum, [, count]) => sum + count, 0);
    const kinds: [string, number][] = [
      ["readings", readings],
      ["duplicates", rows - readings - lost],
      ...reasons,
    ];
    return kinds.map(([kind, rows]) => ({ day: day * 1000, kind, rows }));
  });
}

const DAY = 86_400_000;
/** Reasons beyond this many, the rarest ones, are drawn as one. */
const MAX_REASONS = 12;
/** With up to this many days, the share of duplicates is written above each bar. */
const MAX_LABELLED_DAYS = 16;

const isKept = ({ kind }: Outcome) => kind === "readings" || kind === "duplicates";
const count = (rows: readonly Outcome[]) => rows.reduce((sum, { rows }) => sum + rows, 0);

/** A bar as wide as a day. */
const bar = {
  x1: ({ day }: Outcome) => new Date(day),
  x2: ({ day }: Outcome) => new Date(day + DAY),
  inset: 0.5,
  title: ({ day, kind, rows }: Outcome) =>
    `${dayName(day / 1000)}, ${kind}: ${rows.toLocaleString("en-US")} rows`,
};

/** What became of the rows read, by day: readings, duplicates, and rejected rows by reason. */
export function rowsByDay(days: readonly Counted[], options: ChartOptions = {}): Figure {
  const title = "Rows read by day: distinct, duplicate, rejected";
  if (days.length === 0) return emptyChart(title, "no day");
  const rows = outcomesOf(days);
  const starts = days.map(({ day }) => day * 1000);
  const [from, to] = options.span ?? [Math.min(...starts), Math.max(...starts) + DAY];
  const x = timeScale({ from, to }, 8);
  const kept = rows.filter(isKept);
  const rejected = rows.filter((row) => !isKept(row));
  const share = (part: readonly Outcome[]) => `${((count(part) / count(rows)) * 100).toFixed(1)} %`;
  const words = `${share(kept.filter(({ kind }) => kind === "readings"))} distinct readings, ` +
    `${share(kept.filter(({ kind }) => kind === "duplicates"))} duplicates, ` +
    `${count(rejected).toLocaleString("en-US")} rows rejected`;
  const isLabelled = days.length <= MAX_LABELLED_DAYS;
  const plots = [
    drawKept(kept, rejected.length > 0 ? { ...x, label: null } : x, isLabelled),
    ...(rejected.length > 0 ? [drawRejected(rejected, x)] : []),
  ];
  return {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: caption(
      options,
      words,
      isLabelled && "Above a bar: the share of duplicates",
      "Rows that belong to no day are not shown",
    ),
    legend: [
      { label: "distinct readings", color: COLORS[0]!, opacity: 1 },
      { label: "duplicates", color: COLORS[0]!, opacity: 0.35 },
    ],
    plots,
    isTimeline: true,
  };
}

function drawKept(
  kept: readonly Outcome[],
  x: Plot.ScaleOptions,
  isLabelled: boolean,
): Plotted {
  const byDay = [...Map.groupBy(kept, ({ day }) => day)].map(([day, part]) => ({
    day: day + DAY / 2,
    rows: count(part),
    duplicates: count(part.filter(({ kind }) => kind === "duplicates")),
  })).filter(({ rows }) => rows > 0);
  return draw({
    height: 190,
    marginLeft: 54,
    x,
    y: axis("rows", { grid: true, tickFormat: "~s", ticks: 4 }),
    marks: [
      Plot.rectY(kept.toSorted((a) => a.kind === "readings" ? -1 : 1), {
        ...bar,
        y: "rows",
        fill: COLORS[0]!,
        fillOpacity: ({ kind }: Outcome) => kind === "readings" ? 1 : 0.35,
        stroke: COLORS[0]!,
      }),
      Plot.text(isLabelled ? byDay : [], {
        x: ({ day }: { day: number }) => new Date(day),
        y: "rows",
        text: ({ rows, duplicates }: { rows: number; duplicates: number }) =>
          `${Math.round((duplicates / rows) * 100)} %`,
        dy: -7,
      }),
      Plot.ruleY([0]),
    ],
  });
}

function drawRejected(
  rejected: readonly Outcome[],
  x: Plot.ScaleOptions,
): Plotted {
  const byReason = [...Map.groupBy(rejected, ({ kind }) => kind)]
    .sort(([, a], [, b]) => count(b) - count(a));
  const own = new Set(byReason.slice(0, MAX_REASONS).map(([kind]) => kind));
  const bars = rejected.map((row) => ({
    ...row,
    reason: own.has(row.kind) ? row.kind : "other reasons",
  }));
  const reasons = [...new Set(bars.map(({ reason }) => reason))].sort();
  return draw({
    height: 50 + reasons.length * 66,
    marginLeft: 54,
    marginBottom: 40,
    x,
    y: axis("rows rejected", { grid: true, tickFormat: "~s", ticks: 2 }),
    fy: { axis: null, domain: reasons, padding: 0.355 },
    marks: [
      Plot.rectY(bars, { ...bar, y: "rows", fy: "reason", fill: COLORS[1]! }),
      Plot.ruleY([0]),
      panelTitle(reasons, (reason) => reason, { fy: (reason: string) => reason, dy: -13 }),
    ],
  });
}
