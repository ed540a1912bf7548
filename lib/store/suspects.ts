/**
 * Which hour files in the output folder are ours, and which of them can't be trusted.
 *
 * @module
 */
import { join } from "node:path";
import { dayOfHourFile } from "../hours/mod.ts";
import { listReadable } from "./files.ts";
import { readIntents } from "./intents.ts";
import { withFile } from "./read.ts";
import type { DayRecord } from "./records.ts";
import { WRITER } from "../version.ts";

/**
 * Our hour files that can't be trusted, by day: those that an intent names, and those that no
 * record names.
 */
export function findSuspects(
  output: string,
  days: ReadonlyMap<number, DayRecord>,
): Map<number, string[]> {
  const suspects = readIntents(output);
  for (const [day, names] of findHourFiles(output)) {
    const known = new Set([...days.get(day)?.files ?? [], ...suspects.get(day) ?? []]);
    const ours = names.filter((name) => !known.has(name) && isOurs(join(output, name)));
    if (ours.length > 0) suspects.getOrInsertComputed(day, () => []).push(...ours);
  }
  return suspects;
}

/** The folders that may lead to hour files: module, year, month, day. `dayOfHourFile` decides. */
const FOLDERS = [/^[^_]+_[^_]+$/, /^\d{4}$/, /^\d\d$/, /^\d\d$/];

/** All files in the output folder that are named like hour files, by the start of their day. */
function findHourFiles(output: string): Map<number, string[]> {
  let folders = [""];
  for (const pattern of FOLDERS) {
    folders = folders.flatMap((folder) =>
      listReadable(join(output, folder))
        .filter(({ name, isDirectory }) => isDirectory && pattern.test(name))
        .map(({ name }) => `${folder}${name}/`)
    );
  }
  const found = new Map<number, string[]>();
  for (const folder of folders) {
    for (const { name, isFile } of listReadable(join(output, folder))) {
      const day = isFile ? dayOfHourFile(folder + name) : null;
      if (day !== null) found.getOrInsertComputed(day, () => []).push(folder + name);
    }
  }
  return found;
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
      return footer.includes(WRITER);
    });
  } catch {
    return false;
  }
}
