/**
 * How the cells of each module deviate from its median, over many days.
 *
 * @module
 */
import { type BatteryDay, type CellDay, daysByModule, LEAST_ROWS } from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { medianOf } from "../median.ts";

/** What is known of a cell over all days. */
export interface CellHistory {
  /** The folder of its module. */
  folder: string;
  /** Its column. */
  column: string;
  /** The median of its daily median deviations at rest, in mV, in the days since `since`. */
  deviation: number;
  /** The first of the latest consecutive days beyond 20 mV; null if the last day is not. */
  since: number | null;
  /** The trend of the deviation over the same days, in mV per day; null for fewer than five. */
  slope: number | null;
  /** The largest 95th percentile of a day, while the current was above zero; null if unknown. */
  positive: number | null;
  /** The same while the current was below zero. */
  negative: number | null;
  /** How many rows at rest it is based on. */
  rows: number;
  /** Its median deviation at rest on each day that has one. */
  days: { day: number; median: number }[];
}

/** A deviation worth looking at, in mV. */
const NOTABLE = 20;

/** The history of every cell that has at least one day with enough rows at rest. */
export function cellHistories(days: readonly BatteryDay[]): CellHistory[] {
  return [...daysByModule(days)].flatMap(([folder, list]) => {
    const byColumn = new Map<string, { day: number; cell: CellDay }[]>();
    for (const { day, figures: { cells } } of list) {
      for (const cell of cells) {
        byColumn.getOrInsertComputed(cell.column, () => []).push({ day, cell });
      }
    }
    return [...byColumn].flatMap(([column, cells]) => {
      const found = historyOf(cells);
      return found === null ? [] : [{ folder, column, ...found }];
    });
  });
}

type Found = Omit<CellHistory, "folder" | "column">;

function historyOf(cells: readonly { day: number; cell: CellDay }[]): Found | null {
  const atRest = cells.flatMap(({ day, cell: { rest, positive, negative } }) =>
    rest === null || rest.rows < LEAST_ROWS ? [] : [{
      day,
      median: rest.median,
      rows: rest.rows,
      positive: positive?.p95 ?? null,
      negative: negative?.p95 ?? null,
    }]
  );
  if (atRest.length === 0) return null;
  const last = atRest.findLastIndex(({ median }) => Math.abs(median) <= NOTABLE);
  const recent = atRest.slice(last + 1);
  const counted = recent.length > 0 ? recent : atRest;
  const most = (side: "positive" | "negative") => {
    const known = counted.map((day) => day[side]).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    deviation: medianOf(counted.map(({ median }) => median)),
    since: recent[0]?.day ?? null,
    slope: slopeOf(counted),
    positive: most("positive"),
    negative: most("negative"),
    rows: counted.reduce((sum, { rows }) => sum + rows, 0),
    days: atRest.map(({ day, median }) => ({ day, median })),
  };
}

const MIN_SLOPE_DAYS = 5;

/**
 * The median slope of all pairs of days in mV per day (Theil and Sen), which outliers hardly affect.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { slopeOf } from "./cell_history.ts";
 * const days = [0, 1, 2, 3, 4].map((i) => ({ day: i * 86_400, median: i === 2 ? 90 : i * 2 }));
 * assert.equal(slopeOf(days), 2);
 * assert.equal(slopeOf(days.slice(2)), null);
 * ```
 */
export function slopeOf(days: readonly { day: number; median: number }[]): number | null {
  if (days.length < MIN_SLOPE_DAYS) return null;
  const slopes = days.flatMap((a, i) =>
    days.slice(i + 1).map((b) => ((b.median - a.median) * DAY) / (b.day - a.day))
  );
  return medianOf(slopes);
}
