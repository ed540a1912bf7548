/**
 * The options of a run: one typed object, checked where it enters.
 *
 * @module
 */
import type { Options } from "../run/mod.ts";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../errors.ts";
import { type Environment, parseShard, shardOf } from "../run/mod.ts";
import type { Shard } from "../store/mod.ts";
import { dayName } from "../telemetry/mod.ts";
import { VERSION } from "../version.ts";

/** What a command line asks for: a run, or a text (help or version) to be printed. */
export type Request = { options: Options } | { text: string };

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Parses a duration such as `5s`, `2m` or `1h` to seconds.
 *
 * @throws {InvalidArgumentError} If it is none.
 */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new InvalidArgumentError("Write a duration such as 5s, 2m or 1h.");
  }
  return Number(count) * UNITS[unit]!;
}

/** Rows of a second are counted from a day, in numbers of 30 bits. */
const LONGEST_GAP = "150000h";

function parseMaxGap(text: string): number {
  const seconds = parseDuration(text);
  if (seconds > parseDuration(LONGEST_GAP)) {
    throw new InvalidArgumentError(`It must be at most ${LONGEST_GAP} (17 years).`);
  }
  return seconds;
}

function parseInterval(text: string): number {
  const seconds = parseDuration(text);
  if (seconds < 1 || 3600 % seconds !== 0) {
    throw new InvalidArgumentError(
      "It must divide an hour: 1s, 5s, 10s, 1m, 15m, 1h and the like.",
    );
  }
  return seconds;
}

function parseDay(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError("Write a day such as 2024-07-13.");
  }
  return time / 1000;
}

function parseJobs(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 256) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 256.");
  }
  return count;
}

function parseShardFlag(text: string): Shard | "all" {
  try {
    return text === "all" ? text : parseShard(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** The part of an array task whose call has no `--shard`. */
function arrayShard(environment: Environment): Shard | null {
  try {
    return shardOf(environment);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function createCommand(): Command {
  return new Command("hourgrid")
    .description("Turns battery telemetry day files into hour files on a regular time grid.")
    .version(VERSION, "--version", "print the version")
    .helpOption("--help", "print this help")
    .option("--input <path>", "folder, file or glob of .parquet, .csv and .csv.gz files")
    .option("--output <folder>", "folder for the hour files")
    .addOption(
      new Option("--interval <duration>", "length of a row; it must divide an hour")
        .argParser(parseInterval).default(5, "5s"),
    )
    .addOption(
      new Option("--max-gap <duration>", "how long a value is held")
        .argParser(parseMaxGap).default(300, "5m"),
    )
    .addOption(
      new Option("--fill <how>", "how rows without readings are filled")
        .choices(["hold", "linear", "none"]).default("hold"),
    )
    .addOption(
      new Option("--aggregate <how>", "how the readings of a row become one value")
        .choices(["mean", "median", "min", "max", "last"]).default("mean"),
    )
    .option("--from <day>", "first day to build, as in 2024-07-13", parseDay)
    .option("--to <day>", "last day to build", parseDay)
    .addOption(
      new Option("--jobs <count>", "days built at the same time")
        .argParser(parseJobs).default(navigator.hardwareConcurrency, "cores"),
    )
    .addOption(
      new Option("--compression <codec>", "compression of the hour files")
        .choices(["snappy", "zstd", "none", "lz4", "gzip"]).default("snappy"),
    )
    .addOption(
      new Option("--writer <name>", "who writes: our own fast writer, or polars")
        .choices(["fast", "polars"]).default("fast"),
    )
    .option(
      "--shard <part>",
      "build a part of the days, such as 1/4, up to 4/4, or all; else an array task's part",
      parseShardFlag,
    )
    .option("--force", "build all days, also those that are up to date")
    .option("--report", "write pages with charts to _etl/report/ of the output folder")
    .option("--watch", "go on, and build what arrives")
    .option("--dry-run", "say which days, files and rows would be built; write nothing")
    .option("--strict", "end at the first unusable input or rejected row")
    .option("--quiet", "print nothing but errors")
    .option("--json", "print the summary as one JSON document")
    .allowExcessArguments(false);
}

/**
 * Parses a command line.
 *
 * @param environment What a scheduler says of its array task; `--shard` wins.
 * @throws {UsageError} If a flag, value or variable is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseArguments } from "./options.ts";
 * const request = parseArguments(["--input", "data", "--output", "out", "--max-gap", "2m"]);
 * assert.ok("options" in request && request.options.maxGap === 120);
 * ```
 */
export function parseArguments(
  args: readonly string[],
  environment: Environment = {},
): Request {
  let text = "";
  const command = createCommand()
    .exitOverride()
    .configureOutput({ writeOut: (part) => text += part, writeErr: () => {} });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text };
    throw new UsageError(`${error.message.replace(/^error: /, "")}\nTry --help.`);
  }
  const found = command.opts();
  // Only now, so that --inputt is an unknown flag and not a missing --input.
  const missing = found.input === undefined ? "--input <path>" : "--output <folder>";
  if (found.input === undefined || found.output === undefined) {
    throw new UsageError(`${missing} is required\nTry --help.`);
  }
  const options: Options = {
    input: found.input,
    output: found.output,
    interval: found.interval,
    maxGap: found.maxGap,
    fill: found.fill,
    aggregate: found.aggregate,
    from: found.from ?? null,
    to: found.to ?? null,
    jobs: found.jobs,
    compression: found.compression,
    writer: found.writer,
    force: found.force ?? false,
    shard: found.shard === "all" ? null : found.shard ?? arrayShard(environment),
    watch: found.watch ?? false,
    report: found.report ?? false,
    dryRun: found.dryRun ?? false,
    strict: found.strict ?? false,
    quiet: found.quiet ?? false,
    json: found.json ?? false,
  };
  const { from, to, writer, compression } = options;
  if (from !== null && to !== null && from > to) {
    throw new UsageError(`--from ${dayName(from)} lies after --to ${dayName(to)}`);
  }
  if (writer === "fast" && (compression === "lz4" || compression === "gzip")) {
    throw new UsageError(
      `--compression ${compression} needs --writer polars; --writer fast has snappy, zstd and none`,
    );
  }
  for (const other of ["dryRun", "strict"] as const) {
    if (options.watch && options[other]) {
      throw new UsageError(`--watch does not go with --${other === "dryRun" ? "dry-run" : other}`);
    }
  }
  if (options.report && options.dryRun) {
    throw new UsageError("--report does not go with --dry-run, which writes nothing");
  }
  if (options.report && options.shard !== null) {
    const { from = "--shard" } = options.shard;
    throw new UsageError(
      `--report does not go with a part of the days (${from}): leave it to the last run`,
    );
  }
  for (const name of ["input", "output"] as const) {
    if (options[name] === "") throw new UsageError(`--${name} is empty: give a path`);
  }
  return { options };
}
