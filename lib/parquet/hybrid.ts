/**
 * Parquet's hybrid of run-length and bit-packed numbers, of which levels and dictionary codes are
 * made.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";

/** Wider codes than this do not fit into four bytes wherever in a byte they begin. */
const MAX_BITS = 24;

/** Steps through the runs of a hybrid. */
export class RunCursor {
  /**
   * @param page The bytes.
   * @param at Where the next run begins.
   * @param end Where the hybrid ends.
   */
  constructor(readonly page: Uint8Array<ArrayBuffer>, public at: number, readonly end: number) {}

  /**
   * Reads the number that a run begins with: its lowest bit says whether the run is bit-packed, the
   * others how long it is. What follows begins at `at` then.
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

/** How many bits a number below `count` takes. */
export function bitsOf(count: number): number {
  return 32 - Math.clz32(count - 1);
}

/** Whether definition levels say that every value is present: runs of the highest level alone. */
export function areAllPresent(
  page: Uint8Array<ArrayBuffer>,
  from: number,
  end: number,
  count: number,
  maxLevel: number,
): boolean {
  const runs = new RunCursor(page, from, end);
  for (let seen = 0; seen < count; runs.at++) {
    const header = runs.header();
    if (runs.at >= end) throw new Error("a page ends within its levels");
    if ((header & 1) === 1 || page[runs.at] !== maxLevel) return false;
    seen += header >>> 1;
  }
  return true;
}

/** The bit width that stands before a page's codes. */
export function readWidth(page: Uint8Array, at: number): number {
  const width = page[at];
  if (width === undefined) throw new Error("a page ends before its codes");
  if (width > MAX_BITS) throw new NeedsImport(`codes of ${width} bits`);
  return width;
}

/**
 * Reads a hybrid's codes, and puts in place of each what it stands for.
 *
 * @param width The bits of a code.
 * @param count How many codes to read.
 * @param ids What the codes stand for: numbers from 0 on. Codes are below its length.
 * @param out Receives the ids from `filled` on.
 */
export function readCodes(
  page: Uint8Array<ArrayBuffer>,
  from: number,
  end: number,
  width: number,
  count: number,
  ids: Int32Array,
  out: Int32Array,
  filled: number,
): void {
  const view = new DataView(page.buffer, page.byteOffset);
  const runs = new RunCursor(page, from, end);
  for (const last = filled + count; filled < last;) {
    const header = runs.header();
    const isPacked = (header & 1) === 1;
    const length = isPacked ? (header >>> 1) * 8 : header >>> 1;
    // Bit-packed codes come in groups of eight, of which the last may be padding in part.
    const size = Math.min(length, last - filled);
    if (length === 0) throw new Error("an empty run");
    if (!isPacked && length > size) {
      throw new Error(`a run of ${length} where ${size} are left`);
    }
    const bytes = isPacked ? (size * width + 7) >>> 3 : (width + 7) >>> 3;
    // Writers may cut the last group's padding, never its codes.
    if (runs.at + bytes > end) throw new Error("a page ends within a run");
    let sign = 0; // negative if a code is not below the number of ids
    if (isPacked) {
      sign = unpack(view, runs.at, width, size, ids, out, filled);
      runs.at += (header >>> 1) * width;
    } else {
      const code = littleEndian(page, runs.at, bytes);
      // Whole bytes have room for more than the bits that a code may have.
      if (code >>> width !== 0) throw new Error(`a code ${code} of more than ${width} bits`);
      const id = code < ids.length ? ids[code]! : -1;
      sign = id;
      repeat(id, size, out, filled);
      runs.at += bytes;
    }
    if (sign < 0) throw new Error(`a code for a dictionary of ${ids.length} values is too large`);
    filled += size;
  }
}

/** Runs as long as this are left to the engine, whose call costs more than a short loop. */
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
