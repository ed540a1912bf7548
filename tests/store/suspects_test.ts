import assert from "node:assert/strict";
import { join } from "node:path";
import { writeIntent } from "../../lib/store/intents.ts";
import { findSuspects, isOurs } from "../../lib/store/suspects.ts";
import { fakeHour, inFolder, JULY_13, put } from "../helpers/support.ts";

Deno.test("findSuspects() finds only our own files that no record names", () =>
  inFolder((folder) => {
    const [lost, known, theirs] = ["00", "01", "02"].map((hour) =>
      `1_1/2024/07/13/${hour}.parquet`
    );
    put(join(folder, lost!), fakeHour());
    put(join(folder, known!), fakeHour());
    put(join(folder, theirs!), fakeHour("parquet-cpp-arrow version 17.0.0"));
    put(join(folder, "1_1/2024/07/13/03.parquet"), "");
    put(join(folder, "1_1/2024/07/13/notes.txt"), "hourgrid version 0.1.0");
    for (const copy of ["mine", "1_1_old", "1_1 (2)"]) {
      put(join(folder, `${copy}/2024/07/13/00.parquet`), fakeHour());
    }
    put(join(folder, "_etl/1_1/2024/07/13/00.parquet"), fakeHour());
    // deno-lint-ignore no-explicit-any -- only this field is read
    const days = new Map<number, any>([[JULY_13, { files: [known] }]]);
    assert.deepEqual(findSuspects(folder, days), new Map([[JULY_13, [lost]]]));
  }));

Deno.test("findSuspects() joins what an intent names and what no record names, each file once", () =>
  inFolder(async (folder) => {
    const [known, lost, gone] = ["00", "01", "02"].map((hour) => `1_1/2024/07/13/${hour}.parquet`);
    const other = "%2E_1/2024/07/14/23.parquet";
    for (const name of [known!, lost!, other]) put(join(folder, name), fakeHour());
    await writeIntent(folder, join(folder, "_etl", "staged"), JULY_13, [known!, gone!]);
    const suspects = findSuspects(folder, new Map());
    assert.deepEqual(
      suspects,
      new Map([[JULY_13, [known, gone, lost]], [JULY_13 + 86_400, [other]]]),
    );
  }));

Deno.test("isOurs() needs the name of the tool in the footer of a file, and follows no link", () =>
  inFolder((folder) => {
    const path = join(folder, "00.parquet");
    const bytes = fakeHour();
    const isOursIf = (bytes: Uint8Array) => {
      put(path, bytes);
      return isOurs(path);
    };
    assert.ok(isOursIf(bytes));
    // The name is in the rows, not in the footer; the footer is longer than the file.
    const footer = fakeHour("another tool");
    assert.ok(
      !isOursIf(Uint8Array.of(...new TextEncoder().encode("hourgrid version 0.1.0"), ...footer)),
    );
    assert.ok(!isOursIf(bytes.with(bytes.length - 8, 255)));
    assert.ok(!isOursIf(new Uint8Array(11)));
    put(path, bytes);
    Deno.symlinkSync(path, join(folder, "link.parquet"));
    assert.ok(!isOurs(join(folder, "link.parquet")));
    assert.ok(!isOurs(folder));
    assert.ok(!isOurs(join(folder, "gone.parquet")));
  }));
