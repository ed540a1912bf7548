/**
 * Reads ranges of a file, and detects whether a file has changed.
 *
 * @module
 */
import { RetryableError } from "../errors.ts";
import { readAt, type ReadBytes, type ReadChunks } from "../telemetry/mod.ts";

/** What identifies the content of a file without reading it. */
export interface Identity {
  /** Its size in bytes. */
  size: number;
  /** When its content was last changed, in milliseconds since the epoch. */
  mtime: number;
  /**
   * When its content, name or mode last changed; this shows changes even if `mtime` was set back.
   */
  ctime: number;
  /** Its inode: a file that replaces another has a different one. */
  ino: number;
}

/** A short text that changes when the identity of a file does. */
export function fingerprint({ size, mtime, ctime, ino }: Identity): string {
  return `${size}-${mtime}-${ctime}-${ino}`;
}

/** The identity of a file that exists. */
export function identityOf(info: Deno.FileInfo): Identity {
  const { size, mtime, ctime, ino } = info;
  return { size, mtime: milliseconds(mtime), ctime: milliseconds(ctime), ino: ino ?? 0 };
}

/** A time that `Date` can't express, as broken file systems have, counts as the epoch. */
function milliseconds(date: Date | null): number {
  const time = date?.getTime() ?? 0;
  return Number.isFinite(time) ? time : 0;
}

/** Opens a file while `use` runs, and passes it a function that reads ranges of the file. */
export function withFile<T>(path: string, use: (read: ReadBytes) => T): T {
  using file = Deno.openSync(path);
  return use((offset, size) => readAt(file, offset, new Uint8Array(size)));
}

/** Room for the chunks of a file; it is reused, because allocating is slow. */
let room = new Uint8Array(1 << 17);

/**
 * Opens a file while `use` runs, and passes it a function that reads column chunks. The
 * chunks are views into one buffer, valid until the next read.
 *
 * @param source The file, with its identity when its footer was read.
 * @throws {RetryableError} If the file has changed since.
 */
export function withChunks<T>(
  source: Identity & { path: string },
  use: (read: ReadChunks) => T,
): T {
  using file = Deno.openSync(source.path);
  if (fingerprint(identityOf(file.statSync())) !== fingerprint(source)) {
    throw new RetryableError("changed during the run; the next run will read it again");
  }
  return use((chunks) => {
    const total = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    if (total > room.length) room = new Uint8Array(total * 2);
    let at = 0;
    return chunks.map(({ offset, size }) => readAt(file, offset, room.subarray(at, at += size)));
  });
}
