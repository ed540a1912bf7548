/**
 * Frames for charts: of hour files, and of what is on record about days.
 *
 * @module
 */
import { dirname, join } from "node:path";
import pl from "nodejs-polars";
import { DAY, dayName, FIXED_COLUMNS, folderOf, GAP_BOUNDS } from "../telemetry/mod.ts";
import type { DayRecord } from "../store/mod.ts";

/** What stands for the hour files of a day, and of all days of a module, in a pattern. */
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

/** Spans of more days than this are told by day rather than by hour. */
const HOURLY_DAYS = 14;

/**
 * How much of the time of each module was heard.
 *
 * @returns `name` (the module's folder), `timestamp` (datetime), `heard`, `held` and `empty` (rows),
 * for all modules that reported at all, and all hours (of long spans: days) from the first day to
 * the last, also those of which there is nothing.
 */
export function coverageFrame(days: readonly DayRecord[]): pl.DataFrame {
  const known = days.filter(({ coverage }) => coverage.length > 0)
    .toSorted((a, b) => a.day - b.day);
  const all = [
    ...new Set(known.flatMap(({ modules }) => modules.map((place) => folderOf(...place)))),
  ];
  const [first, last] = [known[0]?.day ?? 0, known.at(-1)?.day ?? -1];
  const hours = (last - first) / DAY < HOURLY_DAYS ? 1 : 24;
  const perHour = 3600 / (known[0]?.options?.interval ?? 5);
  const byDay = new Map(known.map(({ day, modules, coverage }) => [
    day,
    new Map(modules.map((place, i) => [folderOf(...place), coverage[i]!])),
  ]));
  const rows: [name: string, time: number, heard: number, held: number, empty: number][] = [];
  for (let day = first; day <= last; day += DAY) {
    for (const name of all) {
      const found = byDay.get(day)?.get(name);
      for (let hour = 0; hour < 24; hour += hours) {
        const sum = (rows: number[] | undefined) =>
          rows?.slice(hour, hour + hours).reduce((a, b) => a + b, 0) ?? 0;
        const [heard, held] = [sum(found?.heard), sum(found?.held)];
        const empty = perHour * hours - heard - held;
        rows.push([name, (day + hour * 3600) * 1000, heard, held, empty]);
      }
    }
  }
  const column = (at: 1 | 2 | 3 | 4) => rows.map((row) => row[at]);
  return pl.DataFrame([
    pl.Series("name", rows.map(([name]) => name), pl.Utf8),
    pl.Series("timestamp", column(1), pl.Int64).cast(pl.Datetime("ms", "UTC")),
    pl.Series("heard", column(2), pl.Float64),
    pl.Series("held", column(3), pl.Float64),
    pl.Series("empty", column(4), pl.Float64),
  ]);
}

/** How far readings lie apart: `signal` (payload type), `seconds` (at least), `count`. */
export function gapFrame(days: readonly DayRecord[]): pl.DataFrame {
  const sums = new Map<string, number[]>();
  for (const { gaps } of days) {
    for (const [signal, counts] of Object.entries(gaps)) {
      const sum = sums.get(signal) ?? GAP_BOUNDS.map(() => 0);
      sums.set(signal, sum.map((count, i) => count + counts[i]!));
    }
  }
  const rows = [...sums].flatMap(([signal, counts]) =>
    counts.map((count, i) => [signal, GAP_BOUNDS[i]!, count] as const)
  );
  return pl.DataFrame([
    pl.Series("signal", rows.map(([signal]) => signal), pl.Utf8),
    pl.Series("seconds", rows.map(([, seconds]) => seconds), pl.Float64),
    pl.Series("count", rows.map(([, , count]) => count), pl.Float64),
  ]);
}

/**
 * What became of the rows of each day: `day` (text), `kind` (`readings`, `duplicates`, or why rows
 * were rejected), `rows`.
 */
export function fateFrame(days: readonly DayRecord[]): pl.DataFrame {
  const rows = days.flatMap(({ day, rows, readings, rejected }) => {
    const refused = Object.entries(rejected);
    const lost = refused.reduce((sum, [, count]) => sum + count, 0);
    const kinds: [string, number][] = [
      ["readings", readings],
      ["duplicates", rows - readings - lost],
      ...refused,
    ];
    return kinds.map(([kind, count]) => [dayName(day), kind, count] as const);
  });
  return pl.DataFrame([
    pl.Series("day", rows.map(([day]) => day), pl.Utf8),
    pl.Series("kind", rows.map(([, kind]) => kind), pl.Utf8),
    pl.Series("rows", rows.map(([, , count]) => count), pl.Float64),
  ]);
}
