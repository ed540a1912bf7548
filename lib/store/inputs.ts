/**
 * Finds the input files, and keeps input and output apart.
 *
 * @module
 */
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { globRoot, isGlob, statOrNull, type Visitor, walkFolder, walkGlob } from "./glob.ts";
import { fingerprint, type Identity, identityOf } from "./read.ts";
import { STATE_FOLDER } from "./state_folder.ts";
import { isOurs } from "./suspects.ts";
import { dayOfHourFile } from "../hours/mod.ts";
import { formatOf } from "../telemetry/mod.ts";
import { describeError, UsageError } from "../errors.ts";

/** An input file, or a folder or file that can't be examined, with a `failure`. */
export interface InputFile extends Identity {
  /** Its path relative to the input folder, with `/` between the parts. */
  name: string;
  /** Its path. */
  path: string;
  /** Why it can't be read, if it can't. */
  failure?: string;
  /** Whether it is being written: its record is kept, and its days are not built yet. */
  isGrowing?: boolean;
}

const NOTHING: Identity = { size: 0, mtime: 0, ctime: 0, ino: 0 };
const KINDS = "day file (.parquet, .csv or .jsonl)";
/** What to do about files of some kinds that are not read. */
const UNREAD: readonly [endings: RegExp, way: string][] = [
  [/^hour files$/, "a run made them from day files"],
  [/^\.(zip|tar|tgz|7z|rar)$/, "unpack it first"],
  [/^\.xlsx?$/, "save the sheet as CSV"],
  [/^\.(tsv|tab)$/, "rename it to .csv: its fields may be separated by tabs"],
  [/^\.json$/, "rename it to .jsonl if each line is an object"],
];

/** The ending of a file that is not read, and what to do about it, if anything. */
export function describeKind(ending: string): string {
  const [, way] = UNREAD.find(([pattern]) => pattern.test(ending)) ?? [];
  return way === undefined ? ending : `${ending} (${way})`;
}

/** What a search for input files found. */
export interface FoundInputs {
  /** The input files by name. */
  files: InputFile[];
  /** How many files of other kinds there are, by the ending of the name; hour files are one kind. */
  otherFiles: Record<string, number>;
}

/**
 * Finds the input files: those in a folder at any depth, the matches of a glob, or a single file.
 * Names that begin with `.` or `_` are skipped.
 *
 * @param inputs Folders, files and globs. Files are named relative to the folder that contains all
 * of them, so that files with the same name in different folders are distinguished.
 * @throws {UsageError} If an input does not exist, or can't be searched.
 */
export function findInputs(...inputs: string[]): FoundInputs {
  const found: FoundInputs = { files: [], otherFiles: {} };
  const [root, ...otherRoots] = inputs.map(baseOf);
  const base = otherRoots.length === 0 ? root! : [root!, ...otherRoots].reduce(commonFolder);
  for (const input of inputs) {
    const name = relative(base, baseOf(input)).replaceAll("\\", "/");
    findIn(input, name === "" ? "" : `${name}/`, found);
  }
  const byName = new Map<string, InputFile>();
  for (const file of found.files) {
    let { name } = file;
    // Different names that are not UTF-8 may look the same.
    for (let i = 2; name.includes("\\xNN") && byName.has(name); i++) name = `${file.name} (${i})`;
    byName.set(name, { ...file, name });
  }
  found.files = [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  return found;
}

/**
 * Refuses to run without an input file.
 *
 * @throws {UsageError} If none was found.
 */
export function refuseEmpty(inputs: readonly string[], { files, otherFiles }: FoundInputs): void {
  if (files.length > 0) return;
  const kinds = Object.keys(otherFiles).sort().slice(0, 5).map(describeKind).join(", ");
  const others = kinds === "" ? "" : `, only files of other kinds: ${kinds}`;
  const what = infoOf(inputs[0]!)?.isFile
    ? `is not a ${KINDS}: ${kinds}`
    : `holds no ${KINDS}${others}`;
  throw new UsageError(`--input ${inputs.join(" ")} ${what}`);
}

function findIn(input: string, prefix: string, found: FoundInputs): void {
  const visitor: Visitor = {
    onFile: (path, name) => add(path, prefix + name, found),
    onFailure(path, name, error) {
      if (path === input) {
        throw new UsageError(`--input ${input} can't be searched: ${describeError(error)}`);
      }
      found.files.push(unusable(path, prefix + name, error));
    },
  };
  const info = infoOf(input);
  if (info?.isDirectory) {
    if (statOrNull(join(input, STATE_FOLDER, "days")) !== null) {
      throw new UsageError(
        `--input ${input} holds ${STATE_FOLDER}/, so it is what a run wrote: did you swap --input and ` +
          `--output? If there are day files in it too, give --input "${join(input, "**/*")}"`,
      );
    }
    walkFolder(input, visitor);
  } else if (info !== null) visitor.onFile(input, basename(input));
  else if (isGlob(input)) walkGlob(input, visitor);
  else throw new UsageError(`--input ${input} does not exist${hintFor(input)}`);
}

/** Guesses what was meant by a path that does not exist. */
function hintFor(input: string): string {
  if (input.startsWith("~")) return ": a shell replaces ~ only outside quotes";
  const [, drive, rest] = /^([A-Za-z]):[\\/]?(.*)$/.exec(input) ?? [];
  if (drive === undefined || Deno.build.os === "windows") return "";
  const path = `/mnt/${drive.toLowerCase()}/${rest!.replaceAll("\\", "/")}`;
  return `: it is a Windows path, which WSL calls ${path}`;
}

/** Adds a file, or counts it if it is of another kind. */
function add(path: string, name: string, { files, otherFiles }: FoundInputs): void {
  const file = formatOf(path) === null ? null : inputFile(path, name);
  const isHour = file !== null && isHourFile(file);
  if (file !== null && !isHour) {
    files.push(file);
    return;
  }
  const ending = isHour ? "hour files" : extname(path).toLowerCase() || "no ending";
  otherFiles[ending] = (otherFiles[ending] ?? 0) + 1;
}

/** Whether files are ours, by path and fingerprint: with `--watch`, they are found every second. */
const ours = new Map<string, boolean>();

/** Whether a file is an hour file, by its last folders and its content. */
function isHourFile(file: InputFile): boolean {
  const path = resolve(file.path);
  if (dayOfHourFile(path.split(sep).slice(-5).join("/")) === null) return false;
  return ours.getOrInsertComputed(`${path} ${fingerprint(file)}`, () => isOurs(path));
}

/**
 * The file information of an input; null if it does not exist.
 *
 * @throws {UsageError} If it may not be read.
 */
function infoOf(input: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(input);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw new UsageError(`--input ${input} can't be read: ${describeError(error)}`);
  }
}

/** The folder that an input's names are relative to. */
function baseOf(input: string): string {
  const info = infoOf(input);
  if (info === null) return globRoot(input);
  return info.isDirectory ? input : dirname(input);
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [resolve(a).split(sep), resolve(b).split(sep)];
  const end = left.findIndex((part, i) => part !== right[i]);
  return left.slice(0, end < 0 ? undefined : end).join(sep) || sep;
}

function inputFile(path: string, name: string): InputFile {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile) throw new Error("is neither a file nor a folder");
    return { name, path, ...identityOf(info) };
  } catch (error) {
    return unusable(path, name, error);
  }
}

/**
 * An input that can't be examined. Deno replaces bytes that are not UTF-8 by U+FFFD, and then can't
 * open the file.
 */
function unusable(path: string, name: string, error: unknown): InputFile {
  const file = { name, path, ...NOTHING, failure: describeError(error, path) };
  if (!(error instanceof Deno.errors.NotFound && name.includes("\ufffd"))) return file;
  const failure = "has a name that is not UTF-8: rename it";
  return { ...file, name: name.replaceAll("\ufffd", "\\xNN"), failure };
}

/**
 * Checks that the output is a folder, and neither contains an input nor is inside one.
 *
 * @param inputs Folders, files and globs.
 * @throws {UsageError} If it is not a folder, or overlaps an input.
 */
export function checkOutput(inputs: readonly string[], output: string): void {
  const info = statOrNull(output);
  if (info !== null && !info.isDirectory) {
    throw new UsageError(`--output ${output} is not a folder`);
  }
  const to = realPath(output);
  const within = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
  for (const path of inputs) {
    const from = realPath(rootOf(path));
    if (within(from, to) || within(to, from)) {
      throw new UsageError(
        `--output ${output} is, holds or lies in --input ${path}: give a folder beside it`,
      );
    }
  }
}

/**
 * Whether any folder, file or glob is below `/dev`, for example in `/dev/shm`: Deno requires all
 * permissions to read or write there.
 */
export function isBelowDev(paths: readonly string[]): boolean {
  return paths.some((path) => /^\/dev\//.test(realPath(rootOf(path))));
}

/** An input itself, or the folder that contains all matches of a glob. */
function rootOf(input: string): string {
  return statOrNull(input) === null ? globRoot(input) : input;
}

/** The real path of something that may not exist: resolves its nearest existing folder. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return Deno.realPathSync(full);
  } catch {
    return full === dirname(full) ? full : join(realPath(dirname(full)), basename(full));
  }
}
