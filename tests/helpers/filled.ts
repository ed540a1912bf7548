/**
 * Makes rows with readings, and fills a day from them.
 *
 * @module
 */
import {
  createRowValues,
  createRuns,
  fillOf,
  fillRows,
  type RowValues,
  type Runs,
  type TableOptions,
} from "../../lib/hours/mod.ts";
import type { Kind } from "../../lib/telemetry/mod.ts";
import { TABLE_OPTIONS } from "./support.ts";

/** The options that rows are filled with. */
export type Filling = Pick<TableOptions, "interval" | "maxGap" | "fill">;

/** Rows with readings, made from pairs in order. */
export function rowValuesOf(rows: readonly (readonly [row: number, value: number])[]): RowValues {
  const rowValues = createRowValues(rows.length);
  rows.forEach(([row, value], i) => {
    rowValues.rows[i] = row;
    rowValues.values[i] = value;
  });
  rowValues.length = rows.length;
  return rowValues;
}

/** All rows of a day. */
export function filledRows(
  rowValues: RowValues,
  kind: Kind = "numeric",
  { interval, maxGap, fill }: Filling = TABLE_OPTIONS,
): Runs {
  const runs = createRuns();
  fillRows(rowValues, 86_400 / interval, fillOf(kind, fill), Math.floor(maxGap / interval), runs);
  return runs;
}
