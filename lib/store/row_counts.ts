/**
 * What became of the rows that were read.
 *
 * @module
 */
import { addUp, type Counts, totalOf } from "../telemetry/mod.ts";
import type { DayResult, InputRecord } from "./records.ts";

/** Counts of rows by outcome. */
export interface RowCounts {
  /** Rows read: the sum of the others. */
  rows: number;
  /** Distinct readings. */
  readings: number;
  /** Rows that were merged with an equal one. */
  duplicates: number;
  /** Rejected rows by reason. */
  rejected: Counts;
}

/**
 * Counts the rows of days, and the malformed rows of input files, which belong to no day.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rowCounts } from "./row_counts.ts";
 * const day = { rows: 10, readings: 5, rejected: { "no value": 2 } };
 * assert.deepEqual(rowCounts([day], [{ rejected: { "no tags": 1 } }]), {
 *   rows: 11,
 *   readings: 5,
 *   duplicates: 3,
 *   rejected: { "no tags": 1, "no value": 2 },
 * });
 * ```
 */
export function rowCounts(
  days: readonly Pick<DayResult, "rows" | "readings" | "rejected">[],
  inputs: readonly Pick<InputRecord, "rejected">[] = [],
): RowCounts {
  const rejected = addUp([...inputs, ...days].map(({ rejected }) => rejected));
  const malformed = totalOf(inputs.map(({ rejected }) => totalOf(rejected)));
  const rows = totalOf(days.map(({ rows }) => rows)) + malformed;
  const readings = totalOf(days.map(({ readings }) => readings));
  return { rows, readings, duplicates: rows - readings - totalOf(rejected), rejected };
}
