/**
 * The records that the tool keeps in `_etl/` in the output folder. A day's record is written after
 * its files, so that a later run builds only what changed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Counts, SignalCounts } from "../telemetry/mod.ts";
import { type Coverage, dayOfHourFile, type TableOptions } from "../hours/mod.ts";
import { replaceFile } from "./files.ts";
import { checkFormat, FORMAT } from "./format.ts";
import { type InputRecord, readInputRecords } from "./input_records.ts";
import { dayFile, listDayFiles } from "./state_folder.ts";

/** Counts of a day's readings, and the hour files made from them. */
export interface DayResult {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Rows of the day, read from all its files. */
  rows: number;
  /** Distinct readings that went into the hour files. */
  readings: number;
  /** Distinct readings that were rejected, by reason. */
  rejected: Counts;
  /** Files that have rows of this day but no reading: how many, and the commonest reason. */
  withoutReadings: Record<string, { rows: number; reason: string }>;
  /** Counts of the day's readings by signal. */
  signalCounts: SignalCounts[];
  /** The columns and kinds that the files were built with: see `createDigester`. */
  digest: string;
  /** The modules that reported, as [phase, module]. */
  modules: [phase: string, module: string][];
  /** How much of each module's hours was observed; empty if no files were made. */
  coverage: Coverage[];
  /** Histograms of the time between readings, by payload type: see `gapsOf`. */
  gaps: Record<string, number[]>;
  /**
   * The figures of the batteries as JSON: see `batteryDays`; null if no files were made. They stay
   * text, because a run that only keeps them would take longer to parse them than to read them.
   */
  figures: string | null;
  /** The hour files, relative to the output folder. */
  files: string[];
}

/** The record of a day that was built. */
export interface DayRecord extends DayResult {
  /** The version of the tool that built it. */
  version: string;
  /** The options that it was built with. */
  options: TableOptions;
  /** The input files that it was built from: name and `fingerprintOf`. */
  inputs: Record<string, string>;
  /** The size of each hour file in bytes. */
  sizes: number[];
}

/** All records of an output folder. */
export interface Records {
  /** Input files by name. */
  inputs: Map<string, InputRecord>;
  /** Days by their start. */
  days: Map<number, DayRecord>;
}

/**
 * Reads the records of an output folder. Each has a checksum; one that is torn, edited or of an
 * older format is ignored.
 *
 * @param stateFolder Where the record of the input files is.
 * @throws {UsageError} If a newer version of the tool has written here.
 */
export function readRecords(output: string, stateFolder: string): Records {
  const records: Records = { inputs: readInputRecords(stateFolder), days: new Map() };
  for (const [day, path] of listDayFiles(output, "days")) {
    const record = readRecord(path);
    if (record?.day !== day) continue;
    if (record.files.every((file) => dayOfHourFile(file) === day)) records.days.set(day, record);
  }
  return records;
}

/** A record begins with its format and the checksum of the rest. */
const HEAD = /^\{"format":\d+,"sha256":"[0-9a-f]{64}",/;

function readRecord(path: string): DayRecord | null {
  let text: string;
  let found: DayRecord & { format: number; sha256: string };
  try {
    if (!Deno.lstatSync(path).isFile) return null;
    text = Deno.readTextFileSync(path);
    found = JSON.parse(text);
  } catch {
    return null;
  }
  checkFormat(path, found);
  const { format, sha256, ...record } = found ?? {};
  const [head] = HEAD.exec(text) ?? [];
  if (head === undefined || format !== FORMAT) return null;
  return sha256 === checksum(text.slice(head.length)) ? record : null;
}

/**
 * Writes the record of a day after all its files, even if it has not changed: no file may be newer.
 */
export async function writeDayRecord(
  output: string,
  staging: string,
  record: DayRecord,
): Promise<void> {
  const rest = `${JSON.stringify(record).slice(1)}\n`;
  const text = `{"format":${FORMAT},"sha256":"${checksum(rest)}",${rest}`;
  const bytes = new TextEncoder().encode(text);
  await replaceFile(output, dayFile("days", record.day), bytes, staging, false);
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
