/**
 * Levels and codes: parquet's hybrid of run-length and bit-packed numbers.
 *
 * @module
 */
import { Unsupported } from "../errors.ts";

function unknownCode(code: number, entries: number): Error {
  return new Error(`a code ${code} for a dictionary of ${entries} values`);
}

/** Whether a page's definition levels are runs which say that every value is there. */
export function areAllPresent(
  page: Uint8Array,
  [from, to]: readonly [from: number, to: number],
  count: number,
  level: number,
): boolean {
  for (let seen = 0, at = from; seen < count; at++) {
    const start = endOfHeader(page, at, to);
    const header = headerOf(page, at, start);
    at = start;
    if (at >= to) throw new Error("a page ends within its levels");
    if ((header & 1) === 1 || page[at] !== level) return false;
    seen += header >>> 1;
  }
  return true;
}

/** Where the number ends that a run begins with. */
export function endOfHeader(bytes: Uint8Array, at: number, end: number): number {
  for (const last = at + 5; at < last; at++) {
    if (at >= end) throw new Error("a page ends within a run");
    if (bytes[at]! < 128) return at + 1;
  }
  throw new Error("a run's length of more than 32 bits");
}

/** The number that a run begins with: its length and kind. */
export function headerOf(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let shift = 0; at < end; shift += 7) value |= (bytes[at++]! & 127) << shift;
  return value >>> 0;
}

/** Runs of equal codes: run `i` ends before row `ends[i]`. */
export interface Runs {
  /** The row behind each run. */
  ends: Int32Array<ArrayBuffer>;
  /** The code of each run. */
  codes: Int32Array<ArrayBuffer>;
  /** How many runs there are. */
  length: number;
}

/** Finds the runs among `count` codes. */
export function findRuns(codes: Int32Array, count: number, runs: Runs): void {
  let length = 0;
  for (let row = 0; row < count;) {
    const code = codes[row]!;
    let end = row + 1;
    // Runs are long: four at a time.
    while (end + 4 <= count && isRun(codes, end, code)) end += 4;
    while (end < count && codes[end] === code) end++;
    runs.codes[length] = code;
    runs.ends[length++] = row = end;
  }
  runs.length = length;
}

function isRun(codes: Int32Array, at: number, code: number): boolean {
  return ((codes[at]! ^ code) | (codes[at + 1]! ^ code) | (codes[at + 2]! ^ code) |
    (codes[at + 3]! ^ code)) === 0;
}

/** What codes are, and how to read them. */
export interface Coding {
  /** The bits of a code. */
  bits: number;
  /** How many codes (or pairs of them) there must be. */
  count: number;
  /** Codes must be below, unless they are paired. */
  entries?: number;
  /**
   * Whether to read two codes of w bits as one of 2w bits (first code low), since that is the same
   * bits. Every run must then hold an even number of codes.
   */
  paired?: boolean;
}

/**
 * Long runs are unpacked in pieces of as many codes: what is called often is compiled well. They
 * are whole bytes.
 */
const PIECE = 512;

/** Reads a hybrid of run-length and bit-packed codes into an array. */
export function readCodes(
  page: Uint8Array<ArrayBuffer>,
  [from, end]: readonly [from: number, end: number],
  { bits, count, entries = Infinity, paired = false }: Coding,
  out: Int32Array<ArrayBuffer>,
): void {
  const width = paired ? bits * 2 : bits;
  if (width > 24) throw new Unsupported(`codes of ${width} bits`);
  const view = new DataView(page.buffer, page.byteOffset);
  const most = Math.min(paired ? Infinity : entries, 1 << width) - 1;
  for (let at = from, filled = 0; filled < count;) {
    const start = endOfHeader(page, at, end);
    const header = headerOf(page, at, start);
    const packed = (header & 1) === 1;
    let here: number;
    if (packed) {
      const groups = header >>> 1;
      if (groups === 0) throw new Error("an empty run");
      here = Math.min(groups * (paired ? 4 : 8), count - filled);
      // Writers may cut the last group's padding, never its codes.
      if (start + ((here * width + 7) >>> 3) > page.length) {
        throw new Error("a page ends within a run");
      }
      for (let i = 0; i < here; i += PIECE) {
        const size = Math.min(PIECE, here - i);
        const signs = unpack(view, start + (i >>> 3) * width, width, size, out, filled + i, most);
        if (signs < 0) {
          const piece = out.subarray(filled + i, filled + i + size);
          throw unknownCode(piece.reduce((a, b) => Math.max(a, b)), entries);
        }
      }
      at = start + groups * bits;
    } else {
      const code = packedCode(page, start, bits);
      // Whole bytes have room for more than the bits that a code may have.
      if (code >>> bits !== 0) throw new Error(`a code ${code} of more than ${bits} bits`);
      if (!paired && code >= entries) throw unknownCode(code, entries);
      if (paired && (header & 2) !== 0) {
        throw new Unsupported("a pair that is split between two runs");
      }
      here = runLength(paired ? header >>> 1 : header, count - filled);
      repeat(paired ? code | (code << bits) : code, here, out, filled);
      at = start + ((bits + 7) >>> 3);
    }
    filled += here;
  }
}

/** How many bits a number below `count` takes. */
export function bitsOf(count: number): number {
  return 32 - Math.clz32(count - 1);
}

/** The bit width that stands before a page's codes. */
export function codeWidth(page: Uint8Array, at: number): number {
  const width = page[at];
  if (width === undefined) throw new Error("a page ends before its codes");
  if (width > 24) throw new Unsupported(`codes of ${width} bits`);
  return width;
}

function runLength(header: number, left: number): number {
  const length = header >>> 1;
  if (length === 0 || length > left) throw new Error(`a run of ${length} where ${left} are left`);
  return length;
}

function packedCode(page: Uint8Array, at: number, width: number): number {
  const size = (width + 7) >>> 3;
  if (at + size > page.length) throw new Error("a page ends within a run");
  let code = 0;
  for (let i = 0; i < size; i++) code |= page[at + i]! << (8 * i);
  return code;
}

/** Runs as long as this are left to the system, whose call costs more than a short one. */
const LONG = 64;

function repeat(code: number, count: number, out: Int32Array, at: number): void {
  if (count >= LONG) out.fill(code, at, at + count);
  else for (let i = at; i < at + count; i++) out[i] = code;
}

/**
 * Unpacks `count` codes of `width` bits.
 *
 * @returns A negative number if one of them is more than `most`.
 */
function unpack(
  view: DataView<ArrayBuffer>,
  at: number,
  width: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  filled: number,
  most: number,
): number {
  const mask = (1 << width) - 1;
  const end = filled + count;
  let signs = 0; // negative as soon as one of the differences is
  for (let o = filled, bit = at * 8; o < end; o++, bit += width) {
    const code = (view.getInt32(bit >> 3, true) >>> (bit & 7)) & mask;
    out[o] = code;
    signs |= most - code;
  }
  return signs;
}
