/**
 * Finds hour files in the output folder, and checks whether this tool wrote them.
 *
 * @module
 */
import { join } from "node:path";
import { dayName } from "../telemetry/mod.ts";
import { listFolder } from "./files.ts";
import { withFile } from "./read.ts";

const MODULE_FOLDER = /^[\w%-]+_[\w%-]+$/;
const HOUR_FILE = /^[\w%-]+_[\w%-]+\/(\d{4})\/(\d\d)\/(\d\d)\/([01]\d|2[0-3])\.parquet$/;

/**
 * Whether a day may have an hour file of this name, relative to the output folder. Names from
 * records can't be trusted, and only files with such names are removed.
 */
export function isHourFileOf(day: number, name: string): boolean {
  const [, year, month, date] = HOUR_FILE.exec(name) ?? [];
  return `${year}-${month}-${date}` === dayName(day);
}

/** All files in the output folder that are named like hour files, by the start of their day. */
export function findHourFiles(output: string): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const foldersIn = (path: string, pattern: RegExp) =>
    listReadable(join(output, path)).filter(({ name, isDirectory }) =>
      isDirectory && pattern.test(name)
    ).map(({ name }) => `${path}${name}/`);
  for (const module of foldersIn("", MODULE_FOLDER)) {
    const years = foldersIn(module, /^\d{4}$/);
    const months = years.flatMap((year) => foldersIn(year, /^\d\d$/));
    for (const folder of months.flatMap((month) => foldersIn(month, /^\d\d$/))) {
      const day = Date.parse(`${folder.slice(-11, -1).replaceAll("/", "-")}T00:00:00Z`) / 1000;
      if (!Number.isFinite(day)) continue;
      const names = listReadable(join(output, folder)).filter(({ isFile }) => isFile)
        .map(({ name }) => folder + name).filter((name) => isHourFileOf(day, name));
      if (names.length > 0) found.getOrInsertComputed(day, () => []).push(...names);
    }
  }
  return found;
}

/** The entries of a folder; none if it may not be read, which building its days will report. */
function listReadable(folder: string): Deno.DirEntry[] {
  try {
    return listFolder(folder);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}

/** An upper bound; the footers of hour files are far smaller. */
const MAX_FOOTER = 1 << 24;

/** Whether a file is a parquet file that names this tool as its writer. */
export function isOurs(path: string): boolean {
  try {
    const { size, isFile } = Deno.lstatSync(path);
    if (!isFile || size < 12) return false;
    return withFile(path, (read) => {
      const length = new DataView(read(size - 8, 8).buffer).getUint32(0, true);
      if (length > Math.min(size - 12, MAX_FOOTER)) return false;
      const footer = new TextDecoder("latin1").decode(read(size - 8 - length, length));
      return footer.includes("hourgrid version ");
    });
  } catch {
    return false;
  }
}
