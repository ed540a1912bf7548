/**
 * What the tool keeps for itself, in `_etl/` of the output folder: a record of every day, written
 * last, and one of the input files, so that a later run does only what changed.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { type Counts, dayName, type Fact, type Layout } from "../telemetry/mod.ts";
import type { Coverage, TableOptions } from "../hours/mod.ts";
import { type Identity, listFolder, makeFolder, replaceFile, stageFile } from "./files.ts";
import { UsageError } from "../errors.ts";
import { syncFiles, syncFolders } from "./sync.ts";
import { VERSION } from "../version.ts";

/** The folder of what the tool keeps for itself. */
export const OWN_FOLDER = "_etl";

/** A file that the fast reader can take. */
export interface Source extends Identity {
  /** The input file's name, relative to the input folder. */
  name: string;
  /** The file that is read: the input itself, or what the general reader made of it. */
  path: string;
  /** Where its columns lie. */
  layout: Layout;
}

/** What is known of an input file. */
export interface InputRecord extends Identity {
  /** Who reads it. */
  reader: "fast" | "general";
  /** What the fast reader reads of it: itself, or its copies. */
  sources: Source[];
  /** Its rows that are no reading, by reason. */
  rejected: Counts;
  /** Why its content can't be read, if so; what may be otherwise in a minute is not recorded. */
  failure?: string;
}

/** What is known of a day that was built. */
export interface DayRecord {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The version of the tool that built it. */
  version: string;
  /** The options that it was built with; null if that is not known. */
  options: TableOptions | null;
  /** The input files that it was built from: name and `fingerprint`. */
  inputs: Record<string, string>;
  /** What was known of other days: see `createDigester`. */
  digest: string;
  /** What its readings say about signals. */
  facts: Fact[];
  /** Its modules, as [phase, module]. */
  modules: [phase: string, module: string][];
  /** What was heard of each of them. */
  coverage: Coverage[];
  /** How far readings lie apart, by payload type: see `gapsOf`. */
  gaps: Record<string, number[]>;
  /** Rows read. */
  rows: number;
  /** Distinct readings that went into the hour files. */
  readings: number;
  /** Rejected readings by reason. */
  rejected: Counts;
  /** The hour files, relative to the output folder. */
  files: string[];
  /** The size of each of them in bytes. */
  sizes: number[];
  /** Whether the day was being written: then any of its files may be old, new or missing. */
  unfinished?: boolean;
}

/** All records of an output folder. */
export interface Records {
  /** Input files by name. */
  inputs: Map<string, InputRecord>;
  /** Days by their start. */
  days: Map<number, DayRecord>;
}

/** The format of the records: a larger one is of a newer tool, and not touched. */
const FORMAT = 2;

/**
 * Reads the records of an output folder. A record that can't be read is not trusted: its day has
 * then those hour files that are there, and is unfinished.
 *
 * @param own Where the record of the input files is.
 * @throws {UsageError} If a newer version of the tool has written here.
 */
export function readRecords(output: string, own: string): Records {
  const records: Records = { inputs: new Map(), days: new Map() };
  const inputs = readRecord<{ version: string; files: Record<string, InputRecord> }>(
    inputsPath(own),
  );
  if (inputs?.version === VERSION) records.inputs = new Map(Object.entries(inputs.files));
  for (const { name } of listFolder(join(output, OWN_FOLDER, "days"))) {
    const [, text] = /^(\d{4}-\d{2}-\d{2})\.json$/.exec(name) ?? [];
    if (text === undefined) continue;
    const day = Date.parse(`${text}T00:00:00Z`) / 1000;
    records.days.set(day, readDayRecord(output, day));
  }
  return records;
}

/** A day of which nothing is known. */
const UNKNOWN: Omit<DayRecord, "day"> = {
  version: VERSION,
  options: null,
  inputs: {},
  digest: "",
  facts: [],
  modules: [],
  coverage: [],
  gaps: {},
  rows: 0,
  readings: 0,
  rejected: {},
  files: [],
  sizes: [],
  unfinished: true,
};

/** The hour files of a day that are there. */
function hourFilesOn(output: string, day: number): string[] {
  const date = dayName(day).replaceAll("-", "/");
  const folders = listFolder(output).filter(({ name, isDirectory }) =>
    isDirectory && /^[\w%-]+_[\w%-]+$/.test(name)
  );
  return folders.flatMap(({ name: module }) =>
    listFolder(join(output, module, date)).filter(({ name }) => /^\d\d\.parquet$/.test(name))
      .map(({ name }) => `${module}/${date}/${name}`)
  );
}

/** The record of a day; if one can't be read the day has those hour files that are there. */
function readDayRecord(output: string, day: number): DayRecord {
  const path = dayRecordPath(output, day);
  const files = () => isThere(path) ? hourFilesOn(output, day) : [];
  return readRecord<DayRecord>(path) ?? { ...UNKNOWN, day, files: files() };
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

function readRecord<T>(path: string): T | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return null;
  }
  let found: { format: number; version: string } & T;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  const { format, ...record } = found ?? {};
  if (format > FORMAT) {
    throw new UsageError(
      `--output: ${path} is of the newer version ${record.version}: use that, or another folder`,
    );
  }
  return format === FORMAT ? record as unknown as T : null;
}

/**
 * Notes that a day is about to be written: until {@linkcode writeDayRecord}, all of its old and new
 * files are suspect. Before any of them is put in place, {@linkcode syncDayRecord} must be called.
 */
export function markUnfinished(output: string, day: number, files: readonly string[]): void {
  const path = dayRecordPath(output, day);
  const before = readDayRecord(output, day);
  const all = [...new Set([...before.files, ...files])];
  makeFolder(output, relative(output, dirname(path)));
  const staged = stageFile(path, encodeRecord({ ...before, files: all, unfinished: true }));
  if (staged !== null) Deno.renameSync(staged.hidden, staged.path);
}

/**
 * Makes sure that a day's record is on disk as it is, and so are the folders that it is in.
 *
 * @returns The files that it names.
 */
export async function syncDayRecord(output: string, day: number): Promise<string[]> {
  const path = dayRecordPath(output, day);
  await syncFiles([path]);
  const folders = [dirname(path), join(output, OWN_FOLDER), output];
  await syncFolders(folders, folders.length);
  return readDayRecord(output, day).files;
}

/** Writes the record of a day, after all its files. */
export async function writeDayRecord(output: string, record: DayRecord): Promise<void> {
  await writeRecord(output, dayRecordPath(output, record.day), record);
}

/** Writes the record of the input files. */
export async function writeInputRecords(
  output: string,
  own: string,
  inputs: ReadonlyMap<string, InputRecord>,
): Promise<void> {
  const files = Object.fromEntries(inputs);
  await writeRecord(output, inputsPath(own), { version: VERSION, files });
}

async function writeRecord(output: string, path: string, record: object): Promise<void> {
  const changed = makeFolder(output, relative(output, dirname(path)));
  await replaceFile(path, encodeRecord(record), changed);
}

function encodeRecord(record: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, ...record })}\n`);
}

/** The path of a day's record. */
export function dayRecordPath(output: string, day: number): string {
  return join(output, OWN_FOLDER, "days", `${dayName(day)}.json`);
}

function inputsPath(own: string): string {
  return join(own, "inputs.json");
}

/** A day's rejected readings, relative to the output folder. */
export function dayRejectedName(day: number): string {
  return `${OWN_FOLDER}/rejected/${dayName(day)}.jsonl`;
}
