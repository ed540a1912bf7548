/**
 * The options that decide what is in the hour files.
 *
 * @module
 */

/** The values that each of these options may have; the first one is the default. */
export const CHOICES = {
  fill: ["hold", "linear", "none"],
  aggregate: ["mean", "median", "min", "max", "last"],
  compression: ["snappy", "zstd", "none", "lz4", "gzip"],
  writer: ["fast", "polars"],
} as const;

/** The options that decide what is in the hour files. */
export interface TableOptions {
  /** Seconds per row; divides an hour. */
  interval: number;
  /** The longest time for which a value is held, or joined to the next by a line, in seconds. */
  maxGap: number;
  /** How rows without readings are filled. */
  fill: (typeof CHOICES.fill)[number];
  /** How a row is computed from its readings. */
  aggregate: (typeof CHOICES.aggregate)[number];
  /** How pages are compressed. */
  compression: (typeof CHOICES.compression)[number];
  /** Which writer encodes the files. */
  writer: (typeof CHOICES.writer)[number];
}

/** The options of a run that decide what is in the hour files. */
export function tableOptions(
  { interval, maxGap, fill, aggregate, compression, writer }: TableOptions,
): TableOptions {
  return { interval, maxGap, fill, aggregate, compression, writer };
}

/** Seconds before and after a day whose readings can change the day's rows. */
export function marginOf({ fill, maxGap }: TableOptions): { before: number; after: number } {
  if (fill === "none") return { before: 0, after: 0 };
  return { before: maxGap, after: fill === "linear" ? maxGap : 0 };
}
