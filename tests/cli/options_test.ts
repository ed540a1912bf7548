import assert from "node:assert/strict";
import { isWanted } from "../../lib/run/mod.ts";
import { type CommandOptions, parseArguments } from "../../lib/cli/options.ts";
import { UsageError } from "../../lib/errors.ts";

const PATHS = ["--input", "in", "--output", "out"];

function parse(...args: string[]): CommandOptions {
  const request = parseArguments([...PATHS, ...args]);
  assert.ok("options" in request);
  return request.options;
}

Deno.test("parseArguments() fills in the defaults", () => {
  const { jobs, ...options } = parse();
  assert.ok(jobs >= 1);
  assert.deepEqual(options, {
    input: ["in"],
    output: "out",
    interval: 5,
    maxGap: 300,
    fill: "hold",
    aggregate: "mean",
    compression: "snappy",
    writer: "fast",
    from: null,
    to: null,
    force: false,
    report: false,
    limits: null,
    shard: null,
    watch: false,
    dryRun: false,
    strict: false,
    quiet: false,
    json: false,
  });
});

Deno.test("parseArguments() takes flags and values", () => {
  const flags = [
    "--interval",
    "15m",
    "--max-gap",
    "1h",
    "--fill",
    "linear",
    "--aggregate",
    "median",
  ];
  const more = [
    "--from",
    "2024-07-13",
    "--to",
    "2024-07-14",
    "--jobs",
    "3",
    "--dry-run",
    "--strict",
  ];
  const options = parse(
    ...flags,
    ...more,
    "--writer",
    "polars",
    "--compression",
    "gzip",
    "--quiet",
  );
  assert.deepEqual([options.interval, options.maxGap, options.jobs], [900, 3600, 3]);
  assert.deepEqual([options.fill, options.aggregate], ["linear", "median"]);
  assert.deepEqual([options.writer, options.compression], ["polars", "gzip"]);
  assert.ok(options.dryRun && options.strict && options.quiet);
  const days = [-1, 0, 1, 2].map((day) => isWanted(options, 1_720_828_800 + day * 86_400));
  assert.deepEqual(days, [false, true, true, false]);
});

Deno.test("parseArguments() takes a single day, and a single file to watch", () => {
  const { from, to } = parse("--from", "2024-07-13", "--to", "2024-07-13");
  assert.deepEqual([from, to], [1_720_828_800, 1_720_828_800]);
  assert.ok(parse("--watch", "--input", "a.csv").watch);
});

const wrong: [args: string[], message: RegExp][] = [
  [["--interval", "7s"], /--interval.*"7s": .*must divide an hour/],
  [["--interval", "0s"], /--interval.*"0s": .*must divide an hour/],
  [["--interval", "5"], /--interval.*"5": .*duration such as 5s, 2m or 1h/],
  [["--max-gap", "-5s"], /--max-gap.*"-5s": .*duration/],
  [["--max-gap", "150001h"], /--max-gap.*"150001h": .*at most 150000h/],
  [["--fill", "spline"], /--fill.*"spline": .*hold, linear or none/],
  [["--aggregate", "sum"], /--aggregate.*"sum": .*mean, median, min, max or last/],
  [["--from", "13.07.2024"], /--from.*"13.07.2024": .*2024-07-13/],
  [["--to", "2024-02-30"], /--to "2024-02-30"/],
  [["--from", "2024-07-14", "--to", "2024-07-13"], /--from 2024-07-14 is after --to 2024-07-13/],
  [["--jobs", "0"], /--jobs.*"0": .*1 to 256/],
  [["--jobs", "two"], /--jobs "two"/],
  [["--compression", "brotli"], /--compression.*"brotli": .*snappy, zstd, none, lz4 or gzip/],
  [["--compression", "lz4"], /--compression lz4 needs --writer polars/],
  [["--writer", "excel"], /--writer.*"excel": .*fast or polars/],
  [["--shard", "0/4"], /--shard.*"0\/4": .*1\/4, up to 4\/4/],
  [["--shard", "5/4"], /--shard "5\/4"/],
  [["--watch", "--dry-run"], /--watch does not go with --dry-run/],
  [["--watch", "--strict"], /--watch does not go with --strict/],
  [["--colour"], /unknown flag '--colour'/],
  [["--fill"], /--fill <how> needs a value/],
  [["-fill", "none"], /unknown flag .*Did you mean --fill/],
  [["--watch", "a.csv", "b.csv"], /--watch got 2 files.*quote the glob/],
  [["--input", ""], /--input is empty/],
  [["--input", "--quiet"], /--quiet stands where a path should: is a variable empty/],
];

Deno.test("parseArguments() names a wrong flag or value and what is allowed", () => {
  for (const [args, message] of wrong) {
    assert.throws(
      () => parseArguments([...PATHS, ...args]),
      (error) => error instanceof UsageError && message.test(error.message),
      args.join(" "),
    );
  }
  assert.throws(() => parseArguments([]), /^UsageError: --input <path> is required\nTry --help/);
  assert.throws(() => parseArguments(["--input", "in"]), /--output <folder> is required/);
  assert.throws(() => parseArguments(["--inputt", "in"]), /unknown flag '--inputt'/);
});

Deno.test("parseArguments() takes an array task's part from the environment, unless --shard is given", () => {
  const task = { JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "8" };
  const shardOf = (args: string[], environment: Record<string, string>) => {
    const request = parseArguments([...PATHS, ...args], environment);
    assert.ok("options" in request);
    return request.options.shard;
  };
  assert.deepEqual(shardOf([], task), { index: 1, count: 8, from: "JOB_COMPLETION_INDEX" });
  assert.deepEqual(shardOf(["--shard", "2/3"], task), { index: 2, count: 3 });
  assert.equal(shardOf(["--shard", "all"], task), null);
  const half = { JOB_COMPLETION_INDEX: "0" };
  assert.equal(shardOf(["--shard", "all"], half), null);
  assert.deepEqual(shardOf(["--shard", "2/3"], half), { index: 2, count: 3 });
  assert.throws(
    () => parseArguments(PATHS, half),
    (error) => error instanceof UsageError && /^JOB_COMPLETIONS is not set/.test(error.message),
  );
  assert.ok("text" in parseArguments(["--help"], half));
});

Deno.test("parseArguments() answers --help and --version with a text", () => {
  const help = parseArguments(["--help"]);
  assert.ok("text" in help && help.text.includes("--max-gap <duration>"));
  const version = parseArguments(["--version"]);
  assert.ok("text" in version && /^\d+\.\d+\.\d+\n$/.test(version.text));
});

Deno.test("parseArguments() takes several inputs, also without --input", () => {
  const { input } = parse("--input", "b", "c.csv", "--quiet", "d");
  assert.deepEqual(input, ["in", "b", "c.csv", "d"]);
  const request = parseArguments(["a", "--output", "out"]);
  assert.ok("options" in request);
  assert.deepEqual(request.options.input, ["a"]);
});

Deno.test("parseArguments() takes every example of --help", () => {
  const help = parseArguments(["-h"]);
  assert.ok("text" in help);
  const examples = [...help.text.matchAll(/^ +\$ hourgrid (.*)$/gm)].map(([, args]) => args!);
  assert.equal(examples.length, 5);
  for (const example of examples) assert.ok("options" in parseArguments(example.split(" ")));
});
