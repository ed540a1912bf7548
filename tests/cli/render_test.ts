import assert from "node:assert/strict";
import { renderPlan, renderRun, renderSummary } from "../../lib/cli/render.ts";
import type { Summary } from "../../lib/run/mod.ts";

const ROWS = {
  rows: 1_783_574,
  readings: 396_567,
  duplicates: 1_387_000,
  rejected: { "a module without a phase": 5, "a value that is not a finite number": 2 },
};
const SUMMARY: Summary = {
  ...ROWS,
  shard: null,
  files: 96,
  localFiles: 0,
  otherFiles: {},
  unusableFiles: 1,
  importedFiles: 1,
  importedBecause: { CSV: 1 },
  onRecord: ROWS,
  modules: 4,
  hourFiles: 192,
  span: ["2024-07-01", "2024-07-02"],
  inputSpan: ["2024-07-01", "2024-07-02"],
  built: [{ day: "2024-07-01", reason: "not built yet", files: 49, rows: 900_000 }],
  removed: [],
  shortened: [],
  current: 1,
  unbuilt: 0,
  outside: 0,
  otherOptions: null,
  otherShards: 0,
  mixed: [],
  blank: [],
  changedKinds: [],
  sparse: [],
  ofNoModule: {},
  problems: [{ name: "b\u001b[31mad.parquet", reason: "is empty" }],
  ended: null,
  report: "_etl/report/index.html",
  oldReport: null,
  examples: [],
  seconds: 0.35,
  reportSeconds: 2,
  rowsPerSecond: 5_095_926,
  peakMemory: 163e6,
};
const OUTPUT = "output/";
const GOOD: Summary = { ...SUMMARY, problems: [], rejected: {} };
const render = (changes: Partial<Summary>) => renderSummary({ ...GOOD, ...changes }, OUTPUT);

Deno.test("renderSummary() ends with where the result is", () => {
  assert.equal(
    renderSummary(SUMMARY, OUTPUT),
    `files                                                          96
  unusable                                                      1
  imported                                                      1
    because of CSV                                              1
rows read                                               1,783,574
  distinct readings                                       396,567
  duplicates                                            1,387,000
  rejected                                                      7
    a module without a phase                                    5
    a value that is not a finite number                         2
modules                                                         4
days                                     2024-07-01 to 2024-07-02
  built                                                         1
  up to date                                                    1
time                                                       0.35 s
report                                                     2.00 s
rows per second                                         5,095,926
peak memory                                                163 MB

Note: 7 rejected rows: see output/_etl/rejected/

Problems (1):
  b·[31mad.parquet: is empty

192 hour files in output/, report output/_etl/report/index.html`,
  );
  assert.match(render({ report: null }), /\n\n192 hour files in output\/$/);
  assert.match(render({ report: null, hourFiles: 0 }), /\nNo hour files in output\/$/);
  const ended = render({ ended: "a.csv is empty", built: [], rows: 0 });
  assert.match(ended, /\n\nStopped by --strict: a.csv is empty\n\n/);
  assert.doesNotMatch(ended, /up to date|Nothing to do/);
  const shard = { index: 2, count: 4, from: "SLURM_ARRAY_TASK_ID" };
  assert.match(render({ shard }), /^shard +2\/4, by SLURM_ARRAY_TASK_ID\n/);
});

Deno.test("renderSummary() says Nothing to do after a run without work", () => {
  const idle = { built: [], rows: 0, readings: 0, duplicates: 0, current: 2, report: null };
  const shard = { index: 2, count: 4, from: "--shard" };
  assert.match(
    render({ ...idle, shard, current: 0, otherShards: 2 }),
    /^shard 2\/4, by --shard\nNothing to do: 0 days up to date, 2 of other shards\.\n\n192 hour files/,
  );
  assert.match(
    render({ ...idle, inputSpan: null }),
    /^Nothing to do: the input has no readings\.\n/,
  );
  assert.equal(
    render(idle),
    "Nothing to do: 2 days up to date.\n\n192 hour files in output/",
  );
});

Deno.test("renderSummary() says that there is nothing to do only if nothing was read, built, removed or unusable", () => {
  const idle = { built: [], rows: 0, readings: 0, duplicates: 0, current: 2, report: null };
  const isIdle = (changes: Partial<Summary>) =>
    render({ ...idle, ...changes }).startsWith("Nothing to do");
  assert.ok(isIdle({}));
  assert.ok(!isIdle({ rows: 1 }));
  assert.ok(!isIdle({ built: SUMMARY.built }));
  assert.ok(!isIdle({ removed: [{ day: "2024-06-15", hourFiles: 24 }] }));
  assert.ok(!isIdle({ problems: SUMMARY.problems }));
});

Deno.test("renderSummary() leaves out optional counts that are zero", () => {
  const none = { unusableFiles: 0, importedFiles: 0, importedBecause: {}, rowsPerSecond: 0 };
  const text = render({ ...none, report: null });
  const names = text.split("\n\n")[0]!.split("\n").map((line) => line.split(/ {2,}/).at(-2));
  assert.deepEqual(names, [
    "files",
    "rows read",
    "distinct readings",
    "duplicates",
    "rejected",
    "modules",
    "days",
    "built",
    "up to date",
    "time",
    "peak memory",
  ]);
});

Deno.test("renderSummary() names up to five kinds of readings in no hour file, or four and others", () => {
  const counts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 9 - i]));
  assert.match(render({ ofNoModule: counts(5) }), /: p0 \(9\), .*, p4 \(5\)\n/);
  assert.match(render({ ofNoModule: counts(6) }), /: p0 \(9\), .*, p3 \(6\), and others\n/);
});

Deno.test("renderRun() is one line, which names what was removed or failed if anything was", () => {
  const now = new Date("2024-07-13T12:34:56.789Z");
  assert.equal(
    renderRun(GOOD, now),
    "2024-07-13T12:34:56Z  96 files, 1 day built, 192 hour files, 0.35 s",
  );
  const removed = [{ day: "2024-06-15", hourFiles: 24 }];
  assert.equal(
    renderRun({ ...SUMMARY, removed }, now),
    "2024-07-13T12:34:56Z  96 files, 1 day built, 1 removed, 192 hour files, 0.35 s, 7 rejected rows, 1 problem",
  );
});

Deno.test("renderSummary() counts as up to date only days that are", () => {
  const text = render({ outside: 1, otherShards: 6, unbuilt: 3, current: 0 });
  assert.match(
    text,
    /up to date +0\n {2}not built +3\n {2}outside --from\/--to +1\n {2}of other shards +6\n/,
  );
  assert.ok(
    !render({ built: [], current: 0, unbuilt: 1, outside: 2 }).includes("No day is within"),
  );
  const none = render({ built: [], rows: 0, current: 0, outside: 2 });
  assert.match(
    none,
    /^Nothing .*\n\nNote: No day is within --from and --to: the input has 2024-07-01 to 2024-07-02\.\n/,
  );
  assert.ok(!text.includes("No day is within"));
});

Deno.test("renderSummary() names days with other options, and a report that is out of date", () => {
  const option = "--interval was 5 s, is 60 s";
  const notes = (days: number) =>
    render({ otherOptions: { days, option }, oldReport: "_etl/report/index.html", report: null })
      .split("\n").filter((line) => line.startsWith("Note: "));
  assert.deepEqual(notes(4), [
    "Note: 4 days outside --from and --to were built with other options (--interval was 5 s, is " +
    "60 s). A run without --from and --to builds them again.",
    "Note: output/_etl/report/index.html is older than the hour files. --report updates it.",
  ]);
  assert.match(notes(1)[0]!, /^Note: 1 day .* was built .* builds it again\.$/);
});

Deno.test("renderSummary() shows an example of each reason why rows are rejected", () => {
  const tooMany = "a line with too many fields";
  const examples = [
    { reason: tooMany, file: "a.csv", line: 7, row: "1,a,3,65,[]" },
    { reason: "a module without a phase", file: "b.parquet", row: "1 | a\u001b[2J | 3 | []" },
  ];
  const text = render({ rejected: { [tooMany]: 1, "a module without a phase": 9 }, examples });
  const notes = text.split("\n").filter((line) => line.startsWith("Note: "));
  assert.deepEqual(notes, [
    "Note: 10 rejected rows: see output/_etl/rejected/",
    "Note: a.csv, line 7: a line with too many fields: 1,a,3,65,[]",
    "Note: b.parquet: a module without a phase: 1 | a·[2J | 3 | []",
    "Note: Tags and other fields with a separator in them need quotes; numbers need a decimal point.",
  ]);
});

Deno.test("renderSummary() adds notes on what is unusual, and what to do about it", () => {
  const sparse = [
    { payload: "volts", emptyShare: 0.554, maxGap: 900 },
    { payload: "amps", emptyShare: 0.92, maxGap: 7200 },
  ];
  const text = render({
    localFiles: 2,
    otherFiles: { ".zip": 2, ".txt": 1 },
    mixed: [
      { payload: "mode", kind: "numeric", numericShare: 0.97, isQuantity: false },
      { payload: "state", kind: "text", numericShare: 0.012, isQuantity: false },
      { payload: "amps", kind: "text", numericShare: 0, isQuantity: true },
      { payload: "soc", kind: "text", numericShare: 0.3, isQuantity: true },
      { payload: "volts", kind: "numeric", numericShare: 0.8, isQuantity: true },
    ],
    blank: [" module_voltage", " soc"],
    removed: [{ day: "2024-06-15", hourFiles: 24 }, { day: "2024-06-16", hourFiles: 576 }],
    shortened: [{ day: "2024-06-17", hourFiles: 92 }],
    changedKinds: [{ payload: "flag", before: "numeric", after: "text" }],
    sparse,
  });
  const notes = text.split("\n").filter((line) => line.startsWith("Note: "));
  assert.deepEqual(notes, [
    "Note: --input no longer has readings for 2 days, whose hour files (600) are removed. " +
    "To build some days and keep the others, use --from and --to.",
    "Note: --input no longer has readings for some hours of 1 day, whose hour files (92) are removed. " +
    "To keep them, give all inputs that have readings of a day.",
    "Note: The times in 2 files have no zone: they are taken as UTC.",
    "Note: 3 files of other kinds were ignored: 2 .zip (unpack it first), 1 .txt",
    "Note: flag was numeric before this run, and is text now: most of its readings are not numbers.",
    "Note: mode is numeric; 3 % of its readings are not numbers, and are rejected.",
    "Note: state is text, although 1 % of its readings are numbers.",
    "Note: amps is text: none of its readings is a number. Do they have decimal commas?",
    "Note: soc is text, although 30 % of its readings are numbers. " +
    "Do the others have decimal commas?",
    "Note: volts is numeric; 20 % of its readings are not numbers, and are rejected. " +
    "Do they have decimal commas?",
    'Note: Some payload types begin or end with a blank: " module_voltage", " soc". ' +
    "Does a CSV file have blanks after its commas?",
    "Note: amps (92 % empty), volts (55 % empty): their readings are often further apart than --max-gap. " +
    "--max-gap 2h would bridge nine out of ten gaps, but it would fill gaps of that length in every signal.",
  ]);
  const kinds = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`.${n}`, n]));
  assert.match(
    render({ otherFiles: kinds }),
    /21 files of .*: 6 \.6, 5 \.5, 4 \.4, 3 \.3, and others\n/,
  );
  assert.match(
    render({ otherFiles: { ".md": 1 } }),
    /1 file of another kind was ignored: \.md\n/,
  );
  assert.match(
    render({ otherFiles: { ".tsv": 2 } }),
    /2 files of another kind were ignored: \.tsv \(rename it to \.csv: its fields may be separated by tabs\)\n/,
  );
});

Deno.test("renderSummary() lists the first 20 of many problems", () => {
  const problems = Array.from({ length: 21 }, (_, i) => ({ name: `${i}.csv`, reason: "is empty" }));
  const text = renderSummary({ ...SUMMARY, problems }, OUTPUT);
  assert.match(text, /Problems \(21\):\n.* {2}19\.csv: is empty\n {2}and 1 more, .*--json/s);
  assert.ok(!text.includes("20.csv"));
  const all = renderSummary({ ...SUMMARY, problems: problems.slice(1) }, OUTPUT);
  assert.match(all, /20\.csv: is empty\n\n192/);
});

Deno.test("renderPlan() lists the days to build, and why", () => {
  assert.equal(
    renderPlan(GOOD, OUTPUT),
    `2024-07-01  49 files, up to 900,000 rows: not built yet
1 day would be built; nothing was written.`,
  );
  const shard = { index: 1, count: 3, from: "--shard" };
  assert.match(
    renderPlan({ ...SUMMARY, shard }, OUTPUT),
    /^shard 1\/3, by --shard\n2024-07-01 {2}49 files/,
  );
  const idle = { ...GOOD, built: [], current: 2 };
  assert.equal(renderPlan(idle, OUTPUT), "Nothing to do: 2 days up to date.");
});

Deno.test("renderSummary() names readings that are in no hour file", () => {
  assert.match(
    render({ ofNoModule: { soc: 1, grid: 20 } }),
    /\nNote: 21 readings in no hour file, because no module .* reported in the same hour: grid \(20\), soc \(1\)\n/,
  );
  assert.match(
    render({ ofNoModule: { grid: 20 }, modules: 0 }),
    /\nNote: 20 readings in no hour file, because none of .* phase and module \(in lower case\): grid \(20\)\n/,
  );
});
