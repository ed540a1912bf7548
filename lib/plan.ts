/**
 * The plan of a run: what the input files hold, which days they touch, and which days are stale.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { addFacts, type Catalogue, createDigester, type Digester } from "./catalogue.ts";
import { marginOf, type Source } from "./day.ts";
import { listFolder, reasonOf, withFile } from "./files.ts";
import type { InputFile } from "./inputs.ts";
import { readLayout } from "./layout.ts";
import { isWanted, type Options, type TableOptions } from "./options.ts";
import { Unsupported } from "./pages.ts";
import { type Pool, PoolClosed, WorkerDied } from "./pool.ts";
import { type DayRecord, fingerprint, type InputRecord, type Records } from "./records.ts";
import { DAY } from "./time.ts";
import { VERSION } from "./version.ts";

/** A day that is to be built. */
export interface StaleDay {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Why it is not up to date. */
  reason: string;
  /** Rows of the files that touch it, those that lie on other days included. */
  rows: number;
  /** How many files touch it. */
  files: number;
}

/**
 * Looks at the footers of all files that are new or changed, and has those that the fast reader
 * does not take copied.
 *
 * @param own The folder for the copies and for rows that are no reading.
 * @param dryRun Whether to write none of them.
 */
export async function examineInputs(
  inputs: readonly InputFile[],
  known: ReadonlyMap<string, InputRecord>,
  pool: Pool,
  own: string,
  dryRun: boolean,
): Promise<Map<string, InputRecord>> {
  const found = new Map<string, InputRecord>();
  const copies: Promise<void>[] = [];
  for (const input of inputs) {
    const before = known.get(input.name);
    if (before !== undefined && isCurrent(before, input)) found.set(input.name, before);
    else {
      const record = examine(input);
      found.set(input.name, record);
      if (record.reader === "general") copies.push(copyInput(input, record, pool, own, dryRun));
    }
  }
  await Promise.all(copies);
  return found;
}

function isCurrent(before: InputRecord, input: InputFile): boolean {
  if (fingerprint(before) !== fingerprint(input)) return false;
  if (before.failure !== undefined || input.failure !== undefined) {
    return before.failure !== undefined && before.size > 0;
  }
  return before.reader === "fast"
    ? before.sources.every(({ path }) => path === input.path)
    : before.sources.every(isThere);
}

function isThere({ path, size }: Source): boolean {
  try {
    return Deno.statSync(path).size === size;
  } catch {
    return false;
  }
}

/** Looks at a file's footer, and decides who reads it. */
function examine({ name, path, size, mtime, failure }: InputFile): InputRecord {
  const record: InputRecord = { size, mtime, rows: 0, reader: "fast", sources: [], rejected: {} };
  if (failure !== undefined) return { ...record, failure };
  if (!/\.parquet$/i.test(path)) return { ...record, reader: "general" };
  try {
    const layout = withFile(path, (read) => readLayout(read, size));
    return { ...record, rows: layout.rows, sources: [{ name, path, size, mtime, layout }] };
  } catch (error) {
    if (error instanceof Unsupported) return { ...record, reader: "general" };
    return { ...record, failure: reasonOf(error) };
  }
}

/** The name under which the tool keeps what belongs to an input file. */
export function inputId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 24);
}

/** Has a file copied into day files that the fast reader takes, and notes that in its record. */
export async function copyInput(
  { name, path }: Pick<InputFile, "name" | "path">,
  record: InputRecord,
  pool: Pool,
  own: string,
  dryRun: boolean = false,
): Promise<void> {
  record.reader = "general";
  try {
    const id = inputId(name);
    Object.assign(record, await pool.copy({ kind: "copy", name, path, own, id, dryRun }));
  } catch (error) {
    if (error instanceof PoolClosed) throw error;
    record.failure = error instanceof WorkerDied
      ? `can't be read: ${error.message}`
      : reasonOf(error);
  }
}

/** For every day that has readings, what touches it or the margin around it. */
export function sourcesByDay(
  inputs: ReadonlyMap<string, InputRecord>,
  options: TableOptions,
): Map<number, Source[]> {
  const { before, after } = marginOf(options);
  const days = new Map<number, Source[]>();
  const usable = [...inputs.values()].filter(({ failure }) => failure === undefined)
    .flatMap(({ sources }) => sources);
  for (const { layout } of usable) {
    for (let day = startOf(layout.first); day <= layout.last; day += DAY) days.set(day, []);
  }
  for (const source of usable) {
    const { first, last } = source.layout;
    // Readings are held into the days behind them, and lines reach back to the days before.
    for (let day = startOf(first - after); day <= last + before; day += DAY) {
      days.get(day)?.push(source);
    }
  }
  return days;
}

function startOf(second: number): number {
  return Math.floor(second / DAY) * DAY;
}

/** Names and fingerprints of the inputs that some sources come from. */
export function inputsOf(
  inputs: ReadonlyMap<string, InputRecord>,
  sources: readonly Source[],
): Record<string, string> {
  const names = [...new Set(sources.map(({ name }) => name))].sort();
  return Object.fromEntries(names.map((name) => [name, fingerprint(inputs.get(name)!)]));
}

/** What the days on record say together. */
export function catalogueOf(records: Iterable<DayRecord>): Catalogue {
  const catalogue: Catalogue = new Map();
  for (const { facts } of records) addFacts(catalogue, facts);
  return catalogue;
}

/**
 * The wanted days that are not up to date, in order.
 *
 * @param touched See {@linkcode sourcesByDay}.
 */
export function staleDays(
  { inputs, days }: Records,
  touched: ReadonlyMap<number, Source[]>,
  options: Options,
): StaleDay[] {
  const digester = createDigester(catalogueOf(days.values()));
  const isThere = hourFileLookup(options.output);
  const stale: StaleDay[] = [];
  for (const [day, sources] of touched) {
    if (!isWanted(options, day)) continue;
    const wanted = inputsOf(inputs, sources);
    const reason = whyStale(days.get(day), wanted, options, digester, isThere);
    const rows = sources.reduce((sum, { layout }) => sum + layout.rows, 0);
    if (reason !== null) stale.push({ day, reason, rows, files: Object.keys(wanted).length });
  }
  return stale.sort((a, b) => a.day - b.day);
}

/** Tells whether an hour file is there, listing every folder once. */
function hourFileLookup(output: string): (name: string) => boolean {
  const folders = new Map<string, Set<string>>();
  return (name) => {
    const folder = dirname(name);
    let names = folders.get(folder);
    if (names === undefined) {
      const files = listFolder(join(output, folder)).filter(({ isFile }) => isFile);
      folders.set(folder, names = new Set(files.map(({ name }) => name)));
    }
    return names.has(basename(name));
  };
}

function whyStale(
  record: DayRecord | undefined,
  inputs: Readonly<Record<string, string>>,
  options: TableOptions,
  digester: Digester,
  isThere: (name: string) => boolean,
): string | null {
  if (record === undefined) return "not built yet";
  if (record.unfinished || record.options === null) return "its last build did not end";
  if (record.version !== VERSION) return `built by version ${record.version}`;
  for (const name of Object.keys(record.options) as (keyof TableOptions)[]) {
    if (record.options[name] !== options[name]) {
      return `${name} was ${record.options[name]}, is ${options[name]}`;
    }
  }
  for (const [name, print] of Object.entries(inputs)) {
    if (record.inputs[name] === undefined) return `new input ${name}`;
    if (record.inputs[name] !== print) return `changed input ${name}`;
  }
  for (const name of Object.keys(record.inputs)) {
    if (inputs[name] === undefined) return `input ${name} is gone`;
  }
  if (digester(record.facts.map(({ payload }) => payload), record.modules) !== record.digest) {
    return "other days have other columns";
  }
  const missing = record.files.find((name) => !isThere(name));
  return missing === undefined ? null : `${missing} is gone`;
}
