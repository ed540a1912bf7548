/**
 * Names and encodes the hour files of a day.
 *
 * @module
 */
import { type ColumnsOf, DAY, dayName, folderOf, parseDay } from "../telemetry/mod.ts";
import type { CreateColumns, Module, ModuleColumn } from "./columns.ts";
import { type Coverage, coverageOf, markRows } from "./coverage.ts";
import { checkHourFile, type EncodeHour } from "./hour_file.ts";
import type { TableOptions } from "./options.ts";

/** The paths of a module's hour files of a day, relative to the output folder. */
export function hourFileNames({ phase, module, hours }: Module, day: number): string[] {
  const folder = `${folderOf(phase, module)}/${dayName(day).replaceAll("-", "/")}`;
  return hours.map((hour) => `${folder}/${String(hour).padStart(2, "0")}.parquet`);
}

const HOUR_FILE = /^[\w%-]+_[\w%-]+\/(\d{4})\/(\d\d)\/(\d\d)\/([01]\d|2[0-3])\.parquet$/;

/** The day of an hour file with this name; null if no hour file has such a name. */
export function dayOfHourFile(name: string): number | null {
  const [, year, month, date] = HOUR_FILE.exec(name) ?? [];
  return parseDay(`${year}-${month}-${date}`);
}

/** What the hour files of a day are made from. */
export interface DayTables {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The modules that reported, with their hours. */
  modules: readonly Module[];
  /** Returns the names and kinds of a module's columns. */
  columnsOf: ColumnsOf;
  /** Makes those columns. */
  createColumns: CreateColumns;
  /** The options of the hour files. */
  options: TableOptions;
  /**
   * Receives the columns of each module, which are valid until it returns, and 1 for each row in
   * which the module itself reported.
   */
  visit: (module: Module, columns: readonly ModuleColumn[], reported: Uint8Array) => void;
}

/**
 * Encodes the hour files of all modules of a day, one after another. The first file of each list of
 * columns is read back with an independent parser.
 *
 * @param emit Receives each file; the bytes are valid until it returns.
 * @returns The coverage of each module.
 */
export async function encodeHourFiles(
  { day, modules, columnsOf, createColumns, options, visit }: DayTables,
  encodeHour: EncodeHour,
  emit: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<Coverage[]> {
  const rows = 3600 / options.interval;
  const checkedLists = new Set<string>();
  const coverage: Coverage[] = [];
  for (const { phase, module, hours } of modules) {
    const wanted = columnsOf(phase, module);
    const columns = createColumns(wanted, phase, module);
    const own = columns.filter(({ shared }) => !shared);
    const reported = markRows(own.map(({ ownRows }) => ownRows), DAY / options.interval);
    coverage.push(coverageOf(own.map(({ runs }) => runs), reported, hours));
    visit({ phase, module, hours }, columns, reported);
    const list = wanted.map(({ name, kind }) => `${kind} ${name}`).join("\0");
    const names = hourFileNames({ phase, module, hours }, day);
    for (const [i, hour] of hours.entries()) {
      const place = { hour: day + hour * 3600, firstRow: hour * rows, phase, module };
      const bytes = await encodeHour({ ...place, columns });
      if (!checkedLists.has(list)) checkHourFile(bytes, rows, columns);
      checkedLists.add(list);
      emit(names[i]!, bytes);
    }
  }
  return coverage;
}
