import assert from "node:assert/strict";
import { join } from "node:path";
import { deleteIntent, readIntents, writeIntent } from "../../lib/store/intents.ts";
import { inFolder, JULY_13, put } from "../helpers/support.ts";

Deno.test("readIntents() returns an intent until it is deleted", () =>
  inFolder(async (folder) => {
    const files = ["1_1/2024/07/13/00.parquet", "%2E_1/2024/07/13/23.parquet"];
    assert.deepEqual(readIntents(folder), new Map());
    await writeIntent(folder, join(folder, "_etl", "staged"), JULY_13, files);
    assert.deepEqual(readIntents(folder), new Map([[JULY_13, files]]));
    deleteIntent(folder, JULY_13);
    deleteIntent(folder, JULY_13);
    assert.deepEqual(readIntents(folder), new Map());
  }));

Deno.test("readIntents() takes only names of the day's hour files", () =>
  inFolder(async (folder) => {
    const names = ["../x", "1_1/2024/07/14/00.parquet", "_etl/days/2024-07-13.json", "/etc/passwd"];
    await writeIntent(folder, join(folder, "_etl", "staged"), JULY_13, names);
    assert.deepEqual(readIntents(folder), new Map([[JULY_13, []]]));
    for (const text of ["", "null", "{}", '{"files":7}', '{"files":[7]}']) {
      put(join(folder, "_etl", "intents", "2024-07-13.json"), text);
      assert.deepEqual(
        readIntents(folder),
        new Map([[JULY_13, []]]),
        "the day is stale nevertheless",
      );
    }
  }));
