/**
 * Reading: ranges of a file, and how to tell that a file is still the one it was.
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
   * When it, its name or its mode were last changed: a copied or reset `mtime` does not fool it.
   */
  ctime: number;
  /** Its inode: a file that replaces another has a different one. */
  ino: number;
}

/** A short text that changes when a file does. */
export function fingerprint({ size, mtime, ctime, ino }: Identity): string {
  return `${size}-${mtime}-${ctime}-${ino}`;
}

/** The identity of a file that exists. */
export function identityOf(info: Deno.FileInfo): Identity {
  const { size, mtime, ctime, ino } = info;
  return { size, mtime: milliseconds(mtime), ctime: milliseconds(ctime), ino: ino ?? 0 };
}

/** A time that dates can't express (a broken file system has some) counts as the epoch. */
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

/**
 * Opens a file for as long as `use` runs, which is given a function to read it, and one that
 * returns its identity.
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
    throw new RetryableError("changed during the run; the next run takes it as it is then");
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
