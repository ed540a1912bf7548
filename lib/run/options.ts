/**
 * All options of a run.
 *
 * @module
 */
import type { Limits } from "../battery/mod.ts";
import type { Shard } from "../store/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import { DAY } from "../telemetry/mod.ts";

/** All options of a run. */
export interface Options extends TableOptions {
  /** The folders, files and globs that are read. */
  input: readonly string[];
  /** The folder that is written. */
  output: string;
  /** The start of the first day to build, in seconds since the epoch. */
  from: number | null;
  /** The start of the last day to build, in seconds since the epoch. */
  to: number | null;
  /** How many days are built at the same time. */
  jobs: number;
  /** Build all days, also those that are up to date. */
  force: boolean;
  /** Build only a part of the days; null for all. */
  shard: Shard | null;
  /** Go on and build what arrives. */
  watch: boolean;
  /** Write a report afterwards. */
  report: boolean;
  /** What the report holds extremes against; null for nothing. */
  limits: Limits | null;
  /** Only say what would be done. */
  dryRun: boolean;
  /** End at the first unusable input or rejected row. */
  strict: boolean;
  /** Print nothing but errors. */
  quiet: boolean;
  /** Print the summary as JSON. */
  json: boolean;
}

/** Whether a day is not left out by `--from` and `--to`. */
export function isInRange({ from, to }: Pick<Options, "from" | "to">, day: number): boolean {
  return day >= (from ?? -Infinity) && day <= (to ?? Infinity);
}

/** Whether the day that begins at `day` is this run's to build. */
export function isWanted(options: Options, day: number): boolean {
  const { index, count } = options.shard ?? { index: 1, count: 1 };
  return isInRange(options, day) && (day / DAY) % count === index - 1;
}
