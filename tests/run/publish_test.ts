import assert from "node:assert/strict";
import { join } from "node:path";
import {
  assertSameHours,
  assertSameTree,
  cli,
  dayFile,
  etl,
  exists,
  inFolder,
  JULY_13,
  put,
  TABLES,
} from "../helpers/support.ts";

/** A minute of a module around a midnight: current, voltage, state of charge, a cell, a state. */
function rows(midnight: number, module: string) {
  const place: [string, string][] = [["phase", "1"], ["module", module]];
  const cell: [string, string][] = [...place, ["cell", "1"]];
  const system: [string, string][] = [["message_source", "master"]];
  return Array.from({ length: 12 }, (_, i) => midnight - 30 + i * 5).flatMap((time, i) => [
    { time, payload: "module_current", value: "9.5", tags: place },
    { time, payload: "module_voltage", value: "50", tags: place },
    { time, payload: "module_state_of_charge", value: String(0.9 - i / 100), tags: place },
    { time, payload: "cell_voltage", value: String(3.6 + i / 1000), tags: cell },
    { time, payload: "system_state", value: "ERROR", tags: system },
  ]);
}

const read = (output: string) =>
  TABLES.map((name) => Deno.readTextFileSync(join(output, "_etl", name)));

async function run(input: string, output: string, ...options: string[]): Promise<void> {
  const { code, stderr } = await cli("--input", input, "--output", output, "--quiet", ...options);
  assert.deepEqual([code, stderr], [0, ""]);
}

Deno.test("tables are the same after one run and after many, and lose days without input", () =>
  inFolder(async (folder) => {
    const input = join(folder, "in");
    const add = (name: string, day: number) =>
      put(join(input, name), dayFile([...rows(day, "2"), ...rows(day, "10")]));
    add("a.parquet", JULY_13);
    await run(input, join(folder, "out"));
    const first = read(join(folder, "out"));
    const [daily, signals, events] = first.map((text) => text.trim().split("\n"));
    assert.deepEqual(daily!.map((line) => line.split(",").slice(0, 3).join(" ")), [
      "day phase module",
      "2024-07-12 1 2",
      "2024-07-12 1 10",
      "2024-07-13 1 2",
      "2024-07-13 1 10",
    ]);
    assert.equal(signals!.length, 1 + 4 * 5);
    // Held for five minutes after the last reading.
    assert.deepEqual(events, [
      "from,to,phase,module,kind,detail",
      "2024-07-12T23:59:30Z,2024-07-13T00:05:30Z,,,state,ERROR",
    ]);
    // The second run gets the days in another order, and changes the tables of the first.
    add("0.parquet", JULY_13 - 3 * 86_400);
    await run(input, join(folder, "out"));
    await run(input, join(folder, "once"), "--jobs", "1");
    assertSameTree(join(folder, "out"), join(folder, "once"));
    assert.notDeepEqual(read(join(folder, "once")), first);
    Deno.removeSync(join(input, "0.parquet"));
    await run(input, join(folder, "out"));
    assert.deepEqual(read(join(folder, "out")), first);
    // Tables that were edited or removed are written again.
    Deno.writeTextFileSync(join(folder, "out", "_etl", "daily.csv"), "day,phase,edited\n");
    Deno.removeSync(join(folder, "out", "_etl", "events.csv"));
    await run(input, join(folder, "out"));
    assert.deepEqual(read(join(folder, "out")), first);
  }));

Deno.test("publishTables() does not overwrite a file that is not one of our tables, and names it", () =>
  inFolder(async (folder) => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.parquet"), dayFile(rows(JULY_13, "1")));
    const theirs = ["date,kwh\n", "", "from,till\n"];
    TABLES.forEach((name, i) => put(join(output, "_etl", name), theirs[i]!));
    const { code, stderr } = await cli("--input", input, "--output", output);
    assert.equal(code, 1);
    for (const name of TABLES) {
      assert.match(stderr, new RegExp(`_etl/${name} was not written by hourgrid: move it out of`));
    }
    assert.deepEqual(read(output), theirs);
  }));

Deno.test("publishTables() leaves out a day that is to be built again until a run builds it", () =>
  inFolder(async (folder) => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.parquet"), dayFile(rows(JULY_13, "1")));
    await run(input, output);
    const before = read(output);
    // An hour file of the first day that no record names, as a killed run may leave behind.
    const hours = join(output, "1_1/2024/07/12");
    Deno.copyFileSync(join(hours, "23.parquet"), join(hours, "22.parquet"));
    await run(input, output, "--from", "2024-07-13");
    assert.ok(before.every((text) => text.includes("\n2024-07-12")));
    assert.ok(read(output).every((text) => !text.includes("\n2024-07-12")));
    assert.match(read(output)[0]!, /\n2024-07-13/);
    await run(input, output);
    assert.deepEqual(read(output), before);
  }));

Deno.test("publishReport() removes pages that are no longer wanted, but no file of the user's own", () =>
  inFolder(async (folder) => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.parquet"), dayFile(rows(JULY_13, "1")));
    await run(input, output, "--report");
    const page = (name: string) => join(output, "_etl/report", name);
    Deno.copyFileSync(page("day-2024-07-13.html"), page("day-2024-07-14.html"));
    const own = ["day-2024-07-15.html", "module-9_9.html", "notes.html"];
    for (const name of own) put(page(name), "<!doctype html>\n<p>mine");
    await run(input, output, "--report");
    assert.deepEqual([...Deno.readDirSync(page(""))].map(({ name }) => name).sort(), [
      "day-2024-07-12.html",
      "day-2024-07-13.html",
      "day-2024-07-15.html",
      "index.html",
      "module-1_1.html",
      "module-9_9.html",
      "notes.html",
    ]);
    for (const name of own) assert.match(Deno.readTextFileSync(page(name)), /mine$/);
    put(page("index.html"), "<!doctype html>\n<p>mine");
    const paths = ["--input", input, "--output", output];
    const { code, stderr } = await cli(...paths, "--report", "--force");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /_etl\/report\/index.html was not written by hourgrid: move it out of the/,
    );
    assert.match(Deno.readTextFileSync(page("index.html")), /mine$/);
  }));

Deno.test("a run that changes days without --report names the report that lacks them", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(JULY_13, "1")));
    const oldReport = async (...flags: string[]) => (await etl(folder, ...flags)).oldReport;
    assert.equal(await oldReport(), null);
    assert.equal(await oldReport("--report"), null);
    assert.equal(await oldReport(), null);
    assert.equal(await oldReport("--force", "--dry-run"), null);
    assert.equal(await oldReport("--force"), "_etl/report/index.html");
    assert.equal(await oldReport("--force", "--report"), null);
  }));

Deno.test("shards publish no tables; a later run of all days does", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(JULY_13, "1")));
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    await run(input, output, "--shard", "1/2");
    await run(input, output, "--shard", "2/2");
    assert.ok(!TABLES.some((name) => exists(join(output, "_etl", name))));
    await run(input, join(folder, "whole"));
    assertSameHours(output, join(folder, "whole"));
    await run(input, output);
    assertSameTree(output, join(folder, "whole"));
  }));
