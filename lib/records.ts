/**
 * What the tool keeps for itself, in `_etl/` of the output folder: a record of every day, written
 * last, and one of the input files, so that a later run does only what changed.
 *
 * @module
 */
import { join } from "node:path";
import type { Fact } from "./catalogue.ts";
import type { Source } from "./day.ts";
import { type Identity, replaceFile } from "./files.ts";
import type { TableOptions } from "./options.ts";
import { dayName } from "./time.ts";
import { VERSION } from "./version.ts";

/** The folder of what the tool keeps for itself. */
export const OWN_FOLDER = "_etl";

/** Counts by reason. */
export type Counts = Record<string, number>;

/** What is known of an input file. */
export interface InputRecord extends Identity {
  /** How many rows it has. */
  rows: number;
  /** Who reads it. */
  reader: "fast" | "general";
  /** What the fast reader reads of it: itself, or its copies. */
  sources: Source[];
  /** Its rows that are no reading, by reason. */
  rejected: Counts;
  /** Why it can't be read, if so. */
  failure?: string;
}

/** What is known of a day that was built. */
export interface DayRecord {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The options that it was built with. */
  options: TableOptions;
  /** The input files that it was built from: name and {@linkcode fingerprint}. */
  inputs: Record<string, string>;
  /** What was known of other days: see `createDigester`. */
  digest: string;
  /** What its readings say about signals. */
  facts: Fact[];
  /** Its modules, as [phase, module]. */
  modules: [phase: string, module: string][];
  /** Rows read. */
  rows: number;
  /** Distinct readings that went into the hour files. */
  readings: number;
  /** Rejected readings by reason. */
  rejected: Counts;
  /** The hour files, relative to the output folder. */
  files: string[];
}

/** All records of an output folder. */
export interface Records {
  /** Input files by name. */
  inputs: Map<string, InputRecord>;
  /** Days by their start. */
  days: Map<number, DayRecord>;
}

/** The format of the records; others are not trusted. */
const FORMAT = 1;

/** A short text that changes when a file does. */
export function fingerprint({ size, mtime }: Identity): string {
  return `${size}-${mtime}`;
}

/** Reads the records that can be read; what can't is built again. */
export function readRecords(output: string): Records {
  const records: Records = { inputs: new Map(), days: new Map() };
  const inputs = readRecord<{ files: Record<string, InputRecord> }>(inputsPath(output));
  if (inputs !== null) records.inputs = new Map(Object.entries(inputs.files));
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(join(output, OWN_FOLDER, "days"))];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const { name } of entries) {
    if (!/^\d{4}-\d{2}-\d{2}\.json$/.test(name)) continue;
    const record = readRecord<DayRecord>(join(output, OWN_FOLDER, "days", name));
    if (record !== null) records.days.set(record.day, record);
  }
  return records;
}

function readRecord<T>(path: string): T | null {
  try {
    const { format, version, ...record } = JSON.parse(Deno.readTextFileSync(path));
    return format === FORMAT && version === VERSION ? record : null;
  } catch {
    return null;
  }
}

/** Writes the record of a day. */
export function writeDayRecord(output: string, record: DayRecord): void {
  writeRecord(dayRecordPath(output, record.day), record);
}

/** Writes the record of the input files. */
export function writeInputRecords(output: string, inputs: ReadonlyMap<string, InputRecord>): void {
  writeRecord(inputsPath(output), { files: Object.fromEntries(inputs) });
}

function writeRecord(path: string, record: object): void {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...record });
  replaceFile(path, new TextEncoder().encode(`${text}\n`));
}

/** The path of a day's record. */
export function dayRecordPath(output: string, day: number): string {
  return join(output, OWN_FOLDER, "days", `${dayName(day)}.json`);
}

function inputsPath(output: string): string {
  return join(output, OWN_FOLDER, "inputs.json");
}

/** The path of a day's rejected readings. */
export function dayRejectedPath(output: string, day: number): string {
  return join(output, OWN_FOLDER, "rejected", `${dayName(day)}.jsonl`);
}
