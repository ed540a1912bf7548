/**
 * Records of the input files, so that a later run reads only those that changed. They are stored as
 * JSON lines, because those of a large history would be too long for a single string.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import type { Counts, Layout } from "../telemetry/mod.ts";
import { commitFiles, makeFolder } from "./files.ts";
import { LineFile, readLines } from "./line_file.ts";
import { fingerprint, type Identity } from "./read.ts";
import { checkFormat, FORMAT } from "./format.ts";
import { stagingFolder } from "./state_folder.ts";
import { VERSION } from "../version.ts";

/** A file in the exporter's form. */
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
  /**
   * Why its content can't be read, if it can't. Failures that may be temporary are not recorded.
   */
  failure?: string;
  /**
   * A checksum of its content, if it changed less than two seconds before it was examined: another
   * change in the same second may not show in its times.
   */
  sha256?: string;
  /** Whether it was not examined again after those two seconds. */
  unsettled?: true;
}

/** A text that changes when an input does. */
export function fingerprintOf(record: InputRecord): string {
  return fingerprint(record) + (record.sha256 === undefined ? "" : `-${record.sha256}`);
}

function pathIn(stateFolder: string): string {
  return join(stateFolder, "inputs.jsonl");
}

/**
 * Reads the records of the input files. If any of them is broken, none is returned.
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

/** Writes the records of the input files. */
export async function writeInputRecords(
  output: string,
  stateFolder: string,
  inputs: ReadonlyMap<string, InputRecord>,
): Promise<void> {
  const staging = stagingFolder(stateFolder);
  makeFolder(staging, "");
  const dirsToSync = makeFolder(output, relative(output, stateFolder));
  const file = new LineFile(staging, pathIn(stateFolder));
  const hash = createHash("sha256").update(file.add({ format: FORMAT, version: VERSION }));
  for (const entry of inputs) hash.update(file.add(entry));
  file.add({ sha256: hash.digest("hex") });
  await commitFiles([file.end()!], dirsToSync);
}
