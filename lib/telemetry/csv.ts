/**
 * CSV files of any size in parts: whole records behind the header, so that memory stays bounded
 * and every part can be parsed alone.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** About how many bytes a part has. */
const PART = 16 << 20;
/** A record can't be longer than this; a quote that is never closed would swallow the file. */
const LONGEST_RECORD = 256 << 20;
const QUOTE = 34, NEWLINE = 10;

/**
 * Reads a CSV file, unpacking it if its name ends in `.gz`.
 *
 * @returns Parts of the file, each with the header line and ending behind a record.
 * @throws {Error} If the file can't be read or unpacked.
 */
export async function* csvParts(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  // Node's, since it also takes files of several members, as `cat a.gz b.gz` makes them.
  const bytes: AsyncIterable<Uint8Array> = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => (bytes as typeof file).destroy(error));
  let header: Uint8Array | null = null;
  let held = new Uint8Array(1 << 20);
  // Where the held bytes end, how far they were looked at, and the last record's end in them.
  let [length, seen, end] = [0, 0, 0];
  let [quoted, parted] = [false, false];
  for await (const chunk of bytes) {
    if (length + chunk.length > held.length) {
      if (length > LONGEST_RECORD) throw new Error("has a record of more than 256 MB");
      const larger = new Uint8Array((length + chunk.length) * 2);
      larger.set(held.subarray(0, length));
      held = larger;
    }
    held.set(chunk, length);
    length += chunk.length;
    for (; seen < length; seen++) {
      if (held[seen] === QUOTE) quoted = !quoted;
      else if (held[seen] === NEWLINE && !quoted) {
        end = seen + 1;
        header ??= held.slice(0, end);
      }
    }
    if (header !== null && length > PART && end > header.length) {
      yield held.slice(0, end);
      parted = true;
      // What is left of the next record moves behind the header.
      const rest = held.slice(end, length);
      held.set(header);
      held.set(rest, header.length);
      length = header.length + rest.length;
      [seen, end] = [length, header.length];
    }
  }
  if (length === 0) throw new Error("is empty");
  if (!parted || length > header!.length) yield held.slice(0, length);
}
