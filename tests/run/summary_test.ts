import assert from "node:assert/strict";
import type { RunContext } from "../../lib/run/context.ts";
import { Problems } from "../../lib/run/problems.ts";
import type { Options } from "../../lib/run/options.ts";
import { Pool } from "../../lib/run/pool.ts";
import { type RunEnd, summarize } from "../../lib/run/summary.ts";
import { type DayRecord, inputFingerprint, type InputRecord } from "../../lib/store/mod.ts";
import { dayRecord } from "../helpers/records.ts";
import { JULY_13, TABLE_OPTIONS } from "../helpers/support.ts";

const IDENTITY = { size: 1, mtime: 1, ctime: 1, ino: 1 };
const OPTIONS: Options = {
  ...TABLE_OPTIONS,
  input: ["in"],
  output: "out",
  from: null,
  to: null,
  jobs: 1,
  shard: null,
  limits: null,
  force: false,
  report: false,
  dryRun: false,
  strict: false,
};
const END: RunEnd = {
  ended: null,
  report: null,
  oldReport: null,
  examples: [],
  seconds: 2,
  reportSeconds: 1,
  peakMemory: 3,
};

/** An input file with readings at noon of some days, which are counted from the first one. */
function input(name: string, days: number[], more: Partial<InputRecord> = {}): InputRecord {
  const sources = days.map((day) => {
    const noon = JULY_13 + day * 86_400 + 43_200;
    const layout = { rows: 9, first: noon, last: noon, unit: "epoch" as const, groups: [] };
    return { ...IDENTITY, name, path: name, layout };
  });
  return { ...IDENTITY, imported: null, sources, rejected: {}, ...more };
}

/** A day that was built from some inputs. */
function dayOf(number: number, inputs: Record<string, InputRecord>, more: Partial<DayRecord> = {}) {
  const prints = Object.entries(inputs).map(([name, input]) => [name, inputFingerprint(input)]);
  return dayRecord(JULY_13 + number * 86_400, { inputs: Object.fromEntries(prints), ...more });
}

/** What a run knows at its end. */
function context(
  inputs: Record<string, InputRecord>,
  days: DayRecord[],
  more: Partial<RunContext> = {},
): RunContext {
  const files = Object.keys(inputs).map((name) => ({ ...IDENTITY, name, path: name }));
  const emit = () => {};
  return {
    options: OPTIONS,
    found: { files, otherFiles: {} },
    stateFolder: "",
    staging: "",
    emit,
    pool: new Pool(1, { write: null }),
    signal: undefined,
    before: { inputs: new Map(), days: new Map() },
    records: {
      inputs: new Map(Object.entries(inputs)),
      days: new Map(days.map((record) => [record.day, record])),
    },
    suspects: new Map(),
    unread: [],
    built: new Map(),
    removed: new Map(),
    problems: new Problems(false, emit),
    ...more,
  };
}

const stale = (number: number, reason = "not built yet") => {
  const day = JULY_13 + number * 86_400;
  return [day, { day, reason, rows: 9, files: 1 }] as const;
};
const NO_ROWS = { rows: 0, readings: 0, duplicates: 0, rejected: {} };

Deno.test("summarize() counts the rows of the days that were built and the files that were read", () => {
  const [old, fresh] = [
    input("old", [0], { imported: "CSV", rejected: { "no tags": 4 } }),
    input("fresh", [1], { imported: "CSV", rejected: { "no tags": 1, "no value": 2 } }),
  ];
  const inputs = { old, fresh };
  const days = [
    dayOf(1, { fresh }, { rows: 20, readings: 12, rejected: { "no value": 3 } }),
    dayOf(0, { old }, { rows: 10, readings: 9 }),
  ];
  const before = { inputs: new Map([["old", { ...old }]]), days: new Map() };
  const run = context(inputs, days, { before, built: new Map([stale(1)]) });
  const { rows, readings, duplicates, rejected, onRecord, rowsPerSecond } = summarize(run, END);
  assert.deepEqual({ rows, readings, duplicates, rejected }, {
    rows: 23,
    readings: 12,
    duplicates: 5,
    rejected: { "no tags": 1, "no value": 5 },
  });
  assert.deepEqual(onRecord, {
    rows: 37,
    readings: 21,
    duplicates: 6,
    rejected: { "no tags": 5, "no value": 5 },
  });
  assert.equal(rowsPerSecond, 12);
});

Deno.test("summarize() counts no rows of a dry run, which reads none", () => {
  const a = input("a", [0]);
  const options = { ...OPTIONS, dryRun: true };
  const run = context({ a }, [dayOf(0, { a }, { rows: 5, readings: 5 })], {
    options,
    built: new Map([stale(0, "--force")]),
  });
  const { rows, readings, duplicates, rejected, onRecord, built } = summarize(run, END);
  assert.deepEqual({ rows, readings, duplicates, rejected }, NO_ROWS);
  assert.equal(onRecord.rows, 5);
  assert.deepEqual(built, [{ day: "2024-07-13", reason: "--force", files: 1, rows: 9 }]);
});

Deno.test("summarize() tells built days from current, stale, excluded and other shards' days", () => {
  const a = input("a", [0, 1, 2, 3, 4, 5, 6, 7]);
  const days = [0, 1, 2, 3].map((number) => dayOf(number, { a }));
  const daysOf = (options: Partial<Options>, more: Partial<RunContext> = {}) => {
    const run = context({ a }, days, { options: { ...OPTIONS, ...options }, ...more });
    const { inputSpan, span, built, current, unbuilt, outside, otherShards } = summarize(run, END);
    assert.deepEqual(inputSpan, ["2024-07-13", "2024-07-20"]);
    assert.deepEqual(span, ["2024-07-13", "2024-07-16"]);
    return { built: built.length, current, unbuilt, outside, otherShards };
  };
  const shardOf = (shard: Options["shard"]) =>
    summarize(context({ a }, days, { options: { ...OPTIONS, shard } }), END).shard;
  assert.equal(shardOf(null), null);
  assert.deepEqual(shardOf({ index: 1, count: 2 }), { from: "--shard", index: 1, count: 2 });
  const all = { built: 0, current: 4, unbuilt: 4, outside: 0, otherShards: 0 };
  assert.deepEqual(daysOf({}), all);
  assert.deepEqual(daysOf({}, { built: new Map([stale(4), stale(0)]) }), {
    ...all,
    built: 2,
    current: 3,
    unbuilt: 3,
  });
  assert.deepEqual(daysOf({ interval: 60 }), { ...all, current: 0, unbuilt: 8 });
  assert.deepEqual(daysOf({ from: JULY_13 + 86_400, to: JULY_13 + 4 * 86_400 }), {
    ...all,
    current: 3,
    unbuilt: 1,
    outside: 4,
  });
  assert.deepEqual(daysOf({ shard: { index: 1, count: 2 } }), {
    ...all,
    current: 2,
    unbuilt: 2,
    otherShards: 4,
  });
  // A day that could not be built, and one that was not committed completely.
  const problems = new Problems(false, () => {});
  problems.add("2024-07-13", "could not be built: no space");
  const suspects = new Map([[JULY_13 + 86_400, []]]);
  assert.deepEqual(daysOf({}, { problems, suspects }), { ...all, current: 2, unbuilt: 6 });
});

Deno.test("summarize() counts excluded days that were built with other options", () => {
  const a = input("a", [0, 1, 2, 3]);
  const days = [0, 1, 2].map((number) => dayOf(number, { a }));
  const otherOptions = (options: Partial<Options>) =>
    summarize(context({ a }, days, { options: { ...OPTIONS, ...options } }), END).otherOptions;
  const from = JULY_13 + 2 * 86_400;
  assert.equal(otherOptions({ from }), null);
  assert.equal(otherOptions({ interval: 60 }), null);
  const option = "--interval was 5 s, is 60 s";
  assert.deepEqual(otherOptions({ interval: 60, from }), { days: 2, option });
  assert.deepEqual(otherOptions({ interval: 60, to: JULY_13 }), { days: 2, option });
});

Deno.test("summarize() counts files by what became of them, and modules and hour files on record", () => {
  const inputs = {
    plain: input("plain", [0]),
    csv: input("csv", [0], { imported: "CSV" }),
    more: input("more", [0], { imported: "CSV" }),
    gzip: input("gzip", [0], { imported: "a codec" }),
    bad: input("bad", [], { imported: "CSV" }),
  };
  const problems = new Problems(false, () => {});
  for (const name of ["bad", "2024-07-13", "a"]) problems.add(name, "is broken");
  const modules: [string, string][] = [["1", "2"], ["1_2", "3"]];
  const run = context(inputs, [
    dayOf(0, inputs, { modules, files: ["a", "b"] }),
    dayOf(1, inputs, { modules: [["1", "2_3"], ["1", "2"]], files: ["c"] }),
  ], { problems });
  run.found.otherFiles[".txt"] = 7;
  const summary = summarize(run, END);
  assert.deepEqual([summary.files, summary.unusableFiles, summary.importedFiles], [5, 1, 3]);
  assert.deepEqual(summary.importedBecause, { CSV: 2, "a codec": 1 });
  assert.deepEqual(summary.otherFiles, { ".txt": 7 });
  assert.deepEqual([summary.modules, summary.hourFiles], [3, 3]);
  assert.deepEqual(summary.problems.map(({ name }) => name), ["2024-07-13", "a", "bad"]);
});

Deno.test("summarize() counts the hour files that a day lost when it was built again", () => {
  const a = input("a", [0, 1]);
  const record = (number: number, files: string[]) => dayOf(number, { a }, { files });
  const before = [record(0, ["a", "b", "c"]), record(1, ["d"])];
  const run = context({ a }, [record(0, ["c", "e"]), record(1, ["d"])], {
    before: { inputs: new Map(), days: new Map(before.map((day) => [day.day, day])) },
    built: new Map([stale(0), stale(1)]),
  });
  assert.deepEqual(summarize(run, END).shortened, [{ day: "2024-07-13", hourFiles: 2 }]);
});

Deno.test("summarize() sums readings of no module, and lists days in order", () => {
  const a = input("a", [0, 1]);
  const days = [
    dayOf(1, { a }, { ofNoModule: { soc: 1, grid: 2 } }),
    dayOf(0, { a }, { ofNoModule: { soc: 4 } }),
  ];
  const run = context({ a }, days, {
    built: new Map([stale(1), stale(0)]),
    removed: new Map([[JULY_13 - 86_400, 24], [JULY_13 - 2 * 86_400, 3]]),
  });
  const { ofNoModule, built, removed, inputSpan, span } = summarize(run, END);
  assert.deepEqual(ofNoModule, { soc: 5, grid: 2 });
  assert.deepEqual(built.map(({ day }) => day), ["2024-07-13", "2024-07-14"]);
  assert.deepEqual(removed, [{ day: "2024-07-11", hourFiles: 3 }, {
    day: "2024-07-12",
    hourFiles: 24,
  }]);
  assert.deepEqual([inputSpan, span], Array(2).fill(["2024-07-13", "2024-07-14"]));
  const none = summarize(context({}, []), END);
  assert.deepEqual([none.inputSpan, none.span, none.rows], [null, null, 0]);
});

Deno.test("summarize() finds sparse payload types from all days, unless nothing is filled in", () => {
  const a = input("a", [0, 1]);
  const gaps = { level: Array.from({ length: 15 }, (_, i) => i === 9 ? 30 : 0) };
  const cells = { level: { all: 100, filled: 10 } };
  const days = [0, 1].map((number) => dayOf(number, { a }, { gaps, cells }));
  const sparse = (options: Partial<Options>) =>
    summarize(context({ a }, days, { options: { ...OPTIONS, ...options } }), END).sparse
      .map(({ payload, emptyShare }) => [payload, emptyShare]);
  assert.deepEqual(sparse({}), [["level", 0.9]]);
  assert.deepEqual(sparse({ fill: "none" }), []);
});
