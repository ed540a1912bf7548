/**
 * How much of each hour was heard.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type pl from "nodejs-polars";
import { compareNatural } from "../../telemetry/mod.ts";
import { type Axis, axisOf } from "./envelope.ts";
import { COLORS, draw, figure, type Key, QUIET } from "./figure.ts";
import {
  caption,
  type ChartOptions,
  duration,
  nothing,
  shorten,
  spanOf,
  timeScale,
  WIDTH,
} from "./parts.ts";

/** The classes of a coverage chart. */
const HEARD: Key[] = [
  { label: "heard: a reading came in", color: COLORS[0]!, opacity: 1 },
  { label: "held: only filled in", color: COLORS[0]!, opacity: 0.35 },
];

/** A row of the frame that {@linkcode coverage} takes. */
interface CoverageRow {
  name: string;
  timestamp: Date | number;
  heard: number;
  held: number;
  empty: number;
}

const KINDS = ["heard", "held", "empty"] as const;

function total(rows: readonly CoverageRow[], kind: (typeof KINDS)[number]): number {
  return rows.reduce((sum, row) => sum + row[kind], 0);
}

/**
 * Coverage by module and hour: the share of rows heard (dark), held (light) and empty (blank).
 *
 * @param frame A row for each module and hour: `name` (text), `timestamp` (datetime), `heard`,
 * `held` and `empty` (rows). See `coverageFrame`.
 */
export function coverage(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "Coverage: share of rows heard, held and empty";
  const rows = frame.toRecords() as unknown as CoverageRow[];
  const axis = stepsOf(axisOf(Float64Array.from(rows, ({ timestamp }) => Number(timestamp)), 1));
  if (axis === null) return nothing(title, "no hour file", options);
  const pixelOf = ({ timestamp }: CoverageRow) =>
    Math.floor((Number(timestamp) - axis.from) / axis.step);
  const cells = Map.groupBy(rows, (row) => JSON.stringify([row.name, pixelOf(row)]));
  const shares = [...cells.values()].map((part) => {
    const [heard, held, empty] = KINDS.map((kind) => total(part, kind));
    const [all, from] = [heard! + held! + empty!, axis.from + pixelOf(part[0]!) * axis.step];
    return { name: part[0]!.name, from, heard: heard! / all, filled: (heard! + held!) / all };
  }).sort((a, b) => compareNatural(a.name, b.name) || a.from - b.from);
  const names = [...new Set(shares.map(({ name }) => name))].sort(compareNatural);
  const corners = {
    heard: steps(shares, "heard", axis.step),
    filled: steps(shares, "filled", axis.step),
  };
  const titles = new Map(
    names.map((name) => [name, `${name}: ${wordsOf(rows.filter((row) => row.name === name))}`]),
  );
  const place = {
    x: "time",
    z: "name",
    fy: "name",
    title: ({ name }: { name: string }) => titles.get(name)!,
  };
  const area = (key: "heard" | "filled", opacity: number) =>
    Plot.areaY(corners[key], {
      ...place,
      y1: 0,
      y2: "share",
      fill: COLORS[0]!,
      fillOpacity: opacity,
    });
  const plot = draw({
    width,
    height: 40 + names.length * 20,
    marginLeft: 24 + Math.min(LONGEST, Math.max(...names.map(({ length }) => length))) * 7,
    marginRight: 16,
    marginBottom: 40,
    marginTop: 4,
    x: timeScale(axis, 8),
    y: { axis: null, domain: [0, 1] },
    fy: {
      domain: names,
      label: null,
      padding: 0.2,
      tickFormat: (name: string) => shorten(name, LONGEST),
    },
    marks: [
      area("filled", 0.35),
      // What is held has an edge: its tint alone is hard to see on a dark ground.
      Plot.lineY(corners.filled, { ...place, y: "share", stroke: COLORS[0]!, strokeWidth: 0.8 }),
      area("heard", 1),
      Plot.ruleY([0], { stroke: QUIET, strokeOpacity: 0.6 }),
    ],
  });
  const words = wordsOf(rows);
  return figure([plot], {
    title,
    description: `For each of ${names.length} modules the share of rows by hour or longer, ${
      spanOf(axis)
    }. In all ${words}.`,
    caption: caption(
      options,
      spanOf(axis),
      `In all ${words}; a column is ${duration(axis.step / 1000)}`,
    ),
    legend: [...HEARD, { label: "empty", color: QUIET, opacity: 0 }],
  }, width);
}

/** As many letters of a module's name are shown. */
const LONGEST = 18;
/** How many hours a column may be, and how many columns there may be. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 672, 1344];
const MOST_COLUMNS = 96;

/** Columns of whole hours, of which days are made: so none begins in one day and ends in another. */
function stepsOf(axis: Axis | null): Axis | null {
  if (axis === null) return null;
  const hours =
    HOURS.find((hours) =>
      hours * 3_600_000 >= axis.row && (axis.to - axis.from) / (hours * 3_600_000) <= MOST_COLUMNS
    ) ?? HOURS.at(-1)!;
  return { ...axis, step: hours * 3_600_000 };
}

function wordsOf(rows: readonly CoverageRow[]): string {
  const all = KINDS.reduce((sum, kind) => sum + total(rows, kind), 0);
  return KINDS.map((kind) => `${kind} ${((total(rows, kind) / all) * 100).toFixed(1)} %`).join(
    ", ",
  );
}

/** Shares as the corners of steps; what is the same as before and after is left out. */
function steps(
  shares: readonly { name: string; from: number; heard: number; filled: number }[],
  key: "heard" | "filled",
  step: number,
): { name: string; time: Date; share: number }[] {
  const corners: { name: string; time: Date; share: number }[] = [];
  for (const { name, from, [key]: share } of shares) {
    const last = corners.at(-1);
    // Little is not nothing.
    const rounded = Math.ceil(share * 40) / 40;
    const goesOn = last?.name === name && last?.time.getTime() === from;
    if (goesOn && last!.share === rounded) last!.time = new Date(from + step);
    else {
      if (last?.name === name && !goesOn) {
        corners.push({ name, time: last!.time, share: 0 }, {
          name,
          time: new Date(from),
          share: 0,
        });
      }
      corners.push({ name, time: new Date(from), share: rounded });
      corners.push({ name, time: new Date(from + step), share: rounded });
    }
  }
  return corners;
}
