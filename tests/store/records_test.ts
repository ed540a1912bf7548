import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type DayRecord,
  dayRecordPath,
  markUnfinished,
  readRecords,
  syncDayRecord,
  writeDayRecord,
  writeInputRecords,
} from "../../lib/store/records.ts";
import { inFolder, put, TABLE_OPTIONS } from "../helpers/support.ts";

const DAY = 1_720_828_800;
const RECORD: DayRecord = {
  day: DAY,
  version: "0.1.0",
  options: TABLE_OPTIONS,
  inputs: { "a.parquet": "12-34" },
  digest: "x",
  facts: [],
  modules: [["1", "1"]],
  coverage: [],
  gaps: {},
  rows: 5,
  readings: 4,
  rejected: { "a reason": 1 },
  files: ["1_1/2024/07/13/00.parquet"],
  sizes: [7],
};

const own = (folder: string) => join(folder, "_etl");
const read = (folder: string) => readRecords(folder, own(folder));

Deno.test("records are read as they were written", () =>
  inFolder(async (folder) => {
    assert.deepEqual(read(folder), { inputs: new Map(), days: new Map() });
    const input = { size: 12, mtime: 34, ctime: 56, reader: "fast" as const };
    await writeDayRecord(folder, RECORD);
    const inputs = new Map([["a.parquet", { ...input, sources: [], rejected: {} }]]);
    await writeInputRecords(folder, own(folder), inputs);
    const records = read(folder);
    assert.deepEqual(records, { inputs, days: new Map([[DAY, RECORD]]) });
  }));

Deno.test("a record that can't be read is not trusted: the files of its day are suspect", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, RECORD);
    const there = ["1_1/2024/07/13/00.parquet", "%2E_1/2024/07/13/23.parquet"];
    for (const name of there) put(join(folder, name), "x");
    for (
      const name of [
        "1_1/2024/07/13/00.txt",
        "1_1/2024/07/14/00.parquet",
        "a/2024/07/13/00.parquet",
      ]
    ) {
      put(join(folder, name), "x");
    }
    const path = dayRecordPath(folder, DAY);
    const text = Deno.readTextFileSync(path);
    for (
      const broken of [text.slice(0, 50), "", "null", text.replace('"format":2', '"format":1')]
    ) {
      put(path, broken);
      const record = read(folder).days.get(DAY)!;
      assert.equal(record.unfinished, true);
      assert.deepEqual(record.files.sort(), there.toSorted());
      markUnfinished(folder, DAY, []);
      assert.deepEqual(read(folder).days.get(DAY)!.files.sort(), there.toSorted(), "nor forgotten");
    }
    put(join(folder, "_etl", "days", "notes.txt"), "x");
    assert.equal(read(folder).days.size, 1);
  }));

Deno.test("a record of a newer version is not touched", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, RECORD);
    const path = dayRecordPath(folder, DAY);
    put(path, Deno.readTextFileSync(path).replace('"format":2', '"format":3'));
    assert.throws(() => read(folder), /--output: .*2024-07-13.json is of the newer version/);
  }));

Deno.test("a day that is being written has its old and new files, all suspect", () =>
  inFolder(async (folder) => {
    const added = "1_2/2024/07/13/00.parquet";
    markUnfinished(folder, DAY, [added]);
    assert.deepEqual(read(folder).days.get(DAY)!.files, [added]);
    await writeDayRecord(folder, RECORD);
    markUnfinished(folder, DAY, [added, ...RECORD.files]);
    const record = read(folder).days.get(DAY)!;
    const files = [...RECORD.files, added];
    assert.deepEqual(record, { ...RECORD, files, unfinished: true });
    assert.deepEqual(await syncDayRecord(folder, DAY), files);
  }));
