/**
 * Examines new input files: which days they touch, and whether they have to be imported.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { readLayout } from "../telemetry/mod.ts";
import {
  fingerprint,
  type Identity,
  identityOf as statIdentity,
  type InputFile,
  type InputRecord,
  type Source,
  withFile,
} from "../store/mod.ts";
import type { RunContext } from "./context.ts";
import { type Pool, PoolClosed } from "./pool.ts";
import { Progress } from "./progress.ts";
import { describeError, isRetryable, NeedsImport, WriteError } from "../errors.ts";

/** How often the event loop gets a turn, to notice signals. */
const REST_INTERVAL_MS = 50;

/** What is needed to examine an input. */
interface Tools {
  readonly pool: Pool;
  readonly stateFolder: string;
  readonly imports: Progress;
  readonly options: ImportOptions;
}

/** The records of the input files, and what is wrong with some of them. */
export interface Examined {
  /** Records of the input files by name. */
  inputs: Map<string, InputRecord>;
  /** Reasons by name. */
  problems: Map<string, string>;
  /** Whether another run may be able to read files that this one could not. */
  retryLater: boolean;
}

/**
 * Reads the footers of all new or changed files, and imports those that are not in the exporter's
 * form.
 *
 * If a file or folder is temporarily unreadable, its records are kept, so that what was built from
 * it is not removed.
 *
 * @param known The records of earlier runs.
 */
export async function examineInputs(
  { pool, stateFolder, options: { dryRun, jobs }, emit, signal }: RunContext,
  files: readonly InputFile[],
  known: ReadonlyMap<string, InputRecord>,
): Promise<Examined> {
  const [progress, imports] = [new Progress("look", emit), new Progress("import", emit)];
  progress.plan(files.length);
  const threads = Math.max(1, Math.floor(jobs / Math.max(1, files.length)));
  const tools: Tools = { pool, stateFolder, imports, options: { dryRun, threads } };
  const [inputs, problems] = [new Map<string, InputRecord>(), new Map<string, string>()];
  let retryLater = false;
  const look = async (file: InputFile) => {
    progress.finish(file, 1);
    const before = known.get(file.name);
    if (file.failure !== undefined) {
      retryLater = true;
      problems.set(file.name, file.failure);
      for (const [name, record] of known) if (isAt(name, file.name)) inputs.set(name, record);
    } else if (file.isGrowing) {
      if (before !== undefined) inputs.set(file.name, before);
    } else {
      try {
        inputs.set(file.name, await recordOf(file, before, tools));
      } catch (error) {
        if (error instanceof PoolClosed) throw error;
        // A write error is not the fault of the input.
        if (error instanceof WriteError) {
          problems.set(error.path, `can't be written: ${error.reason}`);
        } else problems.set(file.name, describeError(error, file.path));
        retryLater = true;
        if (before !== undefined) inputs.set(file.name, before);
      }
    }
    const { failure } = inputs.get(file.name) ?? {};
    if (failure !== undefined) problems.set(file.name, failure);
  };
  const looks: Promise<void>[] = [];
  let rested = performance.now();
  for (const file of files) {
    const done = look(file);
    done.catch(() => {}); // it is awaited below
    looks.push(done);
    if (performance.now() - rested < REST_INTERVAL_MS) continue;
    await setTimeout(0); // otherwise no signal would be noticed
    signal?.throwIfAborted();
    rested = performance.now();
  }
  await Promise.all(looks);
  // In order of names, whichever was imported first.
  return { inputs: new Map([...inputs].sort(([a], [b]) => a < b ? -1 : 1)), problems, retryLater };
}

/** Whether a file has a name, or is in the folder of that name. */
function isAt(file: string, name: string): boolean {
  return name === "" || file === name || file.startsWith(`${name}/`);
}

/** Within this time after a change, another change may not show in a file's times. */
const UNSETTLED_MS = 2000;

/** Returns the record of a file if it is current; otherwise examines the file. */
async function recordOf(
  file: InputFile,
  before: InputRecord | undefined,
  tools: Tools,
): Promise<InputRecord> {
  const isUnsettled = file.ctime >= Date.now() - UNSETTLED_MS;
  const isSame = before !== undefined && isCurrent(before, file);
  if (isSame && !before.unsettled) return before;
  // Computed before the file is read, so that later changes are noticed.
  const sha256 = isSame || isUnsettled ? await checksumOf(file.path) : undefined;
  if (isSame && sha256 === before.sha256) {
    const { unsettled: _, ...settled } = before;
    return isUnsettled ? before : settled;
  }
  const mark = sha256 === undefined ? {} : { sha256, unsettled: true as const };
  try {
    return { ...await examine(file, tools), ...mark };
  } catch (error) {
    if (isRetryable(error) || error instanceof PoolClosed) throw error;
    return { ...emptyRecord(file), ...mark, failure: describeError(error) };
  }
}

/** Reads a file's footer, and imports the file if necessary. */
async function examine(
  file: InputFile,
  { pool, stateFolder, imports, options }: Tools,
): Promise<InputRecord> {
  const record = readFooter(file);
  if (!(record instanceof NeedsImport)) return record;
  imports.plan(1);
  try {
    const { message } = record;
    return await importInput(file, message, emptyRecord(file), pool, stateFolder, options);
  } finally {
    imports.finish(file, 1);
  }
}

async function checksumOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

function identityOf({ size, mtime, ctime, ino }: Identity): Identity {
  return { size, mtime, ctime, ino };
}

function emptyRecord(file: Identity): InputRecord {
  return { ...identityOf(file), imported: null, sources: [], rejected: {} };
}

function isCurrent(before: InputRecord, file: InputFile): boolean {
  if (fingerprint(before) !== fingerprint(file)) return false;
  return before.sources.every((source) =>
    before.imported === null ? source.path === file.path : isUnchanged(source)
  );
}

function isUnchanged(source: Source): boolean {
  try {
    return fingerprint(statIdentity(Deno.statSync(source.path))) === fingerprint(source);
  } catch {
    return false;
  }
}

/** The record of a file according to its footer, or why the file has to be imported. */
function readFooter(file: InputFile): InputRecord | NeedsImport {
  const { name, path, size } = file;
  try {
    if (!/\.parquet$/i.test(path)) throw new NeedsImport(textFormat(path));
    const layout = withFile(path, (read) => readLayout(read, size));
    return { ...emptyRecord(file), sources: [{ name, path, ...identityOf(file), layout }] };
  } catch (error) {
    if (!(error instanceof NeedsImport)) throw error;
    return error;
  }
}

/** Why a text file is imported. */
function textFormat(path: string): string {
  return /\.csv(\.\w+)?$/i.test(path) ? "CSV" : "JSON lines";
}

/** The name of the files that the tool keeps for an input file. */
export function inputId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 24);
}

/** How files are imported. */
export interface ImportOptions {
  /** Whether to write nothing. */
  dryRun: boolean;
  /** Threads for each file. */
  threads: number;
}

/**
 * Lets a worker import a file.
 *
 * @param why Why it can't be read as it is.
 * @returns Its new record; it has a failure if all rows were rejected.
 * @throws {Error} If it can't be read.
 */
export async function importInput(
  { name, path }: Pick<InputFile, "name" | "path">,
  why: string,
  record: InputRecord,
  pool: Pool,
  stateFolder: string,
  options: ImportOptions = { dryRun: false, threads: 1 },
): Promise<InputRecord> {
  const task = { kind: "import", name, path, stateFolder, id: inputId(name), ...options } as const;
  const { sources, rejected } = await pool.import(task);
  const imported = { ...record, imported: why, sources, rejected };
  const [[reason, count] = [], ...others] = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  if (sources.length > 0 || count === undefined) return imported;
  const rows = others.reduce((sum, [, count]) => sum + count, count);
  return { ...imported, failure: `has no reading: ${reason} (${count} of ${rows} rows)` };
}
