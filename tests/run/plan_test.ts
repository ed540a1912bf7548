import assert from "node:assert/strict";
import { addToTotals, createDigester, type SignalTotals } from "../../lib/telemetry/mod.ts";
import type { Options } from "../../lib/run/options.ts";
import { inputsOf, sourcesByDay, staleDays } from "../../lib/run/plan.ts";
import type { InputRecord, Records } from "../../lib/store/mod.ts";
import { dayRecord } from "../helpers/records.ts";
import { JULY_13, TABLE_OPTIONS } from "../helpers/support.ts";

const OPTIONS: Options = {
  input: ["in"],
  output: "/nowhere/out",
  ...TABLE_OPTIONS,
  from: null,
  to: null,
  jobs: 1,
  force: false,
  report: false,
  limits: null,
  shard: null,
  dryRun: false,
  strict: false,
};

/**
 * An input file whose readings lie between two instants, in seconds since the first day's start.
 */
function input(name: string, first: number, last: number): [string, InputRecord] {
  const span = { first: JULY_13 + first, last: JULY_13 + last };
  const layout = { rows: 10, ...span, unit: "epoch" as const, groups: [] };
  const source = { name, path: name, size: 1, mtime: 1, ctime: 1, ino: 1, layout };
  const record = { size: 1, mtime: 1, ctime: 1, ino: 1, imported: null, rejected: {} };
  return [name, { ...record, sources: [source] }];
}

function touched(inputs: Map<string, InputRecord>, options = OPTIONS): [number, string[]][] {
  return [...sourcesByDay(inputs, options)]
    .map(([day, sources]) => [(day - JULY_13) / 86_400, sources.map(({ name }) => name)]);
}

Deno.test("sourcesByDay() returns the files of a day, and those with readings just before or after it", () => {
  const inputs = new Map([
    input("a", 0, 86_400 - 301),
    input("b", 86_400 - 300, 86_399),
    input("c", 86_400, 86_400 + 10),
    input("d", 3 * 86_400, 4 * 86_400),
  ]);
  assert.deepEqual(touched(inputs), [[0, ["a", "b"]], [1, ["b", "c"]], [3, ["d"]], [4, ["d"]]]);
  const none = touched(inputs, { ...OPTIONS, fill: "none" });
  assert.deepEqual(none.slice(0, 2), [[0, ["a", "b"]], [1, ["c"]]]);
  const linear = touched(inputs, { ...OPTIONS, fill: "linear" });
  assert.deepEqual(linear.slice(0, 2), [[0, ["a", "b", "c"]], [1, ["b", "c"]]]);
  const days = touched(inputs, { ...OPTIONS, maxGap: 3 * 86_400 });
  assert.deepEqual(days[2], [3, ["a", "b", "c", "d"]]);
  const inReverse = new Map([...inputs].reverse());
  assert.deepEqual(touched(inReverse).map(([day]) => day), [0, 1, 3, 4]);
  inputs.get("c")!.failure = "is empty";
  assert.deepEqual(touched(inputs)[1], [3, ["d"]]);
});

function totalsOf({ days }: Records): SignalTotals {
  const totals: SignalTotals = new Map();
  for (const { signalCounts } of days.values()) addToTotals(totals, signalCounts);
  return totals;
}

interface BuiltRecords extends Records {
  suspects: Map<number, string[]>;
}

/** The records after both days were built. */
function builtRecords(): BuiltRecords {
  const inputs = new Map([input("a", 0, 86_399), input("b", 86_400, 86_500)]);
  const place = { payload: "x", column: "x", phase: "1", module: "1", reason: null };
  const signalCounts = [{ ...place, numeric: 5, other: 0 }];
  const modules: [string, string][] = [["1", "1"]];
  const records: BuiltRecords = { inputs, days: new Map(), suspects: new Map() };
  for (const [day, sources] of sourcesByDay(inputs, OPTIONS)) {
    const read = { inputs: inputsOf(inputs, sources), rows: 10, readings: 10 };
    const record = dayRecord(day, { ...read, signalCounts, modules });
    records.days.set(day, record);
  }
  const digest = createDigester(totalsOf(records))({ signalCounts, modules });
  for (const record of records.days.values()) record.digest = digest;
  return records;
}

const stale = (records: BuiltRecords, options = OPTIONS, changed?: string) => {
  const digester = createDigester(totalsOf(records));
  return staleDays(
    records,
    sourcesByDay(records.inputs, options),
    options,
    digester,
    ({ day }) => day === JULY_13 ? changed : undefined,
  );
};
const reasons = (...args: Parameters<typeof stale>) =>
  stale(...args).map(({ day, reason }) => [(day - JULY_13) / 86_400, reason]);

Deno.test("isWanted() divides days among shards", () => {
  const records = builtRecords();
  records.days.clear();
  const parts = [1, 2, 3].map((index) =>
    stale(records, { ...OPTIONS, shard: { index, count: 3 } })
      .map(({ day }) => day)
  );
  assert.deepEqual(parts.flat().sort(), [JULY_13, JULY_13 + 86_400]);
});

Deno.test("staleDays() returns why a day is stale", () => {
  assert.deepEqual(reasons(builtRecords()), []);
  const fresh = builtRecords();
  fresh.days.clear();
  assert.deepEqual(reasons(fresh), [[0, "not built yet"], [1, "not built yet"]]);
  assert.deepEqual(reasons(fresh, { ...OPTIONS, from: JULY_13 + 86_400 }), [[1, "not built yet"]]);
  const changed = builtRecords();
  changed.inputs.get("a")!.mtime = 2;
  assert.deepEqual(reasons(changed), [[0, "changed input a"], [1, "changed input a"]]);
  const added = builtRecords();
  added.inputs.set(...input("c", 86_450, 86_460));
  assert.deepEqual(reasons(added), [[1, "new input c"]]);
  const gone = builtRecords();
  gone.inputs.get("a")!.failure = "is empty";
  assert.deepEqual(reasons(gone), [[1, "input a is gone, or no longer has rows of this day"]]);
  const other = { ...OPTIONS, fill: "none" as const };
  assert.deepEqual(reasons(builtRecords(), other)[0], [0, "--fill was hold, is none"]);
  const suspect = builtRecords();
  suspect.suspects.set(JULY_13, []);
  assert.deepEqual(reasons(suspect), [[0, "it has hour files that no record names"]]);
  const old = builtRecords();
  old.days.get(JULY_13)!.version = "0.0.1";
  assert.deepEqual(reasons(old), [[0, "built by version 0.0.1"]]);
  const missing = reasons(builtRecords(), OPTIONS, "1_1/2024/07/13/00.parquet");
  assert.deepEqual(missing, [[0, "1_1/2024/07/13/00.parquet is gone or changed"]]);
  const columns = builtRecords();
  const second = columns.days.get(JULY_13 + 86_400)!;
  second.signalCounts.push({
    ...{ payload: "y", column: "y", phase: null, module: null, reason: null },
    ...{ numeric: 1, other: 0 },
  });
  second.digest = createDigester(totalsOf(columns))(second);
  assert.deepEqual(reasons(columns), [[0, "other days have changed its columns"]]);
});
