/**
 * The plan of a run: what the input files hold, which days they touch, and which days are stale.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type Catalogue,
  createDigester,
  DAY,
  type Digester,
  readLayout,
} from "../telemetry/mod.ts";
import { marginOf, type TableOptions } from "../hours/mod.ts";
import {
  type DayRecord,
  fingerprint,
  type Identity,
  identityOf as statIdentity,
  type InputFile,
  type InputRecord,
  type Records,
  type Source,
  withFile,
} from "../store/mod.ts";
import { isWanted, type Options } from "./options.ts";
import { type Pool, PoolClosed } from "./pool.ts";
import { isTemporary, NeedsImport, reasonOf } from "../errors.ts";
import { VERSION } from "../version.ts";

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

/** What is known of the input files, and what is wrong with some of them. */
export interface Examined {
  /** Records of the input files by name. */
  inputs: Map<string, InputRecord>;
  /** Reasons by name. */
  problems: Map<string, string>;
  /** Whether some of that may be otherwise in a minute. */
  temporary: boolean;
}

/**
 * Looks at the footers of all files that are new or changed, and has those copied that the hot path
 * does not take.
 *
 * A file or folder that can't be reached just now keeps what is known of it, so that what was built
 * from it stays.
 *
 * @param own The folder for the copies and for rows that are no reading.
 * @param dryRun Whether to write none of them.
 */
export async function examineInputs(
  files: readonly InputFile[],
  known: ReadonlyMap<string, InputRecord>,
  pool: Pool,
  own: string,
  dryRun: boolean,
): Promise<Examined> {
  const [inputs, problems] = [new Map<string, InputRecord>(), new Map<string, string>()];
  let temporary = false;
  await Promise.all(files.map(async (file) => {
    const before = known.get(file.name);
    if (file.failure !== undefined) {
      temporary = true;
      problems.set(file.name, file.failure);
      const below = [...known].filter(([name]) =>
        name === file.name || name.startsWith(`${file.name}/`)
      );
      for (const [name, record] of below) inputs.set(name, record);
    } else if (before !== undefined && isCurrent(before, file)) inputs.set(file.name, before);
    else {
      const record: InputRecord = {
        ...identityOf(file),
        reader: "fast",
        sources: [],
        rejected: {},
      };
      try {
        await examine(file, record, pool, own, dryRun);
      } catch (error) {
        if (error instanceof PoolClosed) throw error;
        problems.set(file.name, reasonOf(error));
        temporary ||= isTemporary(error);
        if (!isTemporary(error)) record.failure = reasonOf(error);
        else if (before !== undefined) return void inputs.set(file.name, before);
        else return;
      }
      inputs.set(file.name, record);
    }
    const { failure } = inputs.get(file.name) ?? {};
    if (failure !== undefined) problems.set(file.name, failure);
  }));
  // In the order of their names, whichever was copied first.
  return { inputs: new Map([...inputs].sort(([a], [b]) => a < b ? -1 : 1)), problems, temporary };
}

function identityOf({ size, mtime, ctime }: Identity): Identity {
  return { size, mtime, ctime };
}

function isCurrent(before: InputRecord, file: InputFile): boolean {
  if (fingerprint(before) !== fingerprint(file)) return false;
  return before.sources.every((source) =>
    before.reader === "fast" ? source.path === file.path : isUnchanged(source)
  );
}

function isUnchanged(source: Source): boolean {
  try {
    return fingerprint(statIdentity(Deno.statSync(source.path))) === fingerprint(source);
  } catch {
    return false;
  }
}

/** Room for a footer: fresh memory for each file costs more than reading it. */
const footer = new Uint8Array(1 << 14);

/** Looks at a file's footer, decides who reads it, and has it copied if need be. */
async function examine(
  file: InputFile,
  record: InputRecord,
  pool: Pool,
  own: string,
  dryRun: boolean,
): Promise<void> {
  const { name, path, size } = file;
  try {
    if (!/\.parquet$/i.test(path)) throw new NeedsImport("no parquet");
    const layout = withFile(path, (read) => readLayout(read, size), footer);
    record.sources = [{ name, path, ...identityOf(file), layout }];
  } catch (error) {
    if (!(error instanceof NeedsImport)) throw error;
    await copyInput(file, record, pool, own, dryRun);
  }
}

/** The name under which the tool keeps what belongs to an input file. */
export function inputId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 24);
}

/**
 * Has a file copied into day files that the hot path takes, and notes that in its record.
 *
 * @throws {Error} If it can't be read.
 */
export async function copyInput(
  { name, path }: Pick<InputFile, "name" | "path">,
  record: InputRecord,
  pool: Pool,
  own: string,
  dryRun: boolean = false,
): Promise<void> {
  const task = { kind: "copy", name, path, own, id: inputId(name), dryRun } as const;
  Object.assign(record, await pool.copy(task));
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
  const each = (first: number, last: number, visit: (day: number) => void) => {
    for (let day = Math.floor(first / DAY) * DAY; day <= last; day += DAY) visit(day);
  };
  for (const { layout } of usable) each(layout.first, layout.last, (day) => days.set(day, []));
  for (const source of usable) {
    // Readings are held into the days after them, and lines reach back to the days before.
    const { first, last } = source.layout;
    each(first - after, last + before, (day) => days.get(day)?.push(source));
  }
  return days;
}

/** Names and fingerprints of the inputs that some sources come from. */
export function inputsOf(
  inputs: ReadonlyMap<string, InputRecord>,
  sources: readonly Source[],
): Record<string, string> {
  const names = [...new Set(sources.map(({ name }) => name))].sort();
  return Object.fromEntries(names.map((name) => [name, fingerprint(inputs.get(name)!)]));
}

/**
 * The wanted days that are not up to date, in order.
 *
 * @param touched See {@linkcode sourcesByDay}.
 * @param catalogue What all days know.
 * @param built Days that this run has built, whose files need not be looked at.
 */
export function staleDays(
  { inputs, days }: Records,
  touched: ReadonlyMap<number, Source[]>,
  options: Options,
  catalogue: Catalogue,
  built: ReadonlySet<number> = new Set(),
): StaleDay[] {
  const digester = createDigester(catalogue);
  const look = (name: string, size: number) => isHourFile(join(options.output, name), size);
  const stale: StaleDay[] = [];
  for (const [day, sources] of touched) {
    if (!isWanted(options, day)) continue;
    const wanted = inputsOf(inputs, sources);
    const reason = whyStale(days.get(day), wanted, options) ??
      whyDifferent(days.get(day)!, digester, built.has(day) ? () => true : look);
    const rows = sources.reduce((sum, { layout }) => sum + layout.rows, 0);
    if (reason !== null) stale.push({ day, reason, rows, files: Object.keys(wanted).length });
  }
  return stale.sort((a, b) => a.day - b.day);
}

/** Whether an hour file is there, with the size that it should have. */
function isHourFile(path: string, size: number): boolean {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile && info.size === size;
  } catch {
    return false;
  }
}

/** Why a day's record says other things than are the case; null if it does not. */
export function whyStale(
  record: DayRecord | undefined,
  inputs: Readonly<Record<string, string>>,
  options: TableOptions,
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
  return null;
}

/** Why a day's files are not what they should be; null if they are. */
function whyDifferent(
  record: DayRecord,
  digester: Digester,
  isThere: (name: string, size: number) => boolean,
): string | null {
  if (digester(record.facts.map(({ payload }) => payload), record.modules) !== record.digest) {
    return "other days have other columns";
  }
  const changed = record.files.find((name, i) => !isThere(name, record.sizes[i]!));
  return changed === undefined ? null : `${changed} is gone or changed`;
}
