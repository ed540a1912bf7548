/**
 * The flags: their names, values, defaults and help.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type Limits, parseLimits } from "../battery/mod.ts";
import { UsageError } from "../errors.ts";
import { CHOICES } from "../hours/mod.ts";
import { parseShard } from "../run/mod.ts";
import { parseDay } from "../telemetry/mod.ts";
import { VERSION } from "../version.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses a duration such as `5s`, `2m` or `1h` to seconds. */
function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new Error("write a duration such as 5s, 2m or 1h");
  }
  return Number(count) * SECONDS[unit]!;
}

/** The grid counts seconds from the start of a day in 30-bit numbers. */
const LONGEST_GAP = "150000h";

function parseMaxGap(text: string): number {
  const seconds = parseDuration(text);
  if (seconds > parseDuration(LONGEST_GAP)) {
    throw new Error(`it must be at most ${LONGEST_GAP} (17 years)`);
  }
  return seconds;
}

function parseInterval(text: string): number {
  const seconds = parseDuration(text);
  if (seconds < 1 || 3600 % seconds !== 0) {
    throw new Error("it must divide an hour: 1s, 5s, 10s, 1m, 15m, 1h and the like");
  }
  return seconds;
}

function parseDate(text: string): number {
  const day = parseDay(text);
  if (day === null) throw new Error("write a day such as 2024-07-13");
  return day;
}

function parseJobs(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 256) {
    throw new Error("it must be a whole number from 1 to 256");
  }
  return count;
}

/** Reads limits from a JSON file. */
function readLimits(path: string): Limits {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new Error(`it can't be read: ${(error as Error).message}`);
  }
  return parseLimits(text);
}

/** A flag whose value is parsed; an error names the flag and the value. */
function valued<T>(flags: string, description: string, parse: (text: string) => T): Option {
  const [name] = flags.split(" ");
  return new Option(flags, description).argParser((text: string) => {
    try {
      return parse(text);
    } catch (error) {
      throw new UsageError(`Cannot parse ${name} "${text}": ${(error as Error).message}`);
    }
  });
}

/** A flag with a few allowed values, the first of which is the default. */
function choice(flags: string, description: string, choices: readonly string[]): Option {
  const words = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return valued(flags, `${description}: ${words}`, (text) => {
    if (!choices.includes(text)) throw new Error(`it must be ${words}`);
    return text;
  }).default(choices[0], choices[0]);
}

/** A flag without a value. */
function toggle(flags: string, description: string): Option {
  return new Option(flags, description).default(false);
}

const INPUT = new Option(
  "--input <path>",
  "folder, file or quoted glob of .parquet, .csv and .jsonl files; may be repeated, or left out " +
    "before a path",
).argParser((path: string, before: string[]) => [...before, path]).default([]);

/** The flags in groups, each with a title and an example. */
const GROUPS: readonly [title: string, example: string, flags: Option[]][] = [
  ["What goes in, and where it goes", "data/ june.csv.gz --output hours/", [
    INPUT,
    new Option("--output <folder>", "folder for the hour files; made if it does not exist"),
  ]],
  ["How rows are made", "data/ --output hours/ --interval 1m --max-gap 15m --fill linear", [
    valued("--interval <duration>", "length of a row; it must divide an hour", parseInterval)
      .default(5, "5s"),
    valued(
      "--max-gap <duration>",
      "longest time for which a value is held, or between rows that a line joins",
      parseMaxGap,
    )
      .default(300, "5m"),
    choice("--fill <how>", "how rows without readings are filled", CHOICES.fill),
    choice("--aggregate <how>", "how the readings of a row become one value", CHOICES.aggregate),
  ]],
  ["Which days", "data/ --output hours/ --from 2024-07-01 --to 2024-07-31", [
    valued("--from <day>", "first day to build, such as 2024-07-13", parseDate).default(null),
    valued("--to <day>", "last day to build", parseDate).default(null),
    valued(
      "--shard <part>",
      "part of the days to build, such as 1/4, or all; by default, an array task builds its own part",
      (text) => text === "all" ? text : parseShard(text),
    ),
    toggle("--force", "build all days again, even those that are up to date"),
  ]],
  ["How it runs", "data/ --output hours/ --jobs 4 --watch", [
    valued("--jobs <count>", "how many days to build at the same time", parseJobs)
      .default(navigator.hardwareConcurrency, "number of cores"),
    choice("--compression <codec>", "compression of the hour files", CHOICES.compression),
    choice(
      "--writer <name>",
      "writer of the hour files, hourgrid's own or Polars",
      CHOICES.writer,
    ),
    toggle("--watch", "keep running, and build what arrives"),
    toggle("--strict", "stop at the first unusable input or rejected row"),
    toggle("--dry-run", "say which days would be built, and why; write nothing"),
  ]],
  ["What it says", "data/ --output hours/ --report --quiet", [
    toggle("--report", "write pages with charts to _etl/report/ in the output folder"),
    valued(
      "--limits <file>",
      "JSON file of limits, with which the report compares the extremes",
      readLimits,
    )
      .default(null),
    toggle("--quiet", "print nothing but errors"),
    toggle("--json", "print the summary as one JSON document"),
  ]],
];

/** Makes the command that parses the flags. */
export function createCommand(): Command {
  const command = new Command("hourgrid")
    .description("Turns battery telemetry day files into hour files on a regular time grid.")
    .usage("--input <path> --output <folder> [flags]")
    .argument("[path...]")
    .configureHelp({
      optionDescription: ({ description, defaultValueDescription }) =>
        defaultValueDescription === undefined
          ? description
          : `${description} (default: ${defaultValueDescription})`,
    });
  for (const [title, example, flags] of GROUPS) {
    command.optionsGroup(`${title}:\n  $ hourgrid ${example}\n`);
    for (const flag of flags) command.addOption(flag);
  }
  return command.version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help");
}
