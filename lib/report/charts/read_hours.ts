/**
 * Hour files as one frame.
 *
 * @module
 */
import { dirname, join } from "node:path";
import pl from "nodejs-polars";
import { FIXED_COLUMNS } from "../../telemetry/mod.ts";
import type { DayRecord } from "../../store/mod.ts";

/** Glob patterns for the hour files of a day, and for all days of a module. */
const HOURS = "[0-2][0-9].parquet";
const ALL_DAYS = "[0-9][0-9][0-9][0-9]/[0-1][0-9]/[0-3][0-9]";

/**
 * Reads hour files as one frame, one module after the other; what one lacks is null.
 *
 * @param output The output folder.
 * @param folders Folders of modules (all their days are read) or of days of modules, as in
 * `1_2/2024/07/13`.
 * @param wanted Which signals' columns to read.
 * @returns `timestamp` (datetime, us, UTC), `phase`, `module`, and the signals of all of them.
 * @throws {Error} If a file can't be read, or there is none.
 */
export function readHours(
  output: string,
  folders: readonly string[],
  wanted: (column: string) => boolean = () => true,
): pl.DataFrame {
  if (folders.length === 0) throw new Error("there are no hour files to be read");
  const frames = folders.map((folder) => {
    const path = join(output, folder).replace(/[*?[]/g, "[$&]");
    const below = folder.includes("/") ? HOURS : `${ALL_DAYS}/${HOURS}`;
    // One look at many files takes far less memory than a frame for each.
    const hours = pl.scanParquet(`${path}/${below}`);
    const names = hours.columns.filter((name) =>
      (FIXED_COLUMNS as readonly string[]).includes(name) || wanted(name)
    );
    return hours.select(...names).collectSync();
  });
  const same = frames.every(({ columns }) => columns.join() === frames[0]!.columns.join());
  return pl.concat(frames, { how: same ? "vertical" : "diagonal" });
}

/** The folders that a day's hour files are in. */
export function foldersOf({ files }: Pick<DayRecord, "files">): string[] {
  return [...new Set(files.map(dirname))];
}
