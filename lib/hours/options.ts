/**
 * The options that decide what is in the hour files.
 *
 * @module
 */

/** How a row is computed from its readings. */
export type Aggregate = "mean" | "median" | "min" | "max" | "last";

/** How a row without readings is filled. */
export type Fill = "hold" | "linear" | "none";

/** How pages are compressed. */
export type Compression = "snappy" | "zstd" | "none" | "lz4" | "gzip";

/** Which writer encodes the hour files. */
export type Writer = "fast" | "polars";

/** The options that decide what is in the hour files. */
export interface TableOptions {
  /** Seconds per row; divides an hour. */
  interval: number;
  /** The longest time for which a value is held, or joined to the next by a line, in seconds. */
  maxGap: number;
  /** How rows without readings are filled. */
  fill: Fill;
  /** How a row is computed from its readings. */
  aggregate: Aggregate;
  /** How pages are compressed. */
  compression: Compression;
  /** Which writer encodes the files. */
  writer: Writer;
}

/** Seconds before and after a day whose readings can change the day's rows. */
export function marginOf({ fill, maxGap }: TableOptions): { before: number; after: number } {
  if (fill === "none") return { before: 0, after: 0 };
  return { before: maxGap, after: fill === "linear" ? maxGap : 0 };
}
