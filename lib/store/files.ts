/**
 * Files: reading ranges of them, and putting whole ones in their place so that a reader sees the
 * old one or the new one, whenever the machine stops.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { TemporaryError } from "../errors.ts";
import { step } from "./failpoint.ts";
import { syncFiles, syncFolders } from "./sync.ts";

/** Reads some bytes of a file. */
export type ReadBytes = (offset: number, size: number) => Uint8Array<ArrayBuffer>;

/** A range of bytes. */
export interface ByteRange {
  /** The first byte, counted from the start of the file. */
  offset: number;
  /** How many bytes there are. */
  size: number;
}

/** What tells that a file is still the one it was. */
export interface Identity {
  /** Its size in bytes. */
  size: number;
  /** When it was last changed, in milliseconds since the epoch. */
  mtime: number;
  /** When it, its name or its rights were last changed: a copied or reset `mtime` does not fool it. */
  ctime: number;
}

/** A short text that changes when a file does. */
export function fingerprint({ size, mtime, ctime }: Identity): string {
  return `${size}-${mtime}-${ctime}`;
}

/** The identity of a file that exists. */
export function identityOf(info: Deno.FileInfo): Identity {
  const { size, mtime, ctime } = info;
  return { size, mtime: mtime?.getTime() ?? 0, ctime: ctime?.getTime() ?? 0 };
}

function readFully(file: Deno.FsFile, offset: number, into: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < into.length;) {
    const count = file.readSync(into.subarray(at));
    if (count === null) throw new Error("ends before the bytes that it promises");
    at += count;
  }
}

/**
 * Opens a file for as long as `use` runs, which is given a function to read it, and one that tells
 * its identity.
 *
 * @param room A buffer for what fits into it; the bytes are valid until the next are read.
 */
export function withFile<T>(
  path: string,
  use: (read: ReadBytes, identity: () => Identity) => T,
  room?: Uint8Array<ArrayBuffer>,
): T {
  using file = Deno.openSync(path);
  const read: ReadBytes = (offset, size) => {
    const fits = room !== undefined && size <= room.length;
    const bytes = fits ? room.subarray(0, size) : new Uint8Array(size);
    readFully(file, offset, bytes);
    return bytes;
  };
  return use(read, () => identityOf(file.statSync()));
}

/**
 * Opens a file for as long as `use` runs, which is given a function to read column chunks.
 *
 * @param expected What the file was when the chunks were looked up.
 * @param room A buffer that is used again; the chunks point into it until the next are read.
 * @throws {Error} If the file has changed since.
 */
export function withChunks<T>(
  path: string,
  expected: Identity,
  room: { bytes: Uint8Array<ArrayBuffer> },
  use: (read: (chunks: readonly ByteRange[]) => Uint8Array<ArrayBuffer>[]) => T,
): T {
  using file = Deno.openSync(path);
  if (fingerprint(identityOf(file.statSync())) !== fingerprint(expected)) {
    throw new TemporaryError("changed while the run was on; the next run takes it as it is then");
  }
  return use((chunks) => {
    const total = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    if (total > room.bytes.length) room.bytes = new Uint8Array(total * 2);
    let at = 0;
    return chunks.map(({ offset, size }) => {
      const bytes = room.bytes.subarray(at, at += size);
      readFully(file, offset, bytes);
      return bytes;
    });
  });
}

/** A file that is written under a hidden name beside its place. */
export interface Staged {
  /** Where it is. */
  hidden: string;
  /** Where it belongs. */
  path: string;
}

/** Hidden names look like this; what a dead run leaves behind is told by it. */
const HIDDEN = /^\.[0-9a-f-]{36}\.hourgrid$/;

/**
 * Makes a folder below `root`, if it is not there yet.
 *
 * @returns The folders in which a new one has to be synced: see {@linkcode commitFiles}.
 * @throws {Error} If a link stands in the way: it could lead anywhere.
 */
export function makeFolder(root: string, name: string): string[] {
  const changed: string[] = [];
  let path = root;
  Deno.mkdirSync(root, { recursive: true });
  for (const part of name.split("/").filter((part) => part !== "" && part !== ".")) {
    path = join(path, part);
    if (isRealFolder(path)) continue;
    try {
      Deno.mkdirSync(path);
    } catch (error) {
      // Another worker was faster.
      if (!(error instanceof Deno.errors.AlreadyExists) || !isRealFolder(path)) throw error;
    }
    changed.push(dirname(path));
  }
  return changed;
}

/** Whether there is a folder; throws if something else is there. */
function isRealFolder(path: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  if (!info.isDirectory) {
    throw new Error(
      `${path} is ${info.isSymlink ? "a link" : "no folder"}: move it out of the way`,
    );
  }
  return true;
}

/**
 * Writes a file under a hidden name, in a folder that is there.
 *
 * @param there Whether there may be such a file already.
 * @returns Null if the file already has these bytes, and nothing was written.
 */
export function stageFile(path: string, bytes: Uint8Array, there: boolean = true): Staged | null {
  if (there && hasBytes(path, bytes)) return null;
  const hidden = join(dirname(path), `.${crypto.randomUUID()}.hourgrid`);
  try {
    Deno.writeFileSync(hidden, bytes, { createNew: true });
  } catch (error) {
    removeIfThere(hidden);
    throw error;
  }
  return { hidden, path };
}

/** Whether a file, and no link, has just these bytes. */
function hasBytes(path: string, bytes: Uint8Array): boolean {
  try {
    const { size, isFile } = Deno.lstatSync(path);
    if (!isFile || size !== bytes.length) return false;
    return Buffer.compare(Deno.readFileSync(path), bytes) === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Puts staged files in their place: all of them are on disk before the first is renamed, and all
 * names are on disk when this is done.
 *
 * @param changed Other folders to be synced.
 */
export async function commitFiles(
  staged: readonly Staged[],
  changed: readonly string[] = [],
): Promise<void> {
  await syncFiles(staged.map(({ hidden }) => hidden));
  step("files synced");
  for (const { hidden, path } of staged) {
    Deno.renameSync(hidden, path);
    step("file renamed");
  }
  const folders = new Set([...changed, ...staged.map(({ path }) => dirname(path))]);
  await syncFolders([...folders], staged.length);
  step("folders synced");
}

function syncFolder(path: string): void {
  using folder = Deno.openSync(path);
  folder.syncSync();
}

/** Replaces one file, and makes sure that it is on disk. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  changed: readonly string[] = [],
): Promise<void> {
  const staged = stageFile(path, bytes);
  await commitFiles(staged === null ? [] : [staged], changed);
}

/**
 * Removes what dead runs left in a folder under hidden names.
 *
 * @returns The names of all else in it.
 */
export function sweepFolder(folder: string): Set<string> {
  const others = new Set<string>();
  for (const { name } of listFolder(folder)) {
    if (HIDDEN.test(name)) removeIfThere(join(folder, name));
    else others.add(name);
  }
  return others;
}

/** The entries of a folder; none if it is not there. */
export function listFolder(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Removes a file unless it is gone already. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a folder and all that is in it, unless it is gone already. */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Removes hour files below `root`, and the folders that are empty then. Nothing is removed through
 * a link.
 */
export function removeFiles(root: string, names: Iterable<string>): void {
  const touched = new Set<string>();
  for (const name of names) {
    const folders = parents(name);
    if (folders.some((folder) => !isPlain(join(root, folder)))) continue;
    removeIfThere(join(root, name));
    folders.forEach((folder) => touched.add(folder));
  }
  // The deepest first: a folder is empty when those in it are gone.
  for (const folder of [...touched].sort((a, b) => b.length - a.length)) {
    const path = join(root, folder);
    if (sweepFolder(path).size === 0) Deno.removeSync(path);
    else syncFolder(path);
  }
}

/** The folders that a relative name lies in, the outermost first. */
function parents(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

function isPlain(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
