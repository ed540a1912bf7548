/**
 * The names of hour files.
 *
 * @module
 */
import { dayName, folderOf, parseDay } from "../telemetry/mod.ts";
import type { Module } from "./columns.ts";

/** The paths of a module's hour files of a day, relative to the output folder. */
export function hourFileNames({ phase, module, hours }: Module, day: number): string[] {
  const folder = `${folderOf(phase, module)}/${dayName(day).replaceAll("-", "/")}`;
  return hours.map((hour) => `${folder}/${String(hour).padStart(2, "0")}.parquet`);
}

// A name from `folderOf` has exactly one `_`, so `1_1_old` is somebody's copy.
const HOUR_FILE =
  /^[A-Za-z\d%-]+_[A-Za-z\d%-]+\/(\d{4})\/(\d\d)\/(\d\d)\/([01]\d|2[0-3])\.parquet$/;

/** The day of an hour file with this name; null if no hour file has such a name. */
export function dayOfHourFile(name: string): number | null {
  const [, year, month, date] = HOUR_FILE.exec(name) ?? [];
  return parseDay(`${year}-${month}-${date}`);
}
