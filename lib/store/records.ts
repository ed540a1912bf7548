/**
 * The records that the tool keeps in `_etl/` in the output folder, so that a later run reads and
 * builds only what changed: one file about all inputs, and one about each day, which is written after
 * the day's hour files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { UsageError } from "../errors.ts";
import { type Coverage, dayOfHourFile, type TableOptions } from "../hours/mod.ts";
import type { Counts, Layout, SignalCounts } from "../telemetry/mod.ts";
import { VERSION } from "../version.ts";
import { commitFiles, makeFolder, replaceFile } from "./files.ts";
import { LineFile, readLines } from "./line_file.ts";
import { fingerprint, type Identity } from "./read.ts";
import {
  listStateFiles,
  shardFolders,
  stagingFolder,
  STATE_FOLDER,
  stateFile,
} from "./state_folder.ts";

/** A file in the exporter's dialect. */
export interface Source extends Identity {
  /** The input file's name, relative to the input folder. */
  name: string;
  /** The file that is read: the input itself, or a day file that was imported from it. */
  path: string;
  /** Where its columns are. */
  layout: Layout;
}

/** The record of an input file. */
export interface InputRecord extends Identity {
  /** Why it was imported; null if it is read as it is. */
  imported: string | null;
  /** The files that are read for it: itself, or the day files that were imported from it. */
  sources: Source[];
  /** Its malformed rows, by reason. */
  rejected: Counts;
  /** Whether it was imported, and has times without a zone, which were taken as UTC. */
  localTimes?: boolean;
  /** Why its content can't be read, if it can't. Failures that may be temporary are not recorded. */
  failure?: string;
  /**
   * A checksum of its content, if it changed less than two seconds before it was examined: another
   * change in the same second may not show in its times.
   */
  sha256?: string;
  /** True until it is examined again after those two seconds. */
  unsettled?: true;
}

/** The fingerprint of an input file, and the checksum of its content if there is one. */
export function inputFingerprint(record: InputRecord): string {
  return fingerprint(record) + (record.sha256 === undefined ? "" : `-${record.sha256}`);
}

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
  /** Readings that are in no hour file, by payload type: see `readingsOfNoModule`. */
  ofNoModule: Counts;
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
   * How many cells the columns of each payload type have, and how many of them are filled; empty if
   * no files were made.
   */
  cells: Record<string, { all: number; filled: number }>;
  /**
   * The figures of the batteries as JSON: see `batteryDays`; null if no files were made. They stay
   * text, because a run that only keeps them would take longer to parse them than to read them.
   */
  figures: string | null;
  /** The hour files, relative to the output folder. */
  files: string[];
  /** The size of each hour file in bytes; empty if no files were made. */
  sizes: number[];
}

/** The record of a day that was built. */
export interface DayRecord extends DayResult {
  /** The version of the tool that built it. */
  version: string;
  /** The options that it was built with. */
  options: TableOptions;
  /** The input files that it was built from: name and `inputFingerprint`. */
  inputs: Record<string, string>;
}

/** All records of an output folder. */
export interface Records {
  /** Input files by name. */
  inputs: Map<string, InputRecord>;
  /** Days by their start. */
  days: Map<number, DayRecord>;
}

/**
 * The format that this version writes. It is raised whenever records or results change, so that all
 * days are built again. Records of a later format are not touched.
 */
const FORMAT = 14;

/** Throws a UsageError if a newer version of the tool wrote a record. */
function checkFormat(path: string, record: { format?: unknown; version?: unknown }): void {
  if (Number(record?.format) > FORMAT) {
    throw new UsageError(
      `--output: ${path} is of the newer version ${record.version}: use that, or another folder`,
    );
  }
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
  for (const [day, path] of listStateFiles(output, "days")) {
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
  await replaceFile(output, stateFile("days", record.day), text, staging, false);
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function pathIn(stateFolder: string): string {
  return join(stateFolder, "inputs.jsonl");
}

/**
 * Reads the records of the input files; none if any of them is broken. They are JSON lines, because
 * those of a large history would be too long for a single string.
 *
 * @throws {UsageError} If a newer version of the tool has written here.
 */
export function readInputRecords(stateFolder: string): Map<string, InputRecord> {
  const path = pathIn(stateFolder);
  const records = new Map<string, InputRecord>();
  const hash = createHash("sha256");
  let isHeader = true;
  let isComplete = false;
  const decoder = new TextDecoder();
  try {
    if (!Deno.lstatSync(path).isFile) return records;
    for (const line of readLines(path)) {
      const value = JSON.parse(decoder.decode(line));
      if (isHeader) {
        checkFormat(path, value);
        if (value?.format !== FORMAT || value.version !== VERSION) return new Map();
        isHeader = false;
      } else if (Array.isArray(value)) records.set(value[0], value[1]);
      else isComplete = value?.sha256 === hash.copy().digest("hex");
      hash.update(line).update("\n");
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
  return isComplete ? records : new Map();
}

/** The input files that runs of any version and shard have recorded, as far as they can be read. */
export function recordedInputs(output: string): Map<string, Identity> {
  const found = new Map<string, Identity>();
  const decoder = new TextDecoder();
  for (const folder of [STATE_FOLDER, ...shardFolders(output)]) {
    try {
      for (const line of readLines(pathIn(join(output, folder)))) {
        const value = JSON.parse(decoder.decode(line));
        const isEntry = Array.isArray(value) && typeof value[1]?.size === "number";
        if (isEntry) found.set(value[0], value[1]);
      }
    } catch { /* what follows a broken line is not known */ }
  }
  return found;
}

/** Writes the records of the input files. */
export async function writeInputRecords(
  output: string,
  stateFolder: string,
  inputs: ReadonlyMap<string, InputRecord>,
): Promise<void> {
  const staging = stagingFolder(stateFolder);
  Deno.mkdirSync(staging, { recursive: true });
  const dirsToSync = makeFolder(output, relative(output, stateFolder));
  const file = new LineFile(staging, pathIn(stateFolder));
  const hash = createHash("sha256").update(file.add({ format: FORMAT, version: VERSION }));
  for (const entry of inputs) hash.update(file.add(entry));
  file.add({ sha256: hash.digest("hex") });
  await commitFiles([file.end()!], dirsToSync);
}
