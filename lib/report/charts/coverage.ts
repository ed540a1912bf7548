/**
 * How much of each hour was observed.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, DAY, folderOf, moduleName } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";
import { timeScale } from "./axes.ts";
import { fixed, plural, sentences, shorten, spanOf } from "../words.ts";
import { COLORS, draw, emptyChart, type Figure, type Plotted, QUIET } from "./figure.ts";
import { greatestIn, sumOf } from "../aggregates.ts";
import type { Span } from "./module_rows.ts";

/**
 * The time that rows with a reading, filled rows, and all rows stand for, in seconds. Rows themselves
 * are not counted, since those of different days may differ in length.
 */
export type ReportedTime = Record<"observed" | "filled" | "all", number>;

/** The time from the first day to the last, in columns of some hours. */
export interface ReportedTimes extends Span {
  /** How long a column is, in milliseconds. */
  step: number;
  /** The columns of each module, by its folder in natural order. */
  modules: ReadonlyMap<string, ReportedTime[]>;
}

/** How many hours a column may have: divisors and multiples of a day. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 168, 336, 672, 1344];
const MAX_COLUMNS = 96;

/** The parts of a day's record that coverage is drawn from. */
export type Covered = Pick<DayRecord, "day" | "modules" | "coverage" | "options">;

/**
 * Sums up the time of all modules that reported at all, from the first day to the last, including
 * hours without an hour file; null if there are no hour files.
 */
export function reportedTimes(days: readonly Covered[]): ReportedTimes | null {
  const known = days.filter(({ coverage }) => coverage.length > 0)
    .toSorted((a, b) => a.day - b.day);
  if (known.length === 0) return null;
  const [from, to] = [known[0]!.day, known.at(-1)!.day + DAY];
  const total = (to - from) / 3600;
  const hours = HOURS.find((hours) => total / hours <= MAX_COLUMNS) ?? HOURS.at(-1)!;
  const folders = known.flatMap(({ modules }) => modules.map((place) => folderOf(...place)));
  const modules = new Map(
    [...new Set(folders)].sort(compareNatural).map((folder) => [
      folder,
      Array.from({ length: Math.ceil(total / hours) }, (_, column): ReportedTime => ({
        observed: 0,
        filled: 0,
        all: Math.min(hours, total - column * hours) * 3600,
      })),
    ]),
  );
  for (const { day, modules: places, coverage, options: { interval } } of known) {
    places.forEach((place, i) => {
      const columns = modules.get(folderOf(...place))!;
      for (let hour = 0; hour < 24; hour++) {
        const column = columns[Math.floor(((day - from) / 3600 + hour) / hours)]!;
        column.observed += coverage[i]!.observed[hour]! * interval;
        column.filled += coverage[i]!.filled[hour]! * interval;
      }
    });
  }
  return { from: from * 1000, to: to * 1000, step: hours * 3_600_000, modules };
}

/** Longer module names are shortened, in characters. */
const MAX_NAME_LENGTH = 24;

/** Coverage by module and hour: the share of rows observed (dark), filled (light), empty (blank). */
export function coverage(days: readonly Covered[]): Figure {
  const title = "Reporting: rows with a reading of any signal, filled rows, empty rows";
  const times = reportedTimes(days);
  if (times === null) return emptyChart(title, "no hour file");
  const words = wordsOf([...times.modules.values()].flat());
  return {
    title,
    description: `The share of rows of ${plural(times.modules.size, "module")} by hour or ` +
      `longer, ${spanOf(times)}. Overall: ${words}.`,
    caption: sentences(
      spanOf(times),
      `Overall: ${words}; drawn in steps of ${plural(times.step / 3_600_000, "hour")}`,
    ),
    legend: [
      { label: "observed: a reading came in", color: COLORS[0]!, opacity: 1 },
      { label: "filled: held, or joined by a line", color: COLORS[0]!, opacity: 0.35 },
      { label: "empty", color: QUIET, opacity: 0 },
    ],
    plot: drawCoverage(times),
    newest: newestOf(times),
  };
}

/** Where on the axis the newest rows are. */
function newestOf({ modules }: ReportedTimes): number {
  const all = [...modules.values()];
  const last = all.map((columns) => columns.findLastIndex(({ observed }) => observed > 0));
  return (greatestIn(last) + 1) / all[0]!.length;
}

/** The shares of observed, filled and empty rows. */
function wordsOf(columns: readonly ReportedTime[]): string {
  const sum = (kind: keyof ReportedTime) => sumOf(columns, (column) => column[kind]);
  const [observed, filled, all] = [sum("observed"), sum("filled"), sum("all")];
  const empty = all - observed - filled;
  // All with one decimal, so that they add up; only nothing at all is 0.0 %.
  const share = (time: number) =>
    `${fixed(time === 0 ? 0 : Math.max(0.1, (time / all) * 100), 1)} %`;
  return `observed ${share(observed)}, filled ${share(filled)}, empty ${share(empty)}`;
}

function drawCoverage(times: ReportedTimes): Plotted {
  const names = [...times.modules.keys()];
  const titles = new Map([...times.modules].map(([name, columns]) => [
    name,
    `${moduleName(name)}: ${wordsOf(columns)}`,
  ]));
  const steps = {
    x: "time",
    z: "name",
    fy: "name",
    curve: "step-after" as const,
    title: ({ name }: { name: string }) => titles.get(name)!,
  };
  const known = shareChanges(times, ({ observed, filled }) => observed + filled);
  const observed = shareChanges(times, ({ observed }) => observed);
  const area = (shares: Share[], fillOpacity: number) =>
    Plot.areaY(shares, { ...steps, y1: 0, y2: "share", fill: COLORS[0]!, fillOpacity });
  const longest = Math.min(
    MAX_NAME_LENGTH,
    greatestIn(names.map((name) => moduleName(name).length)),
  );
  return draw({
    height: 40 + names.length * 20,
    marginLeft: 24 + longest * 8,
    marginRight: 16,
    marginBottom: 40,
    marginTop: 4,
    x: timeScale(times, 8),
    y: { axis: null, domain: [0, 1] },
    fy: {
      domain: names,
      label: null,
      padding: 0.2,
      tickFormat: (name: string) => shorten(moduleName(name), MAX_NAME_LENGTH),
    },
    marks: [
      area(known, 0.35),
      // Filled areas have an edge: their tint alone is hard to see on a dark background.
      Plot.lineY(known, { ...steps, y: "share", stroke: COLORS[0]!, strokeWidth: 0.8 }),
      area(observed, 1),
      Plot.ruleY([0], { stroke: QUIET, strokeOpacity: 0.6 }),
    ],
  });
}

/** A share of a module's rows that applies from a time on. */
interface Share {
  name: string;
  time: number;
  share: number;
}

/**
 * Each module's shares where they change, and at the end. They are rounded up, so that a small share
 * stays visible.
 */
function shareChanges(
  { from, to, step, modules }: ReportedTimes,
  timeOf: (column: ReportedTime) => number,
): Share[] {
  return [...modules].flatMap(([name, columns]) => {
    const shares = columns.map((column, i) => ({
      name,
      time: from + i * step,
      share: Math.ceil((timeOf(column) / column.all) * 40) / 40,
    }));
    const changes = shares.filter(({ share }, i) => share !== shares[i - 1]?.share);
    return [...changes, { ...shares.at(-1)!, time: to }];
  });
}
