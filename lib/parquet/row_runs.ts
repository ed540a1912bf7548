/**
 * Runs of rows that have the same code, and a comparison of runs. Exporters write the same rows
 * again and again, and comparing them as numbers is faster than decoding them.
 *
 * @module
 */
import { IntBuffer } from "./int_buffer.ts";

/** Runs of rows with one code: run `i` ends before row `ends[i]`. */
export interface RowRuns {
  /** How many runs there are. */
  length: number;
  /** The row after each run. */
  ends: Int32Array<ArrayBuffer>;
  /** The code of each run. */
  codes: Int32Array<ArrayBuffer>;
}

/** Finds runs, and reuses the memory that they are stored in. */
export class RunFinder {
  readonly #ends = new IntBuffer();
  readonly #codes = new IntBuffer();

  /** Finds the runs among the codes of `rows` rows; they are valid until the next call. */
  find(codes: Int32Array, rows: number): RowRuns {
    const ends = this.#ends.atLeast(rows);
    const found = this.#codes.atLeast(rows);
    return { length: storeRuns(codes, rows, ends, found), ends, codes: found };
  }
}

/** Stores the end and the code of each run; returns how many runs there are. */
function storeRuns(codes: Int32Array, rows: number, ends: Int32Array, found: Int32Array): number {
  let length = 0;
  for (let row = 0; row < rows;) {
    const code = codes[row]!;
    let end = row + 1;
    // Runs are long, so compare four codes at a time.
    while (end + 4 <= rows && isRun(codes, end, code)) end += 4;
    while (end < rows && codes[end] === code) end++;
    found[length] = code;
    ends[length++] = row = end;
  }
  return length;
}

function isRun(codes: Int32Array, at: number, code: number): boolean {
  return ((codes[at]! ^ code) | (codes[at + 1]! ^ code) | (codes[at + 2]! ^ code) |
    (codes[at + 3]! ^ code)) === 0;
}

/** Makes a view of numbers for {@linkcode areEqual}. */
export function viewOf({ buffer, byteOffset, byteLength }: Int32Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether the `length` 32-bit numbers at `a` equal those at `b`; compares two at a time. */
export function areEqual(numbers: DataView, a: number, b: number, length: number): boolean {
  const end = (a + length) * 4;
  let at = a * 4;
  for (let other = b * 4; at + 8 <= end; at += 8, other += 8) {
    if (numbers.getBigInt64(at, true) !== numbers.getBigInt64(other, true)) return false;
  }
  return at === end || numbers.getInt32(at, true) === numbers.getInt32((b + length - 1) * 4, true);
}
