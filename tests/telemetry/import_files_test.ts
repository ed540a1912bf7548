import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { REJECTED } from "../../lib/telemetry/malformed.ts";
import { importOutcome } from "../helpers/reading.ts";
import { writePlain } from "../helpers/plain_parquet.ts";
import { csv, inFolder, JULY_13, put } from "../helpers/support.ts";

const ROWS = [{
  time: JULY_13,
  payload: "v",
  value: "1",
  tags: [["phase", "1"]] as [string, string][],
}];

Deno.test("importFile() names a column that is missing or of a type that can't be understood", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    interface Column {
      name: string;
      data: unknown[];
      type: string;
    }
    const write = (columnData: Column[]) =>
      // deno-lint-ignore no-explicit-any -- column data of another library
      put(path, new Uint8Array(parquetWriteBuffer({ columnData: columnData as any })));
    const good: Column[] = [
      { name: "timestamp", data: [JULY_13], type: "DOUBLE" },
      { name: "payload_type", data: ["v"], type: "STRING" },
      { name: "value", data: ["1"], type: "STRING" },
      { name: "tags", data: ["[]"], type: "STRING" },
    ];
    const wrong: [number, { data: unknown[]; type: string }, RegExp][] = [
      [
        0,
        { data: [1.5], type: "FLOAT" },
        /^has a column 'timestamp' of type float32, which can't hold an epoch$/,
      ],
      [0, { data: [true], type: "BOOLEAN" }, /'timestamp' of type BOOLEAN/],
      [1, { data: [1], type: "INT32" }, /'payload_type' of type INTEGER, not text/],
      [
        2,
        { data: [new Date(0)], type: "TIMESTAMP" },
        /'value' of type TIMESTAMP.*, neither text nor a number/,
      ],
      [3, { data: [1.5], type: "DOUBLE" }, /'tags' of type DOUBLE, not pairs/],
    ];
    for (const [at, column, message] of wrong) {
      write(good.with(at, { ...good[at]!, ...column }));
      await assert.rejects(importOutcome(path), { message });
    }
    write(good.slice(0, 3));
    await assert.rejects(importOutcome(path), { message: /^has no column 'tags'; it has '/ });
    write(good);
    assert.equal((await importOutcome(path)).rows, 1);
    put(join(folder, "a.csv"), "timestamp,value\n1,2\n");
    const missing = { message: /^has no column 'payload_type', 'tags'/ };
    await assert.rejects(importOutcome(join(folder, "a.csv")), missing);
  }));

Deno.test("importFile() takes columns by their exact names, even beside names that differ only in case", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const columns = [
      { name: "timestamp", data: [JULY_13], type: "DOUBLE" },
      ...["v", "1", '[["phase", "1"]]'].map((text, i) => ({
        name: ["payload_type", "value", "tags"][i]!,
        data: [text],
        type: "STRING",
      })),
    ];
    const nested = { name: "Nested", data: [{ value: [{ tags: 1 }] }], type: "JSON" };
    const wanted = [[JSON.stringify([JULY_13, "1", null, "v", "1"])]];
    for (const name of ["Value", "TAGS", "Timestamp", "payload_Type", 'a"b', "n"]) {
      const columnData = [{ name, data: [7], type: "INT32" }, nested, ...columns];
      // deno-lint-ignore no-explicit-any -- column data of another library
      put(path, new Uint8Array(parquetWriteBuffer({ columnData: columnData as any })));
      assert.deepEqual((await importOutcome(path)).readings, wanted, name);
    }
  }));

Deno.test("importFile() describes a broken file in its own words", () =>
  inFolder(async (folder) => {
    const packed = gzipSync(csv(ROWS));
    const lzo = { codec: "LZO", compressors: { LZO: (bytes: Uint8Array) => bytes } };
    const columnData = [
      { name: "timestamp", data: [BigInt(JULY_13)], type: "INT64" },
      ...["payload_type", "value", "tags"].map((name) => ({ name, data: ["x"], type: "STRING" })),
    ];
    // deno-lint-ignore no-explicit-any -- options of another library
    const parquet = (options: any) =>
      new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
    const files: [string, string | Uint8Array, RegExp][] = [
      ["empty.csv", "", /^is empty$/],
      ["mark.csv", "\ufeff", /^is empty$/],
      ["mark.jsonl", "\ufeff", /^is empty$/],
      ["cut.csv.gz", packed.subarray(0, packed.length / 2), /^is broken gzip: /],
      ["none.csv.gz", csv(ROWS), /^is broken gzip: /],
      ["cut.csv.zst", zstdCompressSync(csv(ROWS)).subarray(0, -20), /^is broken zstd: /],
      ["none.csv.zst", csv(ROWS), /^is broken zstd: /],
      [
        "next.csv.zst",
        Uint8Array.from([...zstdCompressSync(csv(ROWS)), ...zstdCompressSync("1").subarray(0, 9)]),
        /^is broken zstd: unexpected end of file$/,
      ],
      ["latin1.csv", Uint8Array.of(0xff, 0x61, 10), /^is not UTF-8 text: line 1$/],
      ["utf16.csv", Uint8Array.of(0xff, 0xfe, 0x61, 0), /^is UTF-16 text: save it as UTF-8$/],
      ["utf16le.csv", Uint8Array.of(0x61, 0, 0x2c, 0), /^is UTF-16 text: save it as UTF-8$/],
      ["utf16be.csv", Uint8Array.of(0, 0x61, 0, 0x2c), /^is UTF-16 text: save it as UTF-8$/],
      ["zeros.csv", new Uint8Array(9), /^has no column 'timestamp'/],
      ["utf16.jsonl", Uint8Array.of(0xfe, 0xff, 0, 0x7b), /^is UTF-16 text: save it as UTF-8$/],
      ["none.parquet", "PAR1 and nothing of the kind PAR1", /^is not/],
      ["lzo.parquet", parquet(lzo), /^is compressed with lzo, which can't be read$/],
      ["cut.parquet", parquet({}).slice(40), /^is not valid parquet: [^/\\"]+$/],
    ];
    for (const [name, content, message] of files) {
      put(join(folder, name), content);
      await assert.rejects(importOutcome(join(folder, name)), { message }, name);
    }
  }));

Deno.test("importFile() rejects only the rows whose datetimes do not fit into 64-bit nanoseconds", () =>
  inFolder(async (folder) => {
    const text = (name: string) =>
      ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }) as const;
    const never = BigInt(Date.parse("9999-12-31T00:00:00Z")) * 1000n;
    const none = -(2n ** 63n); // as numpy has it
    const times = [BigInt(JULY_13) * 1_000_000n, never, none];
    for (const isAdjustedToUTC of [true, false]) {
      const unit = { type: "TIMESTAMP", isAdjustedToUTC, unit: "MICROS" } as const;
      const schema: SchemaElement[] = [
        { name: "root", num_children: 4 },
        { name: "timestamp", type: "INT64", repetition_type: "REQUIRED", logical_type: unit },
        ...[text("payload_type"), text("value"), text("tags")],
      ];
      const columnData = [
        { name: "timestamp", data: times },
        ...["payload_type", "value"].map((name) => ({ name, data: times.map(() => "v") })),
        { name: "tags", data: times.map(() => "[]") },
      ];
      const path = join(folder, "a.parquet");
      put(path, new Uint8Array(parquetWriteBuffer({ schema, columnData })));
      const { rows, rejected } = await importOutcome(path);
      assert.equal(rows, 1);
      assert.deepEqual(rejected.map(({ reason }) => reason), [REJECTED.range, REJECTED.range]);
    }
  }));

Deno.test("importFile() names the column that has text which is not UTF-8, and the way out", () =>
  inFolder(async (folder) => {
    const names = ["payload_type", "value", "tags"];
    const text = (name: string) => ({ name, repetition: 0, type: 6, logical: "text" }) as const;
    const schema = [{ name: "timestamp", repetition: 0, type: 2 }, ...names.map(text)];
    for (const bad of names) {
      const columns = names.map((name) => ({
        values: [name === bad ? Uint8Array.of(2, 0, 0, 0, 0xc3, 0x28) : "[]"],
      }));
      const path = join(folder, `${bad}.parquet`);
      put(path, writePlain(schema, [{ values: [BigInt(JULY_13)] }, ...columns], 1));
      const message = `has text that is not UTF-8 in column '${bad}': convert that to UTF-8, ` +
        "or the file to CSV, of which only such lines are rejected";
      await assert.rejects(importOutcome(path), { message });
    }
  }));

Deno.test("importFile() does not read a path as a pattern", () =>
  inFolder(async (folder) => {
    const bytes = (value: string) => {
      const columnData = [
        { name: "timestamp", data: [BigInt(JULY_13)], type: "INT64" as const },
        { name: "payload_type", data: ["v"], type: "STRING" as const },
        { name: "value", data: [value], type: "STRING" as const },
        { name: "tags", data: ["[]"], type: "STRING" as const },
      ];
      return new Uint8Array(parquetWriteBuffer({ columnData }));
    };
    const names = [
      "data[1].parquet",
      "data1.parquet",
      "*.parquet",
      "?a'b.parquet",
      "{a,b}.parquet",
    ];
    names.forEach((name, i) => put(join(folder, name), bytes(String(i))));
    for (const [i, name] of names.entries()) {
      const { readings } = await importOutcome(join(folder, name));
      assert.deepEqual(JSON.parse(readings[0]![0]!).at(-1), String(i), name);
    }
  }));

Deno.test("importFile() writes day files small enough to be read, for texts of any length", () =>
  inFolder(async (folder) => {
    // 72 MB of distinct text: too much for one dictionary page.
    const row = (i: number) => `${JULY_13 + i % 60},v,${String(i).padStart(1_200, "x")},[]\n`;
    const text = Array.from({ length: 60_000 }, (_, i) => row(i)).join("");
    put(join(folder, "a.csv"), `timestamp,payload_type,value,tags\n${text}`);
    const { rows, readings } = await importOutcome(join(folder, "a.csv"));
    assert.deepEqual([rows, readings[0]!.length], [60_000, 60_000]);
  }));
