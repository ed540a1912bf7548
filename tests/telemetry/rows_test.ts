import assert from "node:assert/strict";
import { join } from "node:path";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { etl, inFolder, put, readHour, tree } from "../helpers/support.ts";

type Cells = [time: bigint | null, payload: string, value: string, tags: string[][]];

/** A file whose tags are dictionary-coded lists of lists, as exporters write them. */
function listFile(rows: readonly Cells[]): Uint8Array {
  const group = (name: string, repetition_type: "OPTIONAL" | "REPEATED", isList: boolean) => ({
    name,
    repetition_type,
    num_children: 1,
    ...(isList ? { converted_type: "LIST" as const } : {}),
  });
  const text = (name: string): SchemaElement => ({
    name,
    type: "BYTE_ARRAY",
    converted_type: "UTF8",
    repetition_type: "OPTIONAL",
  });
  const schema: SchemaElement[] = [
    { name: "root", num_children: 4 },
    { name: "timestamp", type: "INT64", repetition_type: "OPTIONAL" },
    text("payload_type"),
    text("value"),
    group("tags", "OPTIONAL", true),
    group("list", "REPEATED", false),
    group("element", "OPTIONAL", true),
    group("list", "REPEATED", false),
    text("element"),
  ];
  const columnData = ["timestamp", "payload_type", "value", "tags"].map((name, i) => ({
    name,
    data: rows.map((row) => row[i]),
    ...(name === "tags" ? { encoding: "RLE_DICTIONARY" as const } : {}),
  }));
  return new Uint8Array(parquetWriteBuffer({ schema, columnData, statistics: true }));
}

Deno.test("rows that are no reading take nothing of their neighbours with them", () =>
  inFolder(async (folder) => {
    const [time, good] = [1_720_828_800n, (m: number) => [["phase", "1"], ["module", `${m}`]]];
    const rows: Cells[] = [
      [null, "v", "1", good(9)],
      [null, "v", "1", [["x"], ["y"]]],
      [time + 10n, "v", "2", good(2)],
      [time + 20n, "v", "3", good(3)],
      [time + 30n, "v", "4", good(4)],
      [null, "v", "5", good(5)],
    ];
    put(join(folder, "in/a.parquet"), listFile(rows));
    const { rejected, readings, generalFiles } = await etl(folder);
    assert.deepEqual([rejected, readings, generalFiles], [
      { "a row without a timestamp": 3 },
      3,
      0,
    ]);
    const found = await Promise.all(
      [...tree(join(folder, "out")).keys()].map(async (name) => {
        const table = await readHour(join(folder, "out", name));
        return [name, table.get("v")!.find((value) => value !== null)];
      }),
    );
    assert.deepEqual(found, [2, 3, 4].map((m) => [`1_${m}/2024/07/13/00.parquet`, m]));
  }));
