/**
 * Parses a command line to the options of a run.
 *
 * @module
 */
import { CommanderError } from "commander";
import { UsageError } from "../errors.ts";
import { type Environment, type Options, shardOf } from "../run/mod.ts";
import type { Shard } from "../store/mod.ts";
import { dayName, formatOf } from "../telemetry/mod.ts";
import { createCommand } from "./flags.ts";

/** The options of a run, and those that only the command line knows. */
export interface CommandOptions extends Options {
  /** Keep running, and build days whose input arrives or changes. */
  watch: boolean;
  /** Print nothing but errors. */
  quiet: boolean;
  /** Print the summary as JSON. */
  json: boolean;
}

/** What a command line asks for: a run, or a text (help or version) to print. */
export type Invocation = { options: CommandOptions } | { text: string };

/** The values of the flags, with the names and defaults of the options. */
type Flags = Omit<CommandOptions, "shard" | "output"> & { shard?: Shard | "all"; output?: string };

/**
 * Parses a command line.
 *
 * @param environment The variables of a scheduler's array task; `--shard` takes precedence.
 * @throws {UsageError} If a flag, value or variable is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseArguments } from "./options.ts";
 * const request = parseArguments(["data", "--output", "out", "--max-gap", "2m"]);
 * assert.ok("options" in request && request.options.maxGap === 120);
 * ```
 */
export function parseArguments(
  args: readonly string[],
  environment: Environment = {},
): Invocation {
  let text = "";
  const command = createCommand()
    .exitOverride()
    .configureOutput({
      writeOut: (part) => text += part,
      writeErr: () => {},
      // Otherwise the library reads environment variables, for which Deno needs permission.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text };
    throw new UsageError(`${usageMessage(error)}\nTry --help.`);
  }
  const { shard, output, ...flags } = command.opts<Flags>();
  const input = [...flags.input, ...command.args];
  const swallowed = [...input, output ?? ""].find((path) => path.startsWith("--"));
  if (swallowed !== undefined) {
    throw new UsageError(`${swallowed} stands where a path should: is a variable empty?`);
  }
  // Only now, so that --inputt is an unknown flag and not a missing --input.
  if (input.length === 0) throw new UsageError("--input <path> is required\nTry --help.");
  if (output === undefined) throw new UsageError("--output <folder> is required\nTry --help.");
  const options: CommandOptions = {
    ...flags,
    input,
    output,
    shard: shard === "all" ? null : shard ?? arrayShard(environment),
  };
  checkPaths(options);
  checkPairs(options);
  return { options };
}

/** Describes a usage error, in our own words where the library's are too short. */
function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, "")
    .replace(/^option '(.+)' argument missing$/, "$1 needs a value")
    .replace(/^unknown option/, "unknown flag")
    .replace(/^unknown flag '(-\w\w.*)'$/, "$& (Did you mean -$1?)");
}

/** The shard of an array task that was called without `--shard`. */
function arrayShard(environment: Environment): Shard | null {
  try {
    return shardOf(environment);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkPaths({ input, output, watch }: CommandOptions): void {
  if (input.includes("")) throw new UsageError("--input is empty: give a path");
  if (output === "") throw new UsageError("--output is empty: give a path");
  const files = input.filter((path) => formatOf(path) !== null);
  if (watch && files.length > 1) {
    throw new UsageError(
      `--watch got ${files.length} files, and none that arrives later would be among them: ` +
        `name the folder, or quote the glob, as in --input "data/*.parquet"`,
    );
  }
}

const CONFLICTS = [
  ["watch", "dryRun", "--watch does not go with --dry-run, which writes nothing"],
  ["watch", "strict", "--watch does not go with --strict, which stops at what is unusable"],
  ["report", "dryRun", "--report does not go with --dry-run, which writes nothing"],
] as const;

/** Refuses flags that contradict each other. */
function checkPairs(options: CommandOptions): void {
  const { from, to, writer, compression, shard } = options;
  if (from !== null && to !== null && from > to) {
    throw new UsageError(`--from ${dayName(from)} is after --to ${dayName(to)}`);
  }
  if (writer === "fast" && (compression === "lz4" || compression === "gzip")) {
    throw new UsageError(
      `--compression ${compression} needs --writer polars; --writer fast has snappy, zstd and none`,
    );
  }
  for (const [flag, other, message] of CONFLICTS) {
    if (options[flag] && options[other]) throw new UsageError(message);
  }
  if (options.limits !== null && !options.report) {
    throw new UsageError("--limits needs --report, which compares the extremes with them");
  }
  if (options.report && shard !== null) {
    const { from = "--shard" } = shard;
    throw new UsageError(
      `--report does not go with a part of the days (${from}): leave it to the last run`,
    );
  }
}
