/**
 * Looks at new input files: which days they touch, and who reads them.
 *
 * @module
 */
import { createHash } from "node:crypto";
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
import type { RunEvent } from "./outcome.ts";
import { type Pool, PoolClosed } from "./pool.ts";
import { Progress } from "./progress.ts";
import { describeError, isRetryable, NeedsImport } from "../errors.ts";

/** What is known of the input files, and what is wrong with some of them. */
export interface Examined {
  /** Records of the input files by name. */
  inputs: Map<string, InputRecord>;
  /** Reasons by name. */
  problems: Map<string, string>;
  /** Whether another run may be able to read what this one could not. */
  retryLater: boolean;
}

/**
 * Looks at the footers of all files that are new or changed, and has those imported that are not in
 * the exporter's form.
 *
 * A file or folder that can't be reached just now keeps what is known of it, so that what was built
 * from it stays.
 *
 * @param stateFolder The folder for what is imported and for rejected rows.
 * @param options How to import.
 */
export async function examineInputs(
  files: readonly InputFile[],
  known: ReadonlyMap<string, InputRecord>,
  pool: Pool,
  stateFolder: string,
  options: ImportOptions,
  emit: (event: RunEvent) => void,
): Promise<Examined> {
  const [looks, imports] = [new Progress("look", emit), new Progress("import", emit)];
  looks.plan(files.length);
  const [inputs, problems] = [new Map<string, InputRecord>(), new Map<string, string>()];
  let retryLater = false;
  await Promise.all(files.map(async (file) => {
    looks.finish(file, 1);
    const before = known.get(file.name);
    if (file.failure !== undefined) {
      retryLater = true;
      problems.set(file.name, file.failure);
      const below = [...known].filter(([name]) =>
        name === file.name || name.startsWith(`${file.name}/`)
      );
      for (const [name, record] of below) inputs.set(name, record);
    } else if (before !== undefined && isCurrent(before, file)) inputs.set(file.name, before);
    else {
      try {
        const record = readFooter(file);
        if (!(record instanceof NeedsImport)) return void inputs.set(file.name, record);
        imports.plan(1);
        const [why, start] = [record.message, emptyRecord(file)];
        const imported = importInput(file, why, start, pool, stateFolder, options);
        inputs.set(file.name, await imported.finally(() => imports.finish(file, 1)));
      } catch (error) {
        if (error instanceof PoolClosed) throw error;
        const failure = describeError(error);
        problems.set(file.name, failure);
        retryLater ||= isRetryable(error);
        if (!isRetryable(error)) inputs.set(file.name, { ...emptyRecord(file), failure });
        else if (before !== undefined) inputs.set(file.name, before);
      }
    }
    const { failure } = inputs.get(file.name) ?? {};
    if (failure !== undefined) problems.set(file.name, failure);
  }));
  // In the order of their names, whichever was imported first.
  return { inputs: new Map([...inputs].sort(([a], [b]) => a < b ? -1 : 1)), problems, retryLater };
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

/** Room for a footer: reused, because allocating for each file takes longer than reading it. */
const footer = new Uint8Array(1 << 14);

/** What a file's footer says, or why the file has to be imported. */
function readFooter(file: InputFile): InputRecord | NeedsImport {
  const { name, path, size } = file;
  try {
    if (!/\.parquet$/i.test(path)) throw new NeedsImport(textFormat(path));
    const layout = withFile(path, (read) => readLayout(read, size), footer);
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

/** The name under which the tool keeps what belongs to an input file. */
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
 * Has a file imported.
 *
 * @param why Why it can't be read as it is.
 * @returns Its new record; a file none of whose rows is a reading has failed.
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
