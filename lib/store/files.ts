/**
 * Replaces files atomically, so that a reader sees either the old or the new file whenever the
 * machine stops; and removes files.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { basename, dirname, join } from "node:path";
import { WriteError } from "../errors.ts";
import { failpoint } from "./failpoint.ts";
import { syncFiles, syncFolders } from "./sync.ts";

/** A file that is written, but not yet renamed to its path. */
export interface Staged {
  /** Where it is now. */
  tempPath: string;
  /** Where it belongs. */
  path: string;
}

/**
 * Makes a folder below `root`, if it does not exist yet.
 *
 * @returns The folders in which new ones were made, which have to be synced: see
 * {@linkcode commitFiles}.
 * @throws {Error} If a link is in the way, because it could lead anywhere.
 */
export function makeFolder(root: string, name: string): string[] {
  const dirsToSync: string[] = [];
  let path = root;
  Deno.mkdirSync(root, { recursive: true });
  for (const part of name.split("/").filter((part) => part !== "" && part !== ".")) {
    path = join(path, part);
    if (isRealFolder(path)) continue;
    try {
      Deno.mkdirSync(path);
    } catch (error) {
      // Another process was faster.
      if (error instanceof Deno.errors.AlreadyExists && isRealFolder(path)) continue;
      throw new WriteError(path, error);
    }
    dirsToSync.push(dirname(path));
  }
  return dirsToSync;
}

/** Whether a folder exists; throws if something else has its path. */
function isRealFolder(path: string): boolean {
  const info = lstatIfThere(path);
  if (info === null || info.isDirectory) return info !== null;
  throw new Error(
    `${path} is ${info.isSymlink ? "a link" : "not a folder"}: move it out of the way`,
  );
}

/** What is at a path, without following a link; null if there is nothing. */
function lstatIfThere(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new WriteError(path, error);
  }
}

/**
 * Writes a file into a staging folder, which must be on the file system where the file belongs.
 *
 * @param mayExist Whether the file may already exist. It is left alone if it has these bytes, and
 * its time is not in the future.
 * @returns Null if the file is left alone, and nothing was written.
 * @throws {WriteError} If it can't be written.
 */
export function stageFile(
  staging: string,
  path: string,
  bytes: Uint8Array,
  mayExist: boolean,
): Staged | null {
  if (mayExist && hasBytes(path, bytes)) return null;
  const tempPath = join(staging, crypto.randomUUID());
  try {
    Deno.writeFileSync(tempPath, bytes, { createNew: true });
  } catch (error) {
    removeIfThere(tempPath);
    throw new WriteError(path, error);
  }
  return { tempPath, path };
}

/**
 * Whether a path is a file, not a link, with exactly these bytes, and not from the future: such a
 * file would be newer than whatever is written after it.
 */
function hasBytes(path: string, bytes: Uint8Array): boolean {
  try {
    const { size, isFile, mtime } = Deno.lstatSync(path);
    if (!isFile || size !== bytes.length || mtime! > new Date()) return false;
    return Buffer.compare(Deno.readFileSync(path), bytes) === 0;
  } catch {
    return false; // if it can't be replaced either, committing it reports that
  }
}

/**
 * Renames staged files to their paths. All of them are on disk before the first is renamed, and all
 * names are on disk when the promise resolves.
 *
 * @param dirsToSync Folders in which new folders were made.
 */
export async function commitFiles(
  staged: readonly Staged[],
  dirsToSync: readonly string[] = [],
): Promise<void> {
  await syncFiles(staged.map(({ tempPath }) => tempPath));
  failpoint("files synced");
  for (const { tempPath, path } of staged) {
    try {
      Deno.renameSync(tempPath, path);
    } catch (error) {
      throw new WriteError(path, error);
    }
    failpoint("file renamed");
  }
  const folders = new Set([...dirsToSync, ...staged.map(({ path }) => dirname(path))]);
  await syncFolders([...folders], staged.length);
  failpoint("folders synced");
}

/**
 * Replaces one file of text below `root`, and makes sure that it is on disk. Its folder and the staging
 * folder are made if they do not exist.
 *
 * @param staging See {@linkcode stageFile}.
 * @param mayKeep Whether the file may be left alone if it has this text already.
 * @throws {WriteError} If it can't be written.
 * @throws {Error} If a link is in the way.
 */
export async function replaceFile(
  root: string,
  name: string,
  text: string,
  staging: string,
  mayKeep: boolean = true,
): Promise<void> {
  const dirsToSync = makeFolder(root, dirname(name));
  const path = join(root, name);
  try {
    Deno.mkdirSync(staging, { recursive: true });
    const staged = stageFile(staging, path, new TextEncoder().encode(text), mayKeep);
    await commitFiles(staged === null ? [] : [staged], dirsToSync);
  } catch (error) {
    throw error instanceof WriteError ? error : new WriteError(path, error);
  }
}

/** The entries of a folder; none if it does not exist. */
export function listFolder(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The entries of a folder; none if it may not be read, which writing there will report. */
export function listReadable(folder: string): Deno.DirEntry[] {
  try {
    return listFolder(folder);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}

/**
 * Makes a function that returns whether a relative name exists below `root`. It lists each folder
 * once, which is faster than asking for thousands of files that do not exist.
 */
export function createNameLookup(root: string): (name: string) => boolean {
  const folders = new Map<string, Set<string>>();
  return (name) => {
    const path = dirname(join(root, name));
    const list = () => new Set(listReadable(path).map(({ name }) => name));
    return folders.getOrInsertComputed(path, list).has(basename(name));
  };
}

/**
 * Removes a file unless it is gone already.
 *
 * @throws {WriteError} If it can't be removed.
 */
export function removeIfThere(path: string, options: Deno.RemoveOptions = {}): void {
  try {
    Deno.removeSync(path, options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new WriteError(path, error, "remove");
  }
}

/**
 * Removes a folder and all that is in it, unless it is gone already.
 *
 * @throws {WriteError} If it can't be removed.
 */
export function removeFolder(path: string): void {
  removeIfThere(path, { recursive: true });
}

/**
 * Removes files below `root`, and then the folders that became empty. Nothing is removed through a
 * link.
 */
export function removeFiles(root: string, names: Iterable<string>): void {
  const touched = new Set<string>();
  for (const name of names) {
    const folders = parents(name).map((folder) => join(root, folder));
    if (!folders.every((folder) => lstatIfThere(folder)?.isDirectory)) continue;
    removeIfThere(join(root, name));
    folders.forEach((folder) => touched.add(folder));
  }
  // The deepest first, so that a folder is empty when those in it are gone.
  for (const folder of [...touched].sort((a, b) => b.length - a.length)) {
    if (!removeEmpty(folder)) syncFolder(folder);
  }
}

/** Removes a folder if it is empty; it does no harm if that fails. */
function removeEmpty(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

function syncFolder(path: string): void {
  using folder = Deno.openSync(path);
  folder.syncSync();
}

/** Removes as much of a folder as possible; the rest does no harm. */
export function discardFolder(path: string): void {
  try {
    removeFolder(path);
  } catch { /* the next run tries again */ }
}

/** The folders that contain a relative name, the outermost first. */
function parents(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}
