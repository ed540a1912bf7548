import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type DayRecord,
  dayRecordPath,
  fingerprint,
  readRecords,
  writeDayRecord,
  writeInputRecords,
} from "../lib/records.ts";
import { inFolder, put } from "./support.ts";

const DAY = 1_720_828_800;
const RECORD: DayRecord = {
  day: DAY,
  options: {
    interval: 5,
    maxGap: 300,
    fill: "hold",
    aggregate: "mean",
    compression: "snappy",
    writer: "fast",
  },
  inputs: { "a.parquet": "12-34" },
  digest: "x",
  facts: [],
  modules: [["1", "1"]],
  rows: 5,
  readings: 4,
  rejected: { "a reason": 1 },
  files: ["1_1/2024/07/13/00.parquet"],
};

Deno.test("records are read as they were written", () =>
  inFolder((folder) => {
    assert.deepEqual(readRecords(folder), { inputs: new Map(), days: new Map() });
    const input = {
      size: 12,
      mtime: 34,
      rows: 5,
      reader: "fast",
      sources: [],
      rejected: {},
    } as const;
    writeDayRecord(folder, RECORD);
    writeInputRecords(folder, new Map([["a.parquet", { ...input, sources: [], rejected: {} }]]));
    const records = readRecords(folder);
    assert.deepEqual(records.days, new Map([[DAY, RECORD]]));
    assert.deepEqual([...records.inputs.keys()], ["a.parquet"]);
    assert.equal(fingerprint(records.inputs.get("a.parquet")!), "12-34");
  }));

Deno.test("a record that can't be read, or of another version, is not trusted", () =>
  inFolder((folder) => {
    writeDayRecord(folder, RECORD);
    const path = dayRecordPath(folder, DAY);
    const text = Deno.readTextFileSync(path);
    const wrong = [text.slice(0, 50), "", "null", text.replace('"format":1', '"format":2')];
    wrong.push(text.replace(/"version":"[^"]*"/, '"version":"99.0.0"'));
    for (const broken of wrong) {
      put(path, broken);
      assert.equal(readRecords(folder).days.size, 0, broken);
    }
    put(path, text);
    put(join(folder, "_etl", "days", "notes.txt"), "x");
    assert.equal(readRecords(folder).days.size, 1);
  }));
