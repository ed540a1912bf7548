import assert from "node:assert/strict";
import { join } from "node:path";
import {
  inputFingerprint,
  type InputRecord,
  readRecords,
  writeDayRecord,
  writeInputRecords,
} from "../../lib/store/records.ts";
import { stateFile } from "../../lib/store/state_folder.ts";
import { dayRecord } from "../helpers/records.ts";
import { inFolder, JULY_13, put } from "../helpers/support.ts";

const RECORD = dayRecord(JULY_13, {
  inputs: { "a.parquet": "12-34" },
  digest: "x",
  modules: [["1", "1"]],
  rows: 5,
  readings: 4,
  rejected: { "a reason": 1 },
  files: ["1_1/2024/07/13/00.parquet"],
  sizes: [7],
});

const INPUT: InputRecord = {
  size: 12,
  mtime: 34,
  ctime: 56,
  ino: 7,
  imported: null,
  sources: [],
  rejected: {},
};

const state = (folder: string) => join(folder, "_etl");
const staging = (folder: string) => join(folder, "_etl", "staged");
const read = (folder: string) => readRecords(folder, state(folder));

Deno.test("readRecords() returns what was written", () =>
  inFolder(async (folder) => {
    assert.deepEqual(read(folder), { inputs: new Map(), days: new Map() });
    await writeDayRecord(folder, staging(folder), RECORD);
    const inputs = new Map([["a.parquet", INPUT]]);
    await writeInputRecords(folder, state(folder), inputs);
    assert.deepEqual(read(folder), { inputs, days: new Map([[JULY_13, RECORD]]) });
    put(join(folder, "_etl", "days", "notes.txt"), "x");
    assert.equal(read(folder).days.size, 1);
  }));

const broken: [what: string, edit: (text: string) => string][] = [
  ["is torn", (text) => text.slice(0, 50)],
  ["is empty", () => ""],
  ["is null", () => "null"],
  ["is a number", () => "7"],
  ["is of an older format", (text) => text.replace('"format":14', '"format":13')],
  ["lacks a field", (text) => text.replace('"rows":5,', "")],
  ["has a field of another type", (text) => text.replace('"rows":5,', '"rows":"5",')],
  ["names a file elsewhere", (text) => text.replace("1_1/2024", "1_1/../../2024")],
  ["names another module's file", (text) => text.replace("1_1/2024", "1_2/2024")],
  [
    "is that of another day",
    (text) => text.replace(`"day":${JULY_13}`, `"day":${JULY_13 + 86_400}`),
  ],
];

for (const [what, edit] of broken) {
  Deno.test(`readRecords() passes over a record that ${what}`, () =>
    inFolder(async (folder) => {
      await writeDayRecord(folder, staging(folder), RECORD);
      const path = join(folder, stateFile("days", JULY_13));
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

Deno.test("readRecords() skips a sound record under the name of another day", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, staging(folder), { ...RECORD, files: [], sizes: [] });
    const path = (day: number) => join(folder, stateFile("days", day));
    Deno.copyFileSync(path(JULY_13), path(JULY_13 + 86_400));
    assert.deepEqual([...read(folder).days.keys()], [JULY_13]);
  }));

Deno.test("readRecords() follows no link", () =>
  inFolder(async (folder) => {
    const elsewhere = join(folder, "elsewhere");
    await writeDayRecord(elsewhere, staging(elsewhere), RECORD);
    await writeInputRecords(elsewhere, state(elsewhere), new Map([["a.parquet", INPUT]]));
    assert.deepEqual([read(elsewhere).days.size, read(elsewhere).inputs.size], [1, 1]);
    Deno.mkdirSync(join(folder, "_etl/days"), { recursive: true });
    for (const name of [stateFile("days", JULY_13), "_etl/inputs.jsonl"]) {
      Deno.symlinkSync(join(elsewhere, name), join(folder, name));
    }
    assert.deepEqual(read(folder), { inputs: new Map(), days: new Map() });
  }));

Deno.test("inputFingerprint() changes with a file's identity and with its checksum, if it has one", () => {
  const prints = [
    INPUT,
    { ...INPUT, size: 13 },
    { ...INPUT, mtime: 35 },
    { ...INPUT, ctime: 57 },
    { ...INPUT, ino: 8 },
    { ...INPUT, sha256: "a" },
    { ...INPUT, sha256: "b" },
  ].map(inputFingerprint);
  assert.equal(new Set(prints).size, prints.length);
  assert.equal(inputFingerprint(INPUT), inputFingerprint({ ...INPUT, imported: "CSV" }));
});

Deno.test("readRecords() refuses a record of a newer version", () =>
  inFolder(async (folder) => {
    await writeDayRecord(folder, staging(folder), RECORD);
    const path = join(folder, stateFile("days", JULY_13));
    put(path, Deno.readTextFileSync(path).replace('"format":14', '"format":15'));
    assert.throws(() => read(folder), /--output: .*2024-07-13.json is of the newer version/);
  }));
