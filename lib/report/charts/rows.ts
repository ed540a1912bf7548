/**
 * What became of the rows read.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type pl from "nodejs-polars";
import { COLORS, draw, figure } from "./figure.ts";
import { caption, type ChartOptions, nothing, WIDTH } from "./parts.ts";

/** More reasons than this are one. */
const MOST_REASONS = 12;

/**
 * What became of the rows read, by day: readings, duplicates, and those rejected by reason.
 *
 * @param frame `day` (text), `kind` (text) and `rows`. See `fateFrame`.
 */
export function rowsByDay(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "Rows read by day: distinct, duplicate, rejected";
  const rows = frame.toRecords() as { day: string; kind: string; rows: number }[];
  if (rows.length === 0) return nothing(title, "no day", options);
  const days = [...new Set(rows.map(({ day }) => day))].sort();
  const total = (kind: string) =>
    rows.filter((row) => row.kind === kind).reduce((sum, { rows }) => sum + rows, 0);
  const reasons = [...new Set(rows.map(({ kind }) => kind))].filter((kind) =>
    kind !== "readings" && kind !== "duplicates"
  ).sort();
  const titleOf = ({ day, kind, rows }: { day: string; kind: string; rows: number }) =>
    `${day}, ${kind}: ${rows.toLocaleString("en-US")} rows`;
  const few = days.length <= 16;
  const x = {
    domain: days,
    label: "day (UTC)",
    ticks: days.filter((_, i) => i % Math.ceil(days.length / 8) === 0),
  };
  const kept = rows.filter(({ kind }) => kind === "readings" || kind === "duplicates");
  const sum = new Map(
    [...Map.groupBy(kept, ({ day }) => day)].map(([day, part]) => [
      day,
      part.reduce((sum, { rows }) => sum + rows, 0),
    ]),
  );
  const bars = draw({
    width,
    height: 190,
    marginLeft: 54,
    x: { ...x, ...(reasons.length > 0 ? { label: null } : {}) },
    y: {
      label: "rows",
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
      tickFormat: "~s",
      ticks: 4,
    },
    marks: [
      Plot.barY(kept.sort((a) => a.kind === "readings" ? -1 : 1), {
        x: "day",
        y: "rows",
        fill: COLORS[0]!,
        fillOpacity: (d: { kind: string }) => d.kind === "readings" ? 1 : 0.35,
        stroke: COLORS[0]!,
        title: titleOf,
      }),
      ...(few
        ? [Plot.text(kept.filter(({ kind }) => kind === "duplicates"), {
          x: "day",
          y: (d: { day: string }) => sum.get(d.day)!,
          text: (d: { day: string; rows: number }) =>
            `${Math.round((d.rows / sum.get(d.day)!) * 100)} %`,
          dy: -7,
        })]
        : []),
      Plot.ruleY([0]),
    ],
  });
  const refused = rows.filter(({ kind }) => reasons.includes(kind))
    .map((row) => ({
      ...row,
      reason: reasons.indexOf(row.kind) < MOST_REASONS ? row.kind : "other reasons",
    }));
  const shown = [...new Set(refused.map(({ reason }) => reason))];
  const rejected = shown.length === 0 ? [] : [draw({
    width,
    height: 50 + shown.length * 66,
    marginLeft: 54,
    marginBottom: 40,
    x,
    y: {
      label: "rows rejected",
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
      tickFormat: "~s",
      ticks: 2,
    },
    fy: { axis: null, domain: shown, padding: 0.355 },
    marks: [
      Plot.barY(refused, { x: "day", y: "rows", fy: "reason", fill: COLORS[1]!, title: titleOf }),
      Plot.ruleY([0]),
      Plot.text(shown, {
        fy: (reason: string) => reason,
        text: (reason: string) => reason,
        frameAnchor: "top-left",
        dy: -13,
        fontWeight: 600,
      }),
    ],
  })];
  const all = rows.reduce((sum, { rows }) => sum + rows, 0);
  const share = (number: number) => `${((number / all) * 100).toFixed(1)} %`;
  const words = `${share(total("readings"))} distinct readings, ${share(total("duplicates"))} ` +
    `duplicates, ${refused.reduce((sum, { rows }) => sum + rows, 0)} rows rejected`;
  return figure([bars, ...rejected], {
    title,
    description: `Bars for ${days.length} days: ${words}.`,
    caption: caption(
      options,
      words,
      ...(few ? ["Above a bar: the share of duplicates"] : []),
      "Rows that are of no day are not shown",
    ),
    legend: [
      { label: "distinct readings", color: COLORS[0]!, opacity: 1 },
      { label: "duplicates", color: COLORS[0]!, opacity: 0.35 },
    ],
  }, width);
}
