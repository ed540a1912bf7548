/**
 * The cells that deviate most from the median of their module, over all days.
 *
 * @module
 */
import {
  type BatteryDay,
  daysByModule,
  LEAST_ROWS,
  type LoadDeviation,
  medianOf,
  outAndIn,
  positiveCurrent,
} from "../../battery/mod.ts";
import { DAY, dayName } from "../../telemetry/mod.ts";
import { type Cell, number, paragraph, table } from "../html.ts";
import { moduleLink } from "../page_plan.ts";
import { plural, signed } from "../words.ts";
import { greatestIn, leastIn, sumOf } from "../aggregates.ts";
import type { DayAxis } from "./strip.ts";

/** The median deviation of a cell at rest on a day, in mV. */
export interface DayDeviation {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The deviation. */
  median: number;
}

/** What is known of a cell over all days. */
export interface CellHistory {
  /** The folder of its module. */
  folder: string;
  /** Its column. */
  column: string;
  /** The median of its daily median deviations at rest, in mV. */
  deviation: number;
  /** The day from which it was beyond 20 mV on every day up to the last; null if the last day is not. */
  since: number | null;
  /** The largest 95th percentile of a day under charge, in mV; null if it is not known. */
  charge: number | null;
  /** The same under discharge. */
  discharge: number | null;
  /** How many rows at rest it is based on. */
  rows: number;
  /** Its median deviation at rest on each day that has one. */
  days: readonly DayDeviation[];
  /** The days that its other figures are based on: those since `since`, or else all. */
  counted: readonly DayDeviation[];
}

/** A deviation worth looking at, in mV. */
const NOTABLE = 20;

/** The history of every cell that has at least one day with enough rows at rest. */
export function cellHistories(days: readonly BatteryDay[]): CellHistory[] {
  const atRest = [...daysByModule(days)].flatMap(([folder, list]) =>
    list.flatMap(({ day, figures: { cells } }) =>
      cells.flatMap(({ rest, ...cell }) =>
        rest === null || rest.rows < LEAST_ROWS ? [] : [{ folder, day, ...rest, ...cell }]
      )
    )
  );
  const positive = positiveCurrent(days);
  const byCell = Map.groupBy(atRest, ({ folder, column }) => JSON.stringify([folder, column]));
  return [...byCell.values()].map((days): CellHistory => {
    const last = days.findLastIndex(({ median }) => Math.abs(median) <= NOTABLE);
    const recent = days.slice(last + 1);
    const counted = recent.length > 0 ? recent : days;
    const loads = counted.map((day) => outAndIn(day, positive));
    const { folder, column } = days[0]!;
    return {
      folder,
      column,
      deviation: medianOf(counted.map(({ median }) => median)),
      since: recent[0]?.day ?? null,
      charge: greatestP95(loads.map(({ into }) => into)),
      discharge: greatestP95(loads.map(({ out }) => out)),
      rows: sumOf(counted, ({ rows }) => rows),
      days,
      counted,
    };
  });
}

/** The largest 95th percentile of some days; null if none is known. */
function greatestP95(days: readonly (LoadDeviation | null)[]): number | null {
  const known = days.flatMap((day) => day?.p95 ?? []);
  return known.length === 0 ? null : greatestIn(known);
}

const MIN_SLOPE_DAYS = 5;
/** If there are more days than this, each is compared with at most this many later ones. */
const MAX_SLOPE_DAYS = 400;

/**
 * The median slope of all pairs of days in mV per day (Theil and Sen), which outliers hardly affect;
 * null for fewer than five days.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slopeOf } from "./weakest_cells.ts";
 * const days = [0, 1, 2, 3, 4].map((i) => ({ day: i * 86_400, median: i === 2 ? 90 : i * 2 }));
 * assert.equal(slopeOf(days), 2);
 * assert.equal(slopeOf(days.slice(2)), null);
 * ```
 */
export function slopeOf(days: readonly DayDeviation[]): number | null {
  if (days.length < MIN_SLOPE_DAYS) return null;
  const step = Math.ceil(days.length / MAX_SLOPE_DAYS);
  const slopes: number[] = [];
  days.forEach((a, i) => {
    for (let k = i + step; k < days.length; k += step) {
      const b = days[k]!;
      slopes.push(((b.median - a.median) * DAY) / (b.day - a.day));
    }
  });
  return medianOf(slopes);
}

/** A cell's name without the prefix of its column, as in `battery 1 cell 9`. */
export function cellName(column: string): string {
  return column.replace(/^cell_voltage_?/, "").replaceAll("_", " ") || column;
}

const MAX_CELLS = 12;

/** The cells that deviate most from their module's median at rest. */
export function cellTable(axis: DayAxis, cells: readonly CellHistory[]): string {
  if (cells.length === 0) return paragraph("No cell has a day with 60 rows at rest.");
  const worst = cells.toSorted((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
    .slice(0, MAX_CELLS);
  const rows = worst.map(
    ({ folder, column, deviation, charge, discharge, since, rows, days, counted }): Cell[] => {
      // Only for the cells that are shown, since it takes a while.
      const slope = slopeOf(counted);
      return [
        moduleLink(folder),
        cellName(column),
        { number: signed(deviation, 1) },
        number(charge, 0),
        number(discharge, 0),
        since === null ? `within ${NOTABLE} mV` : dayName(since),
        { number: slope === null ? null : signed(slope, 2) },
        number(rows, 0),
        { markup: sparkline(axis, days) },
      ];
    },
  );
  return table(
    `The ${
      plural(worst.length, "cell")
    } farthest from the median of the module, in mV. At rest: the ` +
      "median of the days' medians. p95: the deviation that 95 % of the rows under charge or " +
      "discharge do not exceed, on the worst day. Since: the day from which the cell was beyond " +
      `${NOTABLE} mV on every day up to the last. The other figures are for the days since then or, if ` +
      `the last day is within ${NOTABLE} mV, for all days.`,
    [
      "module",
      "cell",
      "at rest mV",
      "p95 charge mV",
      "p95 discharge mV",
      "since",
      "mV a day",
      "rows at rest",
      "all days",
    ],
    rows,
  );
}

const SPARK_WIDTH = 120;
const SPARK_HEIGHT = 24;

/** A word-sized line of a deviation over all days, with a line at zero. */
function sparkline({ from, length }: DayAxis, days: CellHistory["days"]): string {
  const values = days.map(({ median }) => median);
  const [low, high] = [Math.min(0, leastIn(values)), Math.max(0, greatestIn(values))];
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const x = (day: number) => tenth((((day - from) / DAY + 0.5) / length) * SPARK_WIDTH);
  const y = (value: number) => tenth(1 + ((high - value) / (high - low || 1)) * (SPARK_HEIGHT - 2));
  const points = days.map(({ day, median }) => `${x(day)},${y(median)}`);
  const [first, last] = [values[0]!, values.at(-1)!];
  return `<svg class="spark" role="img" aria-label="from ${signed(first, 0)} to ${
    signed(last, 0)
  } mV" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" width="${SPARK_WIDTH}" ` +
    `height="${SPARK_HEIGHT}"><path class="zero" d="M0 ${y(0)}h${SPARK_WIDTH}"/>` +
    (points.length === 1
      ? `<circle cx="${x(days[0]!.day)}" cy="${y(first)}" r="2"/>`
      : `<path class="line middle" d="M${points.join("L")}"/>`) +
    "</svg>";
}
