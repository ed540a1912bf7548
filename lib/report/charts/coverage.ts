/**
 * How much of each hour was observed.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, DAY, folderOf } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";
import { timeScale } from "./axes.ts";
import { COLORS, draw, type Figure, type Key, type Plotted, QUIET } from "./figure.ts";
import { type Axis, axisOf } from "./rows.ts";
import { type ChartOptions, WIDTH } from "./signals.ts";
import { caption, duration, emptyChart, shorten, spanOf } from "./words.ts";

/** How many rows of a module's hour (of long spans: day) were observed, filled and empty. */
export interface CoverageRow {
  /** The module's folder. */
  name: string;
  /** The start of the hour, in milliseconds since the epoch. */
  time: number;
  /** Rows in which a reading came in. */
  observed: number;
  /** Rows that were only filled in. */
  filled: number;
  /** Rows without any value. */
  empty: number;
}

/** Spans of more days than this are counted by day rather than by hour. */
const HOURLY_DAYS = 14;

/**
 * Counts the rows of all modules that reported at all, in each hour (of long spans: day) from the
 * first day to the last, also in those without an hour file.
 */
export function coverageRows(days: readonly DayRecord[]): CoverageRow[] {
  const known = days.filter(({ coverage }) => coverage.length > 0)
    .toSorted((a, b) => a.day - b.day);
  const names = [
    ...new Set(known.flatMap(({ modules }) => modules.map((place) => folderOf(...place)))),
  ];
  const [first, last] = [known[0]?.day ?? 0, known.at(-1)?.day ?? -1];
  const hours = (last - first) / DAY < HOURLY_DAYS ? 1 : 24;
  const perHour = 3600 / (known[0]?.options?.interval ?? 5);
  const byDay = new Map(known.map(({ day, modules, coverage }) => [
    day,
    new Map(modules.map((place, i) => [folderOf(...place), coverage[i]!])),
  ]));
  const rows: CoverageRow[] = [];
  for (let day = first; day <= last; day += DAY) {
    for (const name of names) {
      const found = byDay.get(day)?.get(name);
      for (let hour = 0; hour < 24; hour += hours) {
        const sum = (counts: readonly number[] = []) =>
          counts.slice(hour, hour + hours).reduce((a, b) => a + b, 0);
        const [observed, filled] = [sum(found?.observed), sum(found?.filled)];
        const empty = perHour * hours - observed - filled;
        rows.push({ name, time: (day + hour * 3600) * 1000, observed, filled, empty });
      }
    }
  }
  return rows;
}

const KINDS = ["observed", "filled", "empty"] as const;

function total(rows: readonly CoverageRow[], kind: (typeof KINDS)[number]): number {
  return rows.reduce((sum, row) => sum + row[kind], 0);
}

/** What the two tints mean. */
const KEYS: Key[] = [
  { label: "observed: a reading came in", color: COLORS[0]!, opacity: 1 },
  { label: "filled: held, or joined by a line", color: COLORS[0]!, opacity: 0.35 },
];

/** How much of a column of a module is observed, and how much is known: observed or filled. */
interface Share {
  name: string;
  from: number;
  observed: number;
  known: number;
}

/** A corner of the steps that shares are drawn as. */
interface Corner {
  name: string;
  time: Date;
  share: number;
}

/** The longest module name that is shown whole, in characters. */
const MAX_NAME_LENGTH = 18;

/**
 * Coverage by module and hour: the share of rows observed (dark), filled (light) and empty (blank).
 *
 * @param rows See {@linkcode coverageRows}.
 */
export function coverage(rows: readonly CoverageRow[], options: ChartOptions = {}): Figure {
  const { width = WIDTH } = options;
  const title = "Reporting: share of rows with a reading of any signal, filled, and empty";
  const axis = columnsOf(rows);
  if (axis === null) return emptyChart(title, "no hour file", options);
  const names = [...new Set(rows.map(({ name }) => name))].sort(compareNatural);
  const words = wordsOf(rows);
  return {
    title,
    description: `For each of ${names.length} modules the share of rows by hour or longer, ${
      spanOf(axis)
    }. In all ${words}.`,
    caption: caption(
      options,
      spanOf(axis),
      `In all ${words}; a column is ${duration(axis.step / 1000)}`,
    ),
    legend: [...KEYS, { label: "empty", color: QUIET, opacity: 0 }],
    plots: [drawCoverage(rows, names, axis, width)],
    width,
    isTimeline: true,
  };
}

function drawCoverage(
  rows: readonly CoverageRow[],
  names: readonly string[],
  axis: Axis,
  width: number,
): Plotted {
  const shares = sharesOf(rows, axis);
  const byName = Map.groupBy(rows, ({ name }) => name);
  const titles = new Map([...byName].map(([name, part]) => [name, `${name}: ${wordsOf(part)}`]));
  const place = {
    x: "time",
    z: "name",
    fy: "name",
    title: ({ name }: { name: string }) => titles.get(name)!,
  };
  const known = steps(shares, "known", axis.step);
  const area = (corners: Corner[], fillOpacity: number) =>
    Plot.areaY(corners, { ...place, y1: 0, y2: "share", fill: COLORS[0]!, fillOpacity });
  const longest = Math.min(MAX_NAME_LENGTH, Math.max(...names.map(({ length }) => length)));
  return draw({
    width,
    height: 40 + names.length * 20,
    marginLeft: 24 + longest * 7,
    marginRight: 16,
    marginBottom: 40,
    marginTop: 4,
    x: timeScale(axis, 8),
    y: { axis: null, domain: [0, 1] },
    fy: {
      domain: names,
      label: null,
      padding: 0.2,
      tickFormat: (name: string) => shorten(name, MAX_NAME_LENGTH),
    },
    marks: [
      area(known, 0.35),
      // What is filled has an edge: its tint alone is hard to see on a dark ground.
      Plot.lineY(known, { ...place, y: "share", stroke: COLORS[0]!, strokeWidth: 0.8 }),
      area(steps(shares, "observed", axis.step), 1),
      Plot.ruleY([0], { stroke: QUIET, strokeOpacity: 0.6 }),
    ],
  });
}

/** The shares of each column of each module, in the order of both. */
function sharesOf(rows: readonly CoverageRow[], { from, step }: Axis): Share[] {
  const columnOf = ({ time }: CoverageRow) => Math.floor((time - from) / step);
  const cells = Map.groupBy(rows, (row) => JSON.stringify([row.name, columnOf(row)]));
  return [...cells.values()].map((part) => {
    const [observed, filled, empty] = KINDS.map((kind) => total(part, kind));
    const all = observed! + filled! + empty!;
    return {
      name: part[0]!.name,
      from: from + columnOf(part[0]!) * step,
      observed: observed! / all,
      known: (observed! + filled!) / all,
    };
  }).sort((a, b) => compareNatural(a.name, b.name) || a.from - b.from);
}

/** How many hours a column may have, and how many columns there may be. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 672, 1344];
const MAX_COLUMNS = 96;

/** Columns of whole hours that divide days, so that none begins in one day and ends in another. */
function columnsOf(rows: readonly CoverageRow[]): Axis | null {
  const times = Float64Array.from(new Set(rows.map(({ time }) => time)));
  const axis = axisOf([{ times }], 1);
  if (axis === null) return null;
  const hours =
    HOURS.find((hours) =>
      hours * 3_600_000 >= axis.row && (axis.to - axis.from) / (hours * 3_600_000) <= MAX_COLUMNS
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
  shares: readonly Share[],
  key: "observed" | "known",
  step: number,
): Corner[] {
  const corners: Corner[] = [];
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
