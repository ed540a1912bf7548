/**
 * Files: reading ranges of them, and putting whole ones in their place.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { ReadBytes } from "./layout.ts";
import type { Chunk } from "./pages.ts";

/** What tells that a file is still the one it was. */
export interface Identity {
  /** Its size in bytes. */
  size: number;
  /** When it was last changed, in milliseconds since the epoch. */
  mtime: number;
}

/** The identity of a file that exists. */
export function identityOf(info: Deno.FileInfo): Identity {
  return { size: info.size, mtime: info.mtime?.getTime() ?? 0 };
}

function readFully(file: Deno.FsFile, offset: number, into: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < into.length;) {
    const count = file.readSync(into.subarray(at));
    if (count === null) throw new Error("ends before the bytes that it promises");
    at += count;
  }
}

/** Opens a file for as long as `use` runs, which is given its size and a function to read it. */
export function withFile<T>(
  path: string,
  use: (read: ReadBytes, identity: Identity) => T,
): T {
  using file = Deno.openSync(path);
  const read: ReadBytes = (offset, size) => {
    const bytes = new Uint8Array(size);
    readFully(file, offset, bytes);
    return bytes;
  };
  return use(read, identityOf(file.statSync()));
}

/**
 * Reads the bytes of some column chunks.
 *
 * @param expected What the file was when the chunks were looked up.
 * @param room A buffer that is used again; the result points into it.
 * @throws {Error} If the file has changed since.
 */
export function readChunks(
  path: string,
  chunks: readonly Chunk[],
  expected: Identity,
  room: { bytes: Uint8Array<ArrayBuffer> },
): Uint8Array<ArrayBuffer>[] {
  using file = Deno.openSync(path);
  const { size, mtime } = identityOf(file.statSync());
  if (size !== expected.size || mtime !== expected.mtime) {
    throw new Error("changed while the run was on; the next run takes it as it is then");
  }
  const total = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  if (total > room.bytes.length) room.bytes = new Uint8Array(total * 2);
  let at = 0;
  return chunks.map(({ offset, size }) => {
    const bytes = room.bytes.subarray(at, at += size);
    readFully(file, offset, bytes);
    return bytes;
  });
}

/**
 * Puts a file in its place whole: a reader sees the old one or the new one. A file that already
 * has these bytes is left alone.
 *
 * @returns Whether anything was written.
 */
export function replaceFile(path: string, bytes: Uint8Array): boolean {
  if (hasBytes(path, bytes)) return false;
  const folder = dirname(path);
  const hidden = join(folder, `.${crypto.randomUUID()}.tmp`);
  const write = () => Deno.writeFileSync(hidden, bytes, { createNew: true });
  try {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(folder, { recursive: true });
      write();
    }
    Deno.renameSync(hidden, path);
  } catch (error) {
    removeIfThere(hidden);
    throw error;
  }
  return true;
}

function hasBytes(path: string, bytes: Uint8Array): boolean {
  try {
    if (Deno.statSync(path).size !== bytes.length) return false;
    const there = Deno.readFileSync(path);
    return there.every((byte, i) => byte === bytes[i]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
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

/** What is wrong with a file, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "is gone, or a link to nowhere";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read: permission denied";
  return error instanceof Error ? error.message : String(error);
}
