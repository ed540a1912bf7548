/**
 * Levels and codes: parquet's hybrid of run-length and bit-packed numbers.
 *
 * @module
 */

/** Thrown for a file that is sound but of a shape that the fast reader leaves to the general one. */
export class Unsupported extends Error {
  /** The name that tells it from a broken file. */
  override name = "Unsupported";
}

/** Every code must name an entry of its dictionary. */
export function checkCodes(codes: Int32Array, count: number, entries: number): void {
  let signs = 0; // negative as soon as one of the differences is
  for (let i = 0; i < count; i++) signs |= entries - 1 - codes[i]!;
  if (signs >= 0) return;
  const most = codes.subarray(0, count).reduce((a, b) => Math.max(a, b));
  throw new Error(`a code ${most} for a dictionary of ${entries} values`);
}

/** Whether a page's definition levels are runs which say that every value is there. */
export function areAllPresent(
  page: Uint8Array,
  [from, to]: readonly [from: number, to: number],
  count: number,
  level: number,
): boolean {
  for (let seen = 0, at = from; seen < count; at++) {
    const [header, next] = varint(page, at, to);
    at = next;
    if (at >= to) throw new Error("a page ends within its levels");
    if ((header & 1) === 1 || page[at] !== level) return false;
    seen += header >>> 1;
  }
  return true;
}

function varint(bytes: Uint8Array, at: number, end: number): [value: number, at: number] {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= end) throw new Error("a page ends within a run");
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
  throw new Error("a run's length of more than 32 bits");
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

/**
 * Reads a hybrid of run-length and bit-packed codes into an array.
 *
 * With `paired`, two codes of w bits are read as one of 2w bits (first code low), since that is
 * the same bits. Every run must then hold an even number of codes.
 *
 * @param count How many codes (or pairs of them) there must be.
 */
export function readCodes(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  end: number,
  bits: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  paired: boolean,
): void {
  const width = paired ? bits * 2 : bits;
  if (width > 24) throw new Unsupported(`codes of ${width} bits`);
  let filled = 0;
  while (filled < count) {
    const [header, from] = varint(page, at, end);
    at = from;
    if (header & 1) {
      const groups = header >>> 1;
      const here = Math.min(groups * (paired ? 4 : 8), count - filled);
      at = unpack(page, at, bits, groups, here, out, filled, width);
      filled += here;
    } else {
      const code = packedCode(page, at, bits);
      at += (bits + 7) >>> 3;
      if (paired && header & 2) throw new Unsupported("a pair that is split between two runs");
      const here = runLength(paired ? header >>> 1 : header, count - filled);
      out.fill(paired ? code | (code << bits) : code, filled, filled + here);
      filled += here;
    }
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

/** Unpacks `count` codes of `width` bits from `groups` groups of 8 codes of `bits` bits. */
function unpack(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  bits: number,
  groups: number,
  count: number,
  out: Int32Array<ArrayBuffer>,
  filled: number,
  width: number = bits,
): number {
  const size = groups * bits;
  // Writers may cut the last group's padding, never its codes.
  if (at + ((count * width + 7) >>> 3) > page.length) throw new Error("a page ends within a run");
  if (groups === 0) throw new Error("an empty run");
  if (width === 4) { // repetition levels of pairs: the half of all there is to unpack
    for (let i = 0; i < count; i += 2) {
      const both = page[at + (i >>> 1)]!;
      out[filled + i] = both & 15;
      out[filled + i + 1] = both >>> 4;
    }
    return at + size;
  }
  const view = new DataView(page.buffer, page.byteOffset);
  const mask = 2 ** width - 1;
  for (let i = 0, bit = at * 8; i < count; i++, bit += width) {
    out[filled + i] = (view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask;
  }
  return at + size;
}
