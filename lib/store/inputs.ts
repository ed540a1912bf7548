/**
 * Finds the input files, and keeps input and output apart.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { type Identity, identityOf } from "./files.ts";
import { reasonOf, UsageError } from "../errors.ts";

/** An input file or folder; `failure` says why it can't even be looked at. */
export interface InputFile extends Identity {
  /** Its path relative to the input folder, with `/` between the parts. */
  name: string;
  /** Its path. */
  path: string;
  /** Why it can't be read, if so. */
  failure?: string;
}

const NOTHING: Identity = { size: 0, mtime: 0, ctime: 0 };
const INPUT = /\.(parquet|csv|csv\.gz)$/i;
const KINDS = ".parquet, .csv or .csv.gz file";

/**
 * Finds the input files: of a folder at every depth, of a glob, or the one that is named. Names
 * that begin with `.` or `_` are passed over.
 *
 * @returns The files by name.
 * @throws {UsageError} If there are none.
 */
export function findInputs(input: string): InputFile[] {
  const found: InputFile[] = [];
  const info = statOrNull(input);
  if (info?.isDirectory) {
    try {
      walk(input, "", found, new Set());
    } catch (error) {
      throw new UsageError(`--input ${input} can't be searched: ${reasonOf(error)}`);
    }
  } else if (info !== null) {
    if (!INPUT.test(input)) throw new UsageError(`--input ${input} is no ${KINDS}`);
    found.push(inputFile(input, basename(input)));
  } else {
    if (!/[*?[{]/.test(input)) throw new UsageError(`--input ${input} does not exist`);
    const root = globRoot(input);
    // Most runs name a folder, and what globs takes a while to load.
    for (const path of process.getBuiltinModule("node:fs").globSync(input)) {
      const name = relative(root, path).replaceAll("\\", "/");
      const hidden = name.split("/").some((part) => /^[._]/.test(part));
      if (hidden || statOrNull(path)?.isDirectory || !INPUT.test(path)) continue;
      found.push(inputFile(path, name));
    }
  }
  if (found.length === 0) throw new UsageError(`--input ${input} holds no ${KINDS}`);
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** A folder or file itself, or the folder that all matches of a glob lie in. */
function rootOf(input: string): string {
  return statOrNull(input) === null ? globRoot(input) : input;
}

function globRoot(pattern: string): string {
  const parts = pattern.split("/");
  const root = parts.slice(0, parts.findIndex((part) => /[*?[{]/.test(part))).join("/");
  return root || (pattern.startsWith("/") ? "/" : ".");
}

function walk(folder: string, prefix: string, found: InputFile[], above: Set<string>): void {
  const real = Deno.realPathSync(folder);
  if (above.has(real)) return; // a link that leads back
  const path = new Set(above).add(real);
  for (const entry of Deno.readDirSync(folder)) {
    if (/^[._]/.test(entry.name)) continue;
    const [full, name] = [join(folder, entry.name), prefix + entry.name];
    const isFolder = entry.isSymlink ? statOrNull(full)?.isDirectory : entry.isDirectory;
    if (isFolder) {
      try {
        walk(full, `${name}/`, found, path);
      } catch (error) {
        found.push({ name, path: full, ...NOTHING, failure: reasonOf(error) });
      }
    } else if (INPUT.test(entry.name)) found.push(inputFile(full, name));
  }
}

function inputFile(path: string, name: string): InputFile {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile) throw new Error("is neither a file nor a folder");
    return { name, path, ...identityOf(info) };
  } catch (error) {
    return { name, path, ...NOTHING, failure: reasonOf(error) };
  }
}

function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}

/**
 * Refuses an output folder that is, holds or lies in the input folder, or that is no folder.
 *
 * @throws {UsageError} If it does.
 */
export function checkOutput({ input, output }: { input: string; output: string }): void {
  const info = statOrNull(output);
  if (info !== null && !info.isDirectory) throw new UsageError(`--output ${output} is no folder`);
  const from = realPath(rootOf(input));
  const to = realPath(output);
  const within = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
  if (within(from, to) || within(to, from)) {
    throw new UsageError(
      `--output ${output} is, holds or lies in --input ${input}: give a folder beside it`,
    );
  }
}

/**
 * Whether input or output lie below `/dev`, as `/dev/shm` does: there Deno lets only those read and
 * write who may do everything.
 */
export function isSpecial({ input, output }: { input: string; output: string }): boolean {
  return [rootOf(input), output].some((path) => /^\/dev\//.test(realPath(path)));
}

/** The real path of what may not exist yet: that of the nearest folder that does, and the rest. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return Deno.realPathSync(full);
  } catch {
    return full === dirname(full) ? full : join(realPath(dirname(full)), basename(full));
  }
}
