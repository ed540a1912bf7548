/**
 * Snappy compression. Most pages of an hour file have less than 100 bytes. For each page, the
 * compressor of hyparquet-writer allocates a buffer and clears a table, and that of hysnappy copies
 * the bytes to WebAssembly and back: a run of many days takes about 10 % longer with the former and
 * 7 % with the latter (see docs/performance.md).
 *
 * Format: github.com/google/snappy, format_description.txt.
 *
 * @module
 */
import type { ByteWriter } from "./byte_writer.ts";

const HASH_BITS = 12;
/** The last position of each four bytes, by their hash. */
const table = new Int32Array(1 << HASH_BITS);
/** Added to the positions of this page: lower entries are old, so the table need not be cleared. */
let base = 1;

/** How far back a copy may reach. */
const MAX_OFFSET = 1 << 16;

/**
 * Compresses bytes, and appends the result to `out`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { snappyUncompress } from "hyparquet";
 * import { ByteWriter } from "./byte_writer.ts";
 * import { snappyCompress } from "./snappy.ts";
 * const [out, uncompressed] = [new ByteWriter(), new Uint8Array(1000)];
 * snappyCompress(out, new Uint8Array(1000).fill(7));
 * snappyUncompress(out.getBytes(), uncompressed);
 * assert.ok(out.length < 60 && uncompressed.every((byte) => byte === 7));
 * ```
 */
export function snappyCompress(out: ByteWriter, bytes: Uint8Array<ArrayBuffer>): void {
  const { length } = bytes;
  out.appendVarInt(length);
  if (base > 2 ** 30) {
    table.fill(0);
    base = 1;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let position = 0; position < length;) {
    const start = findMatch(view, position);
    if (start > position) writeLiteral(out, bytes, position, start);
    if (start === length) break;
    position = endOfMatch(bytes, start, match);
    writeCopies(out, start - match, position - start);
  }
  base += length;
}

/** The earlier position of the four bytes that the last call of {@linkcode findMatch} found. */
let match = 0;

/** The next position whose four bytes also occur earlier, at `match`; the end if there is none. */
function findMatch(view: DataView<ArrayBuffer>, from: number): number {
  const end = view.byteLength;
  for (let position = from; position + 4 <= end; position++) {
    const four = view.getInt32(position, true);
    const slot = Math.imul(four, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[slot]! - base;
    table[slot] = base + position;
    const isNear = candidate >= 0 && position - candidate < MAX_OFFSET;
    if (isNear && view.getInt32(candidate, true) === four) {
      match = candidate;
      return position;
    }
  }
  return end;
}

function endOfMatch(bytes: Uint8Array, start: number, match: number): number {
  let end = start + 4;
  while (end < bytes.length && bytes[end] === bytes[match + end - start]) end++;
  return end;
}

function writeLiteral(out: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  const last = to - from - 1;
  if (last < 60) out.appendUint8(last << 2);
  else {
    const size = last < 256 ? 1 : last < 65_536 ? 2 : last < 16_777_216 ? 3 : 4;
    out.appendUint8((59 + size) << 2);
    for (let i = 0; i < size; i++) out.appendUint8((last >>> (8 * i)) & 255);
  }
  if (last > 100) return out.appendBytes(bytes.subarray(from, to));
  out.ensure(last + 1); // a loop is faster than `set` for few bytes
  for (let i = from; i < to; i++) out.buffer[out.length + i - from] = bytes[i]!;
  out.length += last + 1;
}

/**
 * Writes a copy as elements of at most 64 bytes; a short and near one takes two bytes, not three.
 */
function writeCopies(out: ByteWriter, offset: number, length: number): void {
  for (let left = length; left > 0;) {
    const count = Math.min(left, 64);
    if (count >= 4 && count < 12 && offset < 2048) {
      out.appendUint8(((offset >>> 8) << 5) | ((count - 4) << 2) | 1);
      out.appendUint8(offset & 255);
    } else {
      out.appendUint8(((count - 1) << 2) | 2);
      out.appendUint8(offset & 255);
      out.appendUint8(offset >>> 8);
    }
    left -= count;
  }
}
