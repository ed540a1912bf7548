/**
 * Reads ranges of a file, and detects whether a file has changed.
 *
 * @module
 */
import { RetryableError } from "../errors.ts";

/** Reads some bytes of a file. */
export type ReadBytes = (offset: number, size: number) => Uint8Array<ArrayBuffer>;

/** A range of bytes. */
export interface ByteRange {
  /** The first byte, counted from the start of the file. */
  offset: number;
  /** How many bytes there are. */
  size: number;
}

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

function readFully(file: Deno.FsFile, offset: number, into: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < into.length;) {
    const count = file.readSync(into.subarray(at));
    if (count === null) throw new Error("ends before the bytes that it promises");
    at += count;
  }
}

/** Opens a file while `use` runs, and passes it a function that reads ranges of the file. */
export function withFile<T>(path: string, use: (read: ReadBytes) => T): T {
  using file = Deno.openSync(path);
  return use((offset, size) => {
    const bytes = new Uint8Array(size);
    readFully(file, offset, bytes);
    return bytes;
  });
}

/**
 * Opens a file while `use` runs, and passes it a function that reads column chunks.
 *
 * @param expected The identity of the file when its footer was read.
 * @param room A buffer that is reused; chunks are views into it, valid until the next read.
 * @throws {RetryableError} If the file has changed since.
 */
export function withChunks<T>(
  path: string,
  expected: Identity,
  room: { bytes: Uint8Array<ArrayBuffer> },
  use: (read: (chunks: readonly ByteRange[]) => Uint8Array<ArrayBuffer>[]) => T,
): T {
  using file = Deno.openSync(path);
  if (fingerprint(identityOf(file.statSync())) !== fingerprint(expected)) {
    throw new RetryableError("changed during the run; the next run will read it again");
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
