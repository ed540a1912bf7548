/**
 * The records that the tool keeps in `_etl/` in the output folder. A day's record is written after
 * its files, so that a later run builds only what changed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { type Counts, dayName, type Fact } from "../telemetry/mod.ts";
import type { Coverage, TableOptions } from "../hours/mod.ts";
import { listFolder, makeFolder, replaceFile } from "./files.ts";
import { checkFormat, FORMAT } from "./format.ts";
import { type InputRecord, readInputRecords } from "./input_records.ts";
import { isHourFileOf } from "./hour_files.ts";
import { STATE_FOLDER } from "./state_folder.ts";

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
  facts: Fact[];
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
  for (const { name } of listFolder(join(output, STATE_FOLDER, "days"))) {
    const [, text] = /^(\d{4}-\d{2}-\d{2})\.json$/.exec(name) ?? [];
    const day = Date.parse(`${text}T00:00:00Z`) / 1000;
    if (!Number.isFinite(day)) continue;
    const record = readRecord<DayRecord>(dayRecordPath(output, day));
    if (record === null || record.day !== day) continue;
    if (record.files.every((file) => isHourFileOf(day, file))) records.days.set(day, record);
  }
  return records;
}

/** A record begins with its format and the checksum of the rest. */
const HEAD = /^\{"format":\d+,"sha256":"[0-9a-f]{64}",/;

function readRecord<T>(path: string): T | null {
  let text: string;
  let found: { format: number; version: string; sha256: string } & T;
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
  return sha256 === checksum(text.slice(head.length)) ? record as unknown as T : null;
}

/** Writes the record of a day, after all its files. */
export async function writeDayRecord(
  output: string,
  staging: string,
  record: DayRecord,
): Promise<void> {
  await writeRecord(output, staging, dayRecordPath(output, record.day), record);
}

async function writeRecord(
  output: string,
  staging: string,
  path: string,
  record: object,
): Promise<void> {
  const dirsToSync = makeFolder(output, relative(output, dirname(path)));
  const rest = `${JSON.stringify(record).slice(1)}\n`;
  const text = `{"format":${FORMAT},"sha256":"${checksum(rest)}",${rest}`;
  await replaceFile(staging, path, new TextEncoder().encode(text), dirsToSync);
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The path of a day's record. */
export function dayRecordPath(output: string, day: number): string {
  return join(output, STATE_FOLDER, "days", `${dayName(day)}.json`);
}

/** A day's rejected readings, relative to the output folder. */
export function dayRejectedName(day: number): string {
  return `${STATE_FOLDER}/rejected/${dayName(day)}.jsonl`;
}
