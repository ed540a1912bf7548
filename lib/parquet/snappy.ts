/**
 * Snappy compression into a sink. An hour file has some 90 pages of mostly less than 100 bytes: the
 * library's compressor spends more on its buffers than on them.
 *
 * Format: github.com/google/snappy, format_description.txt.
 *
 * @module
 */
import { putByte, putBytes, putVarint, reserve, type Sink } from "./byte_writer.ts";

/** Matches are looked for by a hash of the next four bytes. */
const HASH_BITS = 12;
const table = new Int32Array(1 << HASH_BITS);
/** A position in the table counts from here, so that it need not be cleared for every page. */
let base = 1;

/** How far back a copy may reach. */
const REACH = 1 << 16;

/**
 * Writes compressed bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { snappyUncompress } from "hyparquet";
 * import { sink, written } from "./byte_writer.ts";
 * import { putSnappy } from "./snappy.ts";
 * const [out, again] = [sink(), new Uint8Array(1000)];
 * putSnappy(out, new Uint8Array(1000));
 * snappyUncompress(written(out), again);
 * assert.ok(out.at < 60 && again.every((byte) => byte === 0));
 * ```
 */
export function putSnappy(out: Sink, bytes: Uint8Array<ArrayBuffer>): void {
  const { length } = bytes;
  putVarint(out, length);
  if (base > 2 ** 30) {
    table.fill(0);
    base = 1;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let literal = 0; literal < length;) {
    const at = nextMatch(view, literal);
    if (at > literal) putLiteral(out, bytes, literal, at);
    literal = at;
    if (at === length) break;
    const end = endOfMatch(bytes, at, match);
    putCopies(out, at - match, end - at);
    literal = end;
  }
  base += length;
}

/** Where the last match that was found begins. */
let match = 0;

/** The next place that has the same four bytes as an earlier one, which `match` then is. */
function nextMatch(view: DataView<ArrayBuffer>, from: number): number {
  const end = view.byteLength;
  for (let at = from; at + 4 <= end; at++) {
    const four = view.getInt32(at, true);
    const slot = Math.imul(four, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[slot]! - base;
    table[slot] = base + at;
    const isNear = candidate >= 0 && at - candidate < REACH;
    if (isNear && view.getInt32(candidate, true) === four) {
      match = candidate;
      return at;
    }
  }
  return end;
}

function endOfMatch(bytes: Uint8Array, at: number, match: number): number {
  let end = at + 4;
  while (end < bytes.length && bytes[end] === bytes[match + end - at]) end++;
  return end;
}

function putLiteral(out: Sink, bytes: Uint8Array, from: number, to: number): void {
  const last = to - from - 1;
  if (last < 60) putByte(out, last << 2);
  else {
    const size = last < 256 ? 1 : last < 65_536 ? 2 : last < 16_777_216 ? 3 : 4;
    putByte(out, (59 + size) << 2);
    for (let i = 0; i < size; i++) putByte(out, (last >>> (8 * i)) & 255);
  }
  if (last > 100) return putBytes(out, bytes.subarray(from, to));
  reserve(out, last + 1); // few bytes cost less one by one
  for (let i = from; i < to; i++) out.bytes[out.at + i - from] = bytes[i]!;
  out.at += last + 1;
}

/** Writes a copy as elements of at most 64 bytes. */
function putCopies(out: Sink, offset: number, length: number): void {
  reserve(out, 3 * Math.ceil(length / 64));
  for (let left = length; left > 0;) {
    const count = Math.min(left, 64);
    putByte(out, ((count - 1) << 2) | 2);
    putByte(out, offset & 255);
    putByte(out, offset >>> 8);
    left -= count;
  }
}
