/**
 * What the days' figures show besides events: states of charge that are far apart, and what is not
 * known.
 *
 * @module
 */
import { type BatteryDay, LEAST_ROWS, medianOf, socUnit, weakestCell } from "../../battery/mod.ts";
import { DAY, dayName, folderOf, moduleName } from "../../telemetry/mod.ts";
import { greatestIn, leastIn, mostOf } from "../aggregates.ts";
import { format, listOf, percent, plural } from "../words.ts";
import { moduleHistories } from "./histories.ts";
import { dayAxis, missingDays } from "./strip.ts";

/** Something to look at. */
export interface Finding {
  /** How bad it is: 3 for a danger, 2 for a fault, 1 for a gap in the data, 0 if it may be normal. */
  level: 0 | 1 | 2 | 3;
  /** Its kind, in one word. */
  kind: string;
  /** What happened, without the name of the module in `folder`. */
  text: string;
  /** The module's folder; null if it concerns several. */
  folder: string | null;
  /** When it began, in seconds since the epoch. */
  from: number;
  /** When it ended. */
  to: number;
  /** When it was worst, if it is not known how long it lasted. */
  at?: number;
}

/** What the figures of some days, in order, show besides the events. */
export function findingsOfDays(days: readonly BatteryDay[]): Finding[] {
  // Where rows without readings stay null, most rows are null even if nothing is missing.
  const filled = days.filter(({ fill }) => fill !== "none");
  return [
    ...imbalance(days),
    ...sparseCells(filled),
    ...uncompared(days),
    ...partlyKnown(filled),
    ...missing(days),
  ];
}

/** How far apart the modules' states of charge are in an hour. */
export interface ChargeSpread {
  /** The start of the hour, in seconds since the epoch. */
  at: number;
  /** The highest minus the lowest, in percentage points. */
  spread: number;
  /** The folder of the module with the lowest. */
  lowest: string;
  /** The folder of the module with the highest. */
  highest: string;
}

/** How far apart states of charge are in each hour in which several modules have one. */
export function chargeSpreads(days: readonly BatteryDay[]): ChargeSpread[] {
  const scale = socUnit(days) === "percent" ? 1 : 100;
  return days.flatMap(({ day, figures: { modules } }) =>
    Array.from({ length: 24 }, (_, hour) => {
      const known = modules.flatMap(({ phase, module, soc }) => {
        const level = soc?.byHour[hour] ?? null;
        return level === null ? [] : [{ folder: folderOf(phase, module), level }];
      });
      return { at: day + hour * 3600, known };
    }).filter(({ known }) => known.length > 1).map(({ at, known }) => {
      const [low, high] = [mostOf(known, ({ level }) => -level), mostOf(known, (m) => m.level)];
      const spread = (high.level - low.level) * scale;
      return { at, spread, lowest: low.folder, highest: high.folder };
    })
  );
}

/** Modules whose states of charge are further apart than this in most hours, in percentage points. */
const LARGE_IMBALANCE = 20;

/** That the states of charge of modules are far apart, as one finding. */
function imbalance(days: readonly BatteryDay[]): Finding[] {
  const hours = chargeSpreads(days);
  const typical = medianOf(hours.map(({ spread }) => spread));
  if (!(typical > LARGE_IMBALANCE)) return [];
  const large = hours.filter(({ spread }) => spread > LARGE_IMBALANCE);
  const mostFrequent = (folderIn: (hour: ChargeSpread) => string) =>
    moduleName(mostOf([...Map.groupBy(large, folderIn)], ([, hours]) => hours.length)[0]);
  return [{
    level: 2,
    kind: "imbalance",
    text: `the modules' states of charge differ by ${format(typical)} percentage points (median ` +
      `over the hours): most often lowest in ${mostFrequent(({ lowest }) => lowest)}, highest in ` +
      mostFrequent(({ highest }) => highest),
    folder: null,
    from: large[0]!.at,
    to: large.at(-1)!.at + 3600,
  }];
}

/** Days on which no signal is known for three quarters of the time, as one finding. */
function partlyKnown(days: readonly BatteryDay[]): Finding[] {
  const found = days.flatMap((day, i, { length }) => {
    const share = mostKnown(day, i === 0, i === length - 1);
    return share < 0.75 ? [{ day: day.day, share }] : [];
  });
  if (found.length === 0) return [];
  const names = found.toSorted((a, b) => a.share - b.share)
    .map(({ day, share }) => `${dayName(day)} (${percent(share)})`);
  return [{
    level: 1,
    kind: "partial",
    text: `on ${plural(found.length, "day")}, no signal is known for three quarters of the time: ` +
      listOf(names, 6),
    folder: null,
    from: found[0]!.day,
    to: found.at(-1)!.day + DAY,
  }];
}

/**
 * For what share of a day the signal that is known longest is known. Of the first and the last day,
 * only the time from the first reading or to the last one counts.
 */
function mostKnown(
  { day, interval, figures: { modules } }: BatteryDay,
  isFirst: boolean,
  isLast: boolean,
): number {
  const reported = modules.flatMap(({ reported }) => reported === null ? [] : [reported]);
  if (reported.length === 0) return 1;
  const from = isFirst ? leastIn(reported.map(([from]) => from)) : day;
  const to = isLast ? greatestIn(reported.map(([, to]) => to)) : day + DAY;
  const rows = greatestIn(modules.flatMap(({ filled }) => filled.map(([, rows]) => rows)));
  return (rows * interval) / (to - from);
}

/** Modules with all cells known in less than half of the rows, worst first, as one finding. */
function sparseCells(days: readonly BatteryDay[]): Finding[] {
  const sparse = moduleHistories(days).flatMap(({ folder, days, cellsFilled: share }) =>
    share === null || share >= 0.5 ? [] : [{ folder, days, share }]
  ).sort((a, b) => a.share - b.share);
  const [worst, ...others] = sparse;
  if (worst === undefined) return [];
  const starts = sparse.flatMap(({ days }) => days.map(({ day }) => day));
  const names = sparse.map(({ folder, share }) => `${moduleName(folder)} (${percent(share)})`);
  const isOne = others.length === 0;
  return [{
    level: 1,
    kind: "sparse",
    text: isOne
      ? `all cells are known in ${percent(worst.share)} of the rows`
      : `in ${sparse.length} modules, all cells are known in less than half of the rows: ` +
        listOf(names, 6),
    folder: isOne ? worst.folder : null,
    from: leastIn(starts),
    to: greatestIn(starts) + DAY,
  }];
}

/** That no cell could be compared with the others on any day, as one finding. */
function uncompared(days: readonly BatteryDay[]): Finding[] {
  const modules = days.flatMap(({ figures }) => figures.modules);
  const hasCells = modules.some(({ cellsFilled }) => cellsFilled !== null);
  if (!hasCells || modules.some(({ cells }) => weakestCell(cells) !== null)) return [];
  return [{
    level: 1,
    kind: "unchecked",
    text: "no cell was compared with the others, because no day has " +
      `${LEAST_ROWS} rows in which the module is known to be at rest`,
    folder: null,
    from: days[0]!.day,
    to: days.at(-1)!.day + DAY,
  }];
}

/** Days without data, as one finding. */
function missing(days: readonly BatteryDay[]): Finding[] {
  const axis = dayAxis(days);
  const found = missingDays(axis);
  if (found.length === 0) return [];
  return [{
    level: 1,
    kind: "missing",
    text: `${plural(found.length, "day")} without data between the first and the last`,
    folder: null,
    from: axis.from + found[0]! * DAY,
    to: axis.from + (found.at(-1)! + 1) * DAY,
  }];
}
