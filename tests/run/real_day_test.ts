// deno-lint-ignore-file no-console -- a skipped test says so
import assert from "node:assert/strict";
import { join } from "node:path";
import { oracle, type Row } from "../helpers/oracle.ts";
import { readReal } from "../helpers/real.ts";
import { assertTables, etl, exists, inFolder, TELEMETRY } from "../helpers/support.ts";

const there = exists(TELEMETRY);
if (!there) console.log(`skipped: there is no real telemetry at ${TELEMETRY}`);

/** Files of a real day, relative to the telemetry folder. */
function filesOf(day: string, pick: (name: string) => boolean = () => true): string[] {
  return [...Deno.readDirSync(join(TELEMETRY, day))].map(({ name }) => name).filter(pick).sort()
    .map((name) => `${day}/${name}`);
}

function compare(files: () => string[]): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      const rows: Row[] = [];
      for (const file of files()) {
        const path = join(folder, "in", file.split("/").at(-1)!);
        Deno.mkdirSync(join(folder, "in"), { recursive: true });
        Deno.symlinkSync(join(TELEMETRY, file), path);
        rows.push(...await readReal(path));
      }
      const expected = oracle(rows);
      const summary = await etl(folder);
      assert.equal(summary.code, 0);
      assert.equal(summary.importedFiles, 0, "all real files are read as they are");
      assert.equal(summary.rows, rows.length);
      assert.equal(summary.readings, expected.readings);
      await assertTables(join(folder, "out"), expected.files);
    });
}

Deno.test({
  name: "a real day equals an independent computation",
  ignore: !there,
  fn: compare(() => filesOf(Deno.env.get("REAL_DAY") ?? "2024/06/15")),
});

Deno.test({
  name: "values are held across a real midnight",
  ignore: !there,
  fn: compare(() => [
    ...filesOf("2024/07/13", (name) => /2024-07-13-23-[345]/.test(name)),
    ...filesOf("2024/07/14", (name) => /2024-07-14-00-[01]/.test(name)),
  ]),
});
