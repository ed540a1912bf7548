/**
 * Makes records of days by hand.
 *
 * @module
 */
import { type DayRecord, emptyDay } from "../../lib/store/mod.ts";
import { VERSION } from "../../lib/version.ts";
import { TABLE_OPTIONS } from "./support.ts";

/** The record of a day, in which everything is empty unless it is given. */
export function dayRecord(day: number, more: Partial<DayRecord> = {}): DayRecord {
  const origin = { version: VERSION, options: TABLE_OPTIONS, inputs: {} };
  return { ...emptyDay(day), ...origin, sizes: [], ...more };
}
