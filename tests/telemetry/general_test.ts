import assert from "node:assert/strict";
import { join } from "node:path";
import pl from "nodejs-polars";
import { copyFile } from "../../lib/telemetry/general.ts";
import type { RejectedRow } from "../../lib/telemetry/malformed.ts";
import { readLayout } from "../../lib/telemetry/layout.ts";
import { inFolder, put } from "../helpers/support.ts";

/** Copies a file; gives the copies' layouts and the rejected rows. */
async function copy(path: string) {
  const [layouts, rejected]: [ReturnType<typeof readLayout>[], RejectedRow[]] = [[], []];
  await copyFile(path, {
    put(bytes) {
      const read = (offset: number, size: number) =>
        new Uint8Array(bytes.slice(offset, offset + size));
      layouts.push(readLayout(read, bytes.length));
    },
    reject: (row) => rejected.push(row),
  });
  return { layouts, rejected };
}

Deno.test("rows that are no reading are told from the others, with their reason", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.csv");
    const tags = '"[[""phase"",""1""],[""module"",""1""]]"';
    const lines = [
      "value,tags,payload_type,timestamp,more",
      `1,${tags},volts,1720828800,x`,
      `2,${tags},volts,2024-07-14T00:00:00+02:00,x`,
      `3,${tags},volts,2024-07-14 00:00:00,x`,
      `4,${tags},volts,,x`,
      `5,${tags},volts,yesterday,x`,
      `6,${tags},volts,12,x`,
      `,${tags},volts,1720828800,x`,
      `7,${tags},,1720828800,x`,
      `8,,volts,1720828800,x`,
      `9,"[[1,2,3]]",volts,1720828800,x`,
      `10,${tags},volts,1720828800,x,too,many`,
    ];
    put(path, `${lines.join("\n")}\n`);
    const { layouts, rejected } = await copy(path);
    assert.deepEqual(layouts.map((layout) => layout.rows).sort(), [1, 3]);
    assert.deepEqual(rejected.map(({ reason }) => reason), [
      "a row without a timestamp",
      "a timestamp that can't be read",
      "a timestamp before 2000 or after 2100",
      "a row without a value",
      "a row without a payload_type",
      "a row without tags",
      "tags that are malformed",
    ]);
    assert.deepEqual(rejected[5], {
      reason: "a row without tags",
      timestamp: "1720828800",
      payload_type: "volts",
      value: "8",
      tags: null,
    });
  }));

Deno.test("columns that are missing or of another type are named", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const good = {
      timestamp: [1_720_828_800],
      payload_type: ["volts"],
      value: ["1"],
      tags: ['[["phase","1"],["module","1"]]'],
    };
    const write = (columns: Record<string, unknown[]>) => pl.DataFrame(columns).writeParquet(path);
    const wrong: [Record<string, unknown[]>, RegExp][] = [
      [{ timestamp: ["a"] }, /'timestamp' that is not an integer epoch or a datetime: "String"/],
      [{ payload_type: [1] }, /'payload_type' that is not text/],
      [{ value: [["1"]] }, /'value' that is not text or a number/],
      [{ tags: [5] }, /'tags' that is not a list of pairs, or JSON text/],
    ];
    for (const [column, message] of wrong) {
      write({ ...good, ...column });
      await assert.rejects(copy(path), message);
    }
    const { tags: _, ...rest } = good;
    write(rest);
    await assert.rejects(copy(path), /has no column 'tags'/);
    put(join(folder, "a.csv"), "timestamp,value\n1,2\n");
    await assert.rejects(copy(join(folder, "a.csv")), /has no column 'payload_type', 'tags'/);
    write(good);
    assert.deepEqual((await copy(path)).rejected, []);
  }));

Deno.test("bytes that are no table are an exception", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    put(path, "PAR1 and then nothing of the kind PAR1");
    await assert.rejects(copy(path));
    put(join(folder, "a.csv"), Uint8Array.of(0xff, 0xfe, 0, 10, 0xff));
    await assert.rejects(copy(join(folder, "a.csv")));
  }));
