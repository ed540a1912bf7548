/**
 * Makes records of days by hand.
 *
 * @module
 */
import type { DayRecord } from "../../lib/store/mod.ts";
import { VERSION } from "../../lib/version.ts";
import { TABLE_OPTIONS } from "./support.ts";

/** The record of a day, in which everything is empty unless it is given. */
export function dayRecord(day: number, more: Partial<DayRecord> = {}): DayRecord {
  return {
    day,
    rows: 0,
    readings: 0,
    rejected: {},
    ofNoModule: {},
    withoutReadings: {},
    signalCounts: [],
    digest: "",
    modules: [],
    coverage: [],
    gaps: {},
    cells: {},
    figures: null,
    files: [],
    version: VERSION,
    options: TABLE_OPTIONS,
    inputs: {},
    sizes: [],
    ...more,
  };
}
