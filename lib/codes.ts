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
  let most = -1;
  for (let i = 0; i < count; i++) if (codes[i]! > most) most = codes[i]!;
  if (most >= entries) throw new Error(`a code ${most} for a dictionary of ${entries} values`);
}

/**
 * Takes off a page's run of definition levels, which must say that every value is present.
 *
 * @returns Where the levels end.
 * @throws {Unsupported} If anything is missing.
 */
export function skipAllPresent(page: Uint8Array, at: number, count: number, level: number): number {
  const end = levelsEnd(page, at);
  let [header, from] = varint(page, at + 4, end);
  let seen = 0;
  while (seen < count) {
    if ((header & 1) === 1 || page[from] !== level) throw new Unsupported("missing values");
    seen += header >>> 1;
    if (seen < count) [header, from] = varint(page, from + 1, end);
  }
  return end;
}

/** Where the levels that begin at `at` end: they stand behind their length in bytes. */
export function levelsEnd(page: Uint8Array, at: number): number {
  if (at + 4 > page.length) throw new Error("a page ends within its levels");
  const size =
    (page[at]! | (page[at + 1]! << 8) | (page[at + 2]! << 16) | (page[at + 3]! << 24)) >>>
    0;
  if (size > page.length - at - 4) throw new Error(`levels claim ${size} bytes`);
  return at + 4 + size;
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

/**
 * Reads a hybrid of run-length and bit-packed codes as what it mostly is: runs.
 *
 * @param count How many codes there must be.
 * @param scratch Room for `count` codes.
 */
export function readRuns(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  scratch: Int32Array<ArrayBuffer>,
  runs: Runs,
): void {
  runs.length = 0;
  const width = codeWidth(page, at++);
  const { ends, codes } = runs;
  let row = 0, length = 0, last = -1;
  while (row < count) {
    const [header, from] = varint(page, at, page.length);
    at = from;
    if (header & 1) {
      const here = Math.min((header >>> 1) * 8, count - row);
      at = unpack(page, at, width, header >>> 1, here, scratch, 0);
      for (let i = 0; i < here; i++) {
        const code = scratch[i]!;
        if (code !== last) codes[length++] = last = code;
        ends[length - 1] = ++row;
      }
    } else {
      const code = packedCode(page, at, width);
      at += (width + 7) >>> 3;
      const here = runLength(header, count - row);
      if (code !== last) codes[length++] = last = code;
      ends[length - 1] = row += here;
    }
  }
  runs.length = length;
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
