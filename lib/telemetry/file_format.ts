/**
 * The format of a file, told by the ending of its name.
 *
 * @module
 */

const FORMATS = [
  [/\.parquet$/i, "parquet"],
  [/\.csv(\.gz|\.zst)?$/i, "CSV"],
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, "JSON lines"],
] as const;

/**
 * The format of a file; null if it is not read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatOf } from "./file_format.ts";
 * assert.equal(formatOf("june.csv.gz"), "CSV");
 * assert.equal(formatOf("june.txt"), null);
 * ```
 */
export function formatOf(path: string): "parquet" | "CSV" | "JSON lines" | null {
  return FORMATS.find(([ending]) => ending.test(path))?.[1] ?? null;
}
