/**
 * Reads bytes from the middle of a file.
 *
 * @module
 */

/**
 * Fills a buffer with the bytes of a file from an offset onwards, and returns it.
 *
 * @throws {Error} If the file ends before the buffer is full.
 */
export function readAt<Buffer extends Uint8Array>(
  file: Deno.FsFile,
  offset: number,
  into: Buffer,
): Buffer {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < into.length;) {
    const count = file.readSync(into.subarray(at));
    if (count === null) throw new Error("ends before the bytes that it promises");
    at += count;
  }
  return into;
}
