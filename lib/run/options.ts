/**
 * What a run is asked to do, and which days that selects.
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
  /** How many worker processes there are at most. */
  jobs: number;
  /** Build all days, even those that are up to date. */
  force: boolean;
  /** Build only a part of the days; null for all. */
  shard: Shard | null;
  /** Write a report at the end. */
  report: boolean;
  /** The limits that the report compares extremes with; null for none. */
  limits: Limits | null;
  /** Write nothing, and only find out what there is to build. */
  dryRun: boolean;
  /** End at the first unusable input or rejected row. */
  strict: boolean;
}

/** Whether a day is between `--from` and `--to`. */
export function isInRange({ from, to }: Pick<Options, "from" | "to">, day: number): boolean {
  return day >= (from ?? -Infinity) && day <= (to ?? Infinity);
}

/** Whether a run should build a day: whether it is in range, and in the run's shard. */
export function isWanted(options: Options, day: number): boolean {
  const { index, count } = options.shard ?? { index: 1, count: 1 };
  return isInRange(options, day) && (day / DAY) % count === index - 1;
}
