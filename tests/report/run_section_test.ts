import assert from "node:assert/strict";
import { join } from "node:path";
import type { LatestRun } from "../../lib/report/mod.ts";
import type { InputRecord } from "../../lib/store/mod.ts";
import type { Counts } from "../../lib/telemetry/mod.ts";
import { inputNotes, rejectedTables, runTable } from "../../lib/report/overview/run_section.ts";
import { dayRecord } from "../helpers/records.ts";
import { inFolder, put } from "../helpers/support.ts";
import { textOf } from "../helpers/markup.ts";

const RUN = { files: 3, built: 1, current: 2, problems: [] };
const input = (rejected: Counts): InputRecord => ({
  size: 1,
  mtime: 1,
  ctime: 1,
  ino: 1,
  imported: null,
  sources: [],
  rejected,
});
const recordsOf = (inputs: Record<string, Counts>, rejected: Counts = {}) => ({
  inputs: new Map(Object.entries(inputs).map(([name, counts]) => [name, input(counts)])),
  days: new Map([[0, dayRecord(0, { rows: 20, readings: 9, rejected, files: ["a", "b"] })]]),
});

Deno.test("runTable() adds up what is on record, including malformed rows of inputs", () => {
  const text = textOf(runTable(recordsOf({ a: { "no tags": 3 } }, { "no value": 2 }), RUN)).trim();
  assert.match(text, /Input files 3 Rows read 23 Distinct readings 9 Duplicates 9 Rejected 5 /);
  assert.match(text, /Modules 0 Hour files 2 Days that the run built 1 Days .* up to date 2$/);
});

Deno.test("inputNotes() says what of the input is in no figure", () => {
  const notes = (...[records, problems]: [ReturnType<typeof recordsOf>, LatestRun["problems"]]) =>
    inputNotes(records, { ...RUN, problems }).map((part) => textOf(part).trim());
  assert.deepEqual(notes(recordsOf({ a: {} }), []), []);
  const problems = [{ name: "c.csv", reason: "is empty" }];
  assert.deepEqual(notes(recordsOf({ a: { x: 2 } }, { y: 1 }), problems), [
    "Not in the rows: 3 rejected rows and 1 file or day that could not be used; see the run .",
  ]);
  const records = recordsOf({});
  const signal = { phase: "1", module: "1", reason: null };
  const day = records.days.get(0)!;
  day.signalCounts = [
    { ...signal, payload: "system_state", column: "system_state", numeric: 0, other: 9 },
    { ...signal, payload: "module_voltage", column: "module_voltage", numeric: 1, other: 2 },
    { ...signal, payload: "module_current", column: "module_current", numeric: 2, other: 1 },
  ];
  assert.deepEqual(notes(records, []), [
    "Text instead of numbers, and so in no figure: module_voltage.",
  ]);
});

Deno.test("rejectedTables() says which rows and files could not be used, or that all could", () =>
  inFolder((output) => {
    const tables = (...args: Parameters<typeof recordsOf>) =>
      rejectedTables(output, recordsOf(...args), RUN).map((part) => textOf(part).trim());
    assert.deepEqual(tables({ a: {} }), [
      "No row was rejected.",
      "",
      "Every input file could be used.",
      "",
    ]);
    const [reasons, files] = tables({ a: {}, b: { y: 2 } }, { x: 3 });
    assert.match(reasons!, /reason rows x 3 y 2$/);
    assert.match(files!, /file rows b 2$/);
    const problems = [{ name: "c.csv", reason: "is empty" }];
    const [, , unusable] = rejectedTables(output, recordsOf({}), { ...RUN, problems }).map((part) =>
      textOf(part).trim()
    );
    assert.match(unusable!, /file or day reason c\.csv is empty$/);
  }));

Deno.test("rejectedTables() shows up to five rows of each reason in order, from whole lines only", () =>
  inFolder((output) => {
    const row = (reason: string, value: string | null) =>
      `${JSON.stringify({ file: "f", reason, timestamp: null, value })}\n`;
    const folder = join(output, "_etl/rejected");
    put(join(folder, "2024-07-13.jsonl"), row("b", "1") + row("a", "2") + row("a", null));
    put(join(folder, "2024-07-14.jsonl"), ["3", "4", "5", "6"].map((v) => row("a", v)).join(""));
    // A line that goes beyond what is read of a file, and a file that is not one of ours.
    put(join(folder, "2024-07-15.jsonl"), row("b", "7") + row("b", "x".repeat(1 << 16)));
    put(join(folder, "notes.txt"), "mine\n");
    const [, , , examples] = rejectedTables(output, recordsOf({}), RUN);
    const rows = [...examples!.matchAll(/<tr><td[^>]*>f<\/td>(.*?)<\/tr>/g)]
      .map(([, cells]) => textOf(cells!).trim().split(" "));
    assert.deepEqual(rows.map(([reason]) => reason), ["a", "a", "a", "a", "a", "b", "b"]);
    assert.deepEqual(rows.map(([, value]) => value), ["2", undefined, "3", "4", "5", "1", "7"]);
  }));
