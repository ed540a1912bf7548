import assert from "node:assert/strict";
import { join } from "node:path";
import { readRecords, writeDayRecord } from "../../lib/store/records.ts";
import { dayFile } from "../../lib/store/state_folder.ts";
import { writeInputRecords } from "../../lib/store/records.ts";
import { dayRecord } from "../helpers/records.ts";
import { inFolder, put } from "../helpers/support.ts";

const DAY = 1_720_828_800;
const RECORD = dayRecord(DAY, {
  inputs: { "a.parquet": "12-34" },
  digest: "x",
  modules: [["1", "1"]],
  rows: 5,
  readings: 4,
  rejected: { "a reason": 1 },
  files: ["1_1/2024/07/13/00.parquet"],
  sizes: [7],
});

const state = (folder: string) => join(folder, "_etl");
const staging = (folder: string) => join(folder, "_etl", "staged");
const read = (folder: string) => readRecords(folder, state(folder));

Deno.test("readRecords() returns what was written", () =>
  inFolder(async (folder) => {
    assert.deepEqual(read(folder), { inputs: new Map(), days: new Map() });
    const input = { size: 12, mtime: 34, ctime: 56, ino: 7, imported: null };
    await writeDayRecord(folder, staging(folder), RECORD);
    const inputs = new Map([["a.parquet", { ...input, sources: [], rejected: {} }]]);
    await writeInputRecords(folder, state(folder), inputs);
    assert.deepEqual(read(folder), { inputs, days: new Map([[DAY, RECORD]]) });
    put(join(folder, "_etl", "days", "notes.txt"), "x");
    assert.equal(read(folder).days.size, 1);
  }));

const broken: [what: string, edit: (text: string) => string][] = [
  ["is torn", (text) => text.slice(0, 50)],
  ["is empty", () => ""],
  ["is null", () => "null"],
  ["is a number", () => "7"],
  ["is of an older format", (text) => text.replace('"format":10', '"format":9')],
  ["lacks a field", (text) => text.replace('"rows":5,', "")],
  ["has a field of another type", (text) => text.replace('"rows":5,', '"rows":"5",')],
  ["names a file elsewhere", (text) => text.replace("1_1/2024", "1_1/../../2024")],
  ["names another module's file", (text) => text.replace("1_1/2024", "1_2/2024")],
  ["is that of another day", (text) => text.replace(`"day":${DAY}`, `"day":${DAY + 86_400}`)],
];

for (const [what, edit] of broken) {
  Deno.test(`readRecords() passes over a record that ${what}`, () =>
    inFolder(async (folder) => {
      await writeDayRecord(folder, staging(folder), RECORD);
      const path = join(folder, dayFile("days", DAY));
      const text = Deno.readTextFileSync(path);
      assert.notEqual(edit(text), text);
      put(path, edit(text));
      assert.equal(read(folder).days.size, 0);
    }));
}

Deno.test("readRecords() passes over a sound record that names files of another day", () =>
  inFolder(async (folder) => {
    for (
      const name of ["../../outside", "1_1/2024/07/14/00.parquet", "1_1/2024/07/13/24.parquet"]
    ) {
      await writeDayRecord(folder, staging(folder), { ...RECORD, files: [name] });
      assert.equal(read(folder).days.size, 0, name);
    }
  }));

Deno.test("readRecords() passes over a sound record under the name of another day", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, staging(folder), { ...RECORD, files: [], sizes: [] });
    const path = (day: number) => join(folder, dayFile("days", day));
    Deno.copyFileSync(path(DAY), path(DAY + 86_400));
    assert.deepEqual([...read(folder).days.keys()], [DAY]);
  }));

Deno.test("readRecords() refuses a record of a newer version", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, staging(folder), RECORD);
    const path = join(folder, dayFile("days", DAY));
    put(path, Deno.readTextFileSync(path).replace('"format":10', '"format":11'));
    assert.throws(() => read(folder), /--output: .*2024-07-13.json is of the newer version/);
  }));
