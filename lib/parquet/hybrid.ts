/**
 * Parquet's hybrid of run-length encoding and bit-packing, which stores levels and dictionary codes.
 *
 * @module
 */
import type { ByteWriter } from "./byte_writer.ts";
import { NeedsImport } from "../errors.ts";

/**
 * A wider code that begins in the middle of a byte may not fit into the four bytes that are read.
 */
const MAX_BITS = 24;

/** Levels or codes in the hybrid encoding, which are read run by run. */
export class Hybrid {
  /**
   * Begins at the run at `at`.
   *
   * @param page The bytes.
   * @param at Where the next run begins.
   * @param end Where the last run ends.
   * @param width Bits per level or code.
   */
  constructor(
    readonly page: Uint8Array<ArrayBuffer>,
    public at: number,
    readonly end: number,
    readonly width: number,
  ) {}

  /**
   * Reads the number at the start of a run, and moves `at` after it. Its lowest bit says whether
   * the run is bit-packed, the other bits how long it is.
   */
  header(): number {
    const { page, end } = this;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= end) throw new Error("a page ends within a run");
      const byte = page[this.at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw new Error("a run's length of more than 32 bits");
  }
}

/** How many bits the codes below `count` need; at least one. */
export function bitWidth(count: number): number {
  return Math.max(1, 32 - Math.clz32(count - 1));
}

/**
 * Whether every value is present: whether the definition levels are RLE runs of the highest one.
 */
export function areAllPresent(levels: Hybrid, count: number, maxLevel: number): boolean {
  const { page, end } = levels;
  for (let seen = 0; seen < count; levels.at++) {
    const header = levels.header();
    if (levels.at >= end) throw new Error("a page ends within its levels");
    if ((header & 1) === 1 || page[levels.at] !== maxLevel) return false;
    const length = header >>> 1;
    if (length > count - seen) throw tooLong(length, count - seen);
    seen += length;
  }
  return true;
}

function tooLong(length: number, left: number): Error {
  return new Error(`a run of ${length} where ${left} are left`);
}

/** The codes that follow their width at `at`, up to the end of the page. */
export function codesAt(page: Uint8Array<ArrayBuffer>, at: number): Hybrid {
  const width = page[at];
  if (width === undefined) throw new Error("a page ends before its codes");
  if (width > MAX_BITS) throw new NeedsImport(`codes of ${width} bits`);
  return new Hybrid(page, at + 1, page.length, width);
}

/**
 * Reads codes, and stores the id of each.
 *
 * @param count How many codes to read.
 * @param ids The id of each code, at least 0. Every code must be below its length.
 * @param out Receives the ids from `filled` on.
 */
export function readCodes(
  codes: Hybrid,
  count: number,
  ids: Int32Array,
  out: Int32Array,
  filled: number,
): void {
  const { page, end, width } = codes;
  const view = new DataView(page.buffer, page.byteOffset);
  for (const last = filled + count; filled < last;) {
    const header = codes.header();
    const isPacked = (header & 1) === 1;
    const length = isPacked ? (header >>> 1) * 8 : header >>> 1;
    // Bit-packed codes come in groups of eight, and the last group may be padded.
    const size = Math.min(length, last - filled);
    if (length === 0) throw new Error("an empty run");
    if (!isPacked && length > size) {
      throw tooLong(length, size);
    }
    const bytes = isPacked ? (size * width + 7) >>> 3 : (width + 7) >>> 3;
    // Writers may omit the last group's padding, but not its codes.
    if (codes.at + bytes > end) throw new Error("a page ends within a run");
    let sign = 0; // negative if a code has no id
    if (isPacked) {
      sign = unpack(view, codes.at, width, size, ids, out, filled);
      codes.at += (header >>> 1) * width;
    } else {
      const code = littleEndian(page, codes.at, bytes);
      // The code is stored in whole bytes, which may have more bits than a code may use.
      if (code >>> width !== 0) throw new Error(`a code ${code} of more than ${width} bits`);
      const id = code < ids.length ? ids[code]! : -1;
      sign = id;
      repeat(id, size, out, filled);
      codes.at += bytes;
    }
    if (sign < 0) throw new Error(`a code for a dictionary of ${ids.length} values is too large`);
    filled += size;
  }
}

/** From this length on, `fill` is faster than a loop. */
const LONG_RUN = 64;

function repeat(id: number, count: number, out: Int32Array, at: number): void {
  if (count >= LONG_RUN) out.fill(id, at, at + count);
  else for (let i = at; i < at + count; i++) out[i] = id;
}

function littleEndian(page: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= page[at + i]! << (8 * i);
  return value;
}

function unpack(
  view: DataView<ArrayBuffer>,
  at: number,
  width: number,
  count: number,
  ids: Int32Array,
  out: Int32Array,
  filled: number,
): number {
  const mask = (1 << width) - 1;
  const end = filled + count;
  let sign = 0;
  for (let o = filled, bit = at * 8; o < end; o++, bit += width) {
    const code = (view.getInt32(bit >> 3, true) >>> (bit & 7)) & mask;
    const id = code < ids.length ? ids[code]! : -1;
    out[o] = id;
    sign |= id;
  }
  return sign;
}

/** Writes an RLE run (`length` times the same code) of the RLE/bit-packing hybrid. */
export function writeRun(out: ByteWriter, length: number, code: number, width: number): void {
  out.appendVarInt(length << 1);
  for (let bits = 0; bits < width; bits += 8) out.appendUint8((code >>> bits) & 255);
}

/**
 * Writes codes as one bit-packed run: groups of 8 codes, lowest bits first.
 *
 * @param width Bits per code, at most 24.
 */
export function writePacked(out: ByteWriter, codes: ArrayLike<number>, width: number): void {
  const groups = Math.ceil(codes.length / 8);
  out.appendVarInt(((groups << 1) | 1) >>> 0);
  out.ensure(groups * width);
  const { buffer } = out;
  const end = out.length + groups * width;
  let at = out.length;
  let waiting = 0;
  let bits = 0;
  for (let i = 0; i < codes.length; i++) {
    waiting |= codes[i]! << bits; // at most 7 bits of earlier codes and 24 of this one
    for (bits += width; bits >= 8; bits -= 8, waiting >>>= 8) buffer[at++] = waiting;
  }
  if (at < end) buffer[at++] = waiting;
  buffer.fill(0, at, end);
  out.length = end;
}

/** Writes levels, preceded by their length in bytes, as v1 data pages require. */
export function writeLevels(out: ByteWriter, write: () => void): void {
  const start = out.length;
  out.appendUint32(0);
  write();
  out.setUint32(start, out.length - start - 4);
}
