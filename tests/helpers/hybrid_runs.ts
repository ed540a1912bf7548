/**
 * Makes runs of codes in parquet's hybrid encoding.
 *
 * @module
 */
import fc from "fast-check";
import { ByteWriter, writeRun } from "../../lib/parquet/mod.ts";

/** Any runs: each is repeated, or bit-packed in groups of 8. */
export const anyRuns = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  runs: fc.array(
    fc.record({ packed: fc.boolean(), length: fc.integer({ min: 1, max: 9 }), seed: fc.nat() }),
    { minLength: 1 },
  ),
});

/** Runs, each with a seed for its codes. */
export interface HybridRuns {
  /** Bits per code. */
  width: number;
  /** Each repeated, or bit-packed in `length` groups of 8. */
  runs: { packed: boolean; length: number; seed: number }[];
}

/**
 * Encodes runs, preceded by their width, and returns their codes.
 *
 * @param codeOf Chooses a code below 2 ** width.
 */
export function encodeRuns(
  { width, runs }: HybridRuns,
  codeOf = (seed: number) => Math.floor(Math.abs(Math.sin(seed)) * 2 ** width),
): { page: Uint8Array<ArrayBuffer>; codes: number[] } {
  const [out, codes] = [new ByteWriter(), [] as number[]];
  out.appendUint8(width);
  for (const { packed, length, seed } of runs) {
    const code = (i: number) => codeOf(seed + i);
    if (!packed) {
      writeRun(out, length, code(0), width);
      codes.push(...Array(length).fill(code(0)));
      continue;
    }
    out.appendVarInt((length << 1) | 1);
    let bits = "";
    for (let i = 0; i < length * 8; i++) {
      codes.push(code(i));
      bits = code(i).toString(2).padStart(width, "0") + bits;
    }
    for (let end = bits.length; end > 0; end -= 8) {
      out.appendUint8(parseInt(bits.slice(end - 8, end), 2));
    }
  }
  // The reader may touch a few bytes after a page.
  return { page: out.getBytes(), codes };
}
