import { join } from "node:path";
import assert from "node:assert/strict";
import type { Table } from "../helpers/oracle.ts";
import { assertTables, etl, inFolder, put, readHour } from "../helpers/support.ts";

/*
 * Small enough to check on paper. Rows of ten minutes, held for twenty; phase 1 has modules 1 and 2;
 * everything is on 2024-07-13.
 *
 * Module 1, volts: 10:00:00 50, 10:09:59 52 (mean 51), 10:10:00 60, and 11:35 40.
 * Module 2, volts: 11:59:59 7.
 * Phase 1, amps: 10:25 1.5 and 2.5 in the same second (mean 2), 11:59 3.
 * System, state: 9:55 "OLD", 10:05:00 "RUN", 10:05:00 "IDLE", 10:04 "ZZZ".
 */
const CSV = `timestamp,payload_type,value,tags
2024-07-13T10:00:00Z,volts,50,"[[""phase"",""1""],[""module"",""1""]]"
2024-07-13T10:00:00Z,volts,50,"[[""phase"",""1""],[""module"",""1""]]"
2024-07-13T10:09:59Z,volts,52,"[[""phase"",""1""],[""module"",""1""],[""message_source"",""x""]]"
1720865400,volts,60,"[{""key"":""phase"",""value"":""1""},{""key"":""module"",""value"":""1""}]"
1720870500000,volts,40,"[[""phase"",""1""],[""module"",""1""]]"
2024-07-13T13:59:59+02:00,volts,7,"[[""phase"",""1""],[""module"",""2""]]"
2024-07-13T10:25:00Z,amps,1.5,"[[""phase"",""1""]]"
2024-07-13T10:25:00Z,amps,2.5,"[[""phase"",""1""]]"
2024-07-13T11:59:00Z,amps,3,"[[""phase"",""1""]]"
2024-07-13T09:55:00Z,state,OLD,[]
2024-07-13T10:05:00Z,state,RUN,[]
2024-07-13T10:05:00Z,state,IDLE,[]
2024-07-13T10:04:00Z,state,ZZZ,[]
2024-07-13T10:04:00Z,volts,nan,"[[""phase"",""1""],[""module"",""1""]]"
2024-07-13T10:04:00Z,volts,1,"[[""module"",""1""]]"
`;

const HOUR = 1_720_864_800_000_000; // 10:00
const grid = (hour: number) =>
  [0, 1, 2, 3, 4, 5].map((row) => HOUR + (hour * 60 + row * 10) * 60e6);
const all = (text: string) => Array(6).fill(text);
const [__, R] = [null, "RUN"];

const EXPECTED = new Map<string, Table>([
  [
    "1_1/2024/07/13/10.parquet",
    new Map<string, (number | string | null)[]>([
      ["timestamp", grid(0)],
      ["phase", all("1")],
      ["module", all("1")],
      ["amps", [__, __, 2, 2, 2, __]],
      ["state", [R, R, R, __, __, __]],
      ["volts", [51, 60, 60, 60, __, __]],
    ]),
  ],
  [
    "1_1/2024/07/13/11.parquet",
    new Map<string, (number | string | null)[]>([
      ["timestamp", grid(1)],
      ["phase", all("1")],
      ["module", all("1")],
      ["amps", [__, __, __, __, __, 3]],
      ["state", [__, __, __, __, __, __]],
      ["volts", [__, __, __, 40, 40, 40]],
    ]),
  ],
  [
    "1_2/2024/07/13/11.parquet",
    new Map<string, (number | string | null)[]>([
      ["timestamp", grid(1)],
      ["phase", all("1")],
      ["module", all("2")],
      ["amps", [__, __, __, __, __, 3]],
      ["state", [__, __, __, __, __, __]],
      ["volts", [__, __, __, __, __, 7]],
    ]),
  ],
]);

for (const writer of ["fast", "polars"]) {
  Deno.test(`a day is written as computed by hand, with --writer ${writer}`, () =>
    inFolder(async (folder) => {
      put(join(folder, "in", "a.csv"), CSV);
      const options = ["--interval", "10m", "--max-gap", "20m", "--writer", writer];
      const summary = await etl(folder, ...options);
      await assertTables(join(folder, "out"), EXPECTED);
      const { code, rows, readings, duplicates, rejected, modules, hourFiles } = summary;
      assert.deepEqual([code, rows, readings, duplicates, modules, hourFiles], [
        0,
        15,
        12,
        1,
        2,
        3,
      ]);
      assert.deepEqual(rejected, {
        "a module without a phase": 1,
        "a value that is not a finite number": 1,
      });
    }));
}

Deno.test("the default grid has 720 rows, from 00:00 to 59:55", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.csv"), CSV);
    await etl(folder);
    const table = await readHour(join(folder, "out", "1_1/2024/07/13/10.parquet"));
    const times = table.get("timestamp")!;
    assert.deepEqual(times, Array.from({ length: 720 }, (_, i) => HOUR + i * 5e6));
    const volts = table.get("volts")!;
    // 50 up to and including 10:05:00; 52 from 10:09:55; 60 from 10:10:00 to 10:15:00.
    assert.deepEqual(volts.flatMap((value, i) => value === volts[i - 1] ? [] : [[i, value]]), [
      [0, 50],
      [61, null],
      [119, 52],
      [120, 60],
      [181, null],
    ]);
  }));
