import assert from "node:assert/strict";
import { join } from "node:path";
import { deleteIntent, readIntents, writeIntent } from "../../lib/store/intents.ts";
import { findSuspects } from "../../lib/store/suspects.ts";
import { inFolder, put } from "../helpers/support.ts";

const DAY = 1_720_828_800;
const OURS = "hourgrid version 0.1.0";

/** Bytes that end like a parquet file whose footer names a writer. */
function fakeHour(createdBy: string): Uint8Array {
  const footer = new TextEncoder().encode(createdBy);
  const length = new Uint8Array(Uint32Array.of(footer.length).buffer);
  const magic = new TextEncoder().encode("PAR1");
  return Uint8Array.of(...magic, ...footer, ...length, ...magic);
}

Deno.test("readIntents() returns an intent until it is deleted", () =>
  inFolder(async (folder) => {
    const files = ["1_1/2024/07/13/00.parquet", "%2E_1/2024/07/13/23.parquet"];
    assert.deepEqual(readIntents(folder), new Map());
    await writeIntent(folder, join(folder, "_etl", "staged"), DAY, files);
    assert.deepEqual(readIntents(folder), new Map([[DAY, files]]));
    deleteIntent(folder, DAY);
    deleteIntent(folder, DAY);
    assert.deepEqual(readIntents(folder), new Map());
  }));

Deno.test("readIntents() takes only names of the day's hour files", () =>
  inFolder(async (folder) => {
    const names = ["../x", "1_1/2024/07/14/00.parquet", "_etl/days/2024-07-13.json", "/etc/passwd"];
    await writeIntent(folder, join(folder, "_etl", "staged"), DAY, names);
    assert.deepEqual(readIntents(folder), new Map([[DAY, []]]));
    for (const text of ["", "null", "{}", '{"files":7}', '{"files":[7]}']) {
      put(join(folder, "_etl", "intents", "2024-07-13.json"), text);
      assert.deepEqual(readIntents(folder), new Map([[DAY, []]]), "the day is stale nevertheless");
    }
  }));

Deno.test("findSuspects() finds only our own files that no record names", () =>
  inFolder((folder) => {
    const [lost, known, theirs] = ["00", "01", "02"].map((hour) =>
      `1_1/2024/07/13/${hour}.parquet`
    );
    put(join(folder, lost!), fakeHour(OURS));
    put(join(folder, known!), fakeHour(OURS));
    put(join(folder, theirs!), fakeHour("parquet-cpp-arrow version 17.0.0"));
    put(join(folder, "1_1/2024/07/13/03.parquet"), "");
    put(join(folder, "1_1/2024/07/13/notes.txt"), OURS);
    put(join(folder, "mine/2024/07/13/00.parquet"), fakeHour(OURS));
    put(join(folder, "_etl/1_1/2024/07/13/00.parquet"), fakeHour(OURS));
    // deno-lint-ignore no-explicit-any -- only this field is read
    const days = new Map<number, any>([[DAY, { files: [known] }]]);
    assert.deepEqual(findSuspects(folder, days), new Map([[DAY, [lost]]]));
  }));
