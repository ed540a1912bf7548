import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "../helpers/oracle.ts";
import {
  csv,
  dayFile,
  etl,
  exists,
  inFolder,
  JULY_13,
  put,
  readHour,
  ROOT,
  tree,
} from "../helpers/support.ts";

const PLACE: Row["tags"] = [["phase", "1"], ["module", "1"]];
const ROWS: Row[] = Array.from({ length: 20 }, (_, i) => ({
  time: JULY_13 + i * 5,
  payload: "v",
  value: String(i),
  tags: PLACE,
}));

/** The names of all files below a folder. */
function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? names(join(folder, name)).map((inner) => `${name}/${inner}`) : [name]
  );
}

Deno.test("the summary counts usable imported files by reason, and no file in _etl/ ends in .parquet", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.csv"), csv(ROWS.slice(0, 10)));
    put(join(folder, "in/b.jsonl"), `${JSON.stringify({ tags: {} })}\n`);
    put(join(folder, "in/c.parquet"), dayFile(ROWS.slice(5)));
    const { code, rows, readings, duplicates, rejected, problems, ...files } = await etl(folder);
    assert.deepEqual([code, rows, readings, duplicates], [1, 26, 20, 5]);
    assert.deepEqual(rejected, { "a row without a timestamp": 1 });
    assert.deepEqual([files.importedFiles, files.importedBecause], [1, { "CSV": 1 }]);
    assert.equal(files.unusableFiles, 1, "imported, but of no use");
    const reason = "has no reading: a row without a timestamp (1 of 1 rows)";
    assert.deepEqual(problems, [{ name: "b.jsonl", reason }]);
    const own = names(join(folder, "out/_etl"));
    assert.ok(own.some((name) => /^imports\/\w{24}\/0\.rows$/.test(name)), own.join());
    assert.deepEqual(own.filter((name) => name.endsWith(".parquet")), []);
    const again = await etl(folder);
    assert.deepEqual([again.code, again.built, again.problems], [1, [], problems]);
    Deno.removeSync(join(folder, "in/a.csv"));
    const without = await etl(folder);
    assert.deepEqual([without.importedFiles, without.unusableFiles], [0, 1]);
    assert.deepEqual(
      names(join(folder, "out/_etl/imports")).filter((name) => /rows$/.test(name)),
      [],
    );
  }));

Deno.test("a run counts the files it read whose times have no zone", () =>
  inFolder(async (folder) => {
    const row = (time: string) => `${time},v,1,"[[phase, 1], [module, 1]]"\n`;
    const head = "timestamp,payload_type,value,tags\n";
    put(join(folder, "in/a.csv"), head + row("noon") + row("2024-07-13 02:00:00"));
    put(join(folder, "in/b.csv"), head + row("2024-07-13T02:00:00Z"));
    put(join(folder, "in/c.csv"), csv(ROWS));
    const runs = [];
    for (const flag of ["--dry-run", "--quiet", "--force"]) runs.push(await etl(folder, flag));
    assert.deepEqual(runs.map(({ localFiles }) => localFiles), [1, 1, 0]);
  }));

Deno.test("a dry run counts the rows of an import, and writes nothing", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.csv"), `${csv(ROWS)}torn,"li`);
    const { code, built, rejected } = await etl(folder, "--dry-run");
    assert.deepEqual([code, built.length, built[0].day, built[0].rows], [0, 1, "2024-07-13", 20]);
    assert.deepEqual(rejected, {});
    assert.ok(!exists(join(folder, "out")));
  }));

Deno.test("lines that are not records are kept with their number and text", () =>
  inFolder(async (folder) => {
    const lines = csv(ROWS).trimEnd().split("\n");
    lines.splice(3, 0, '1720828800,v,99,"[[""ph', "1720828800,v");
    put(join(folder, "in/a.csv"), lines.join("\r\n"));
    const { code, rows, readings, rejected } = await etl(folder);
    assert.deepEqual([code, rows, readings], [0, 22, 20]);
    assert.deepEqual(rejected, { "a line with an open quote": 1, "a line with too few fields": 1 });
    const path = join(folder, "out/_etl/rejected");
    const [name] = names(path);
    const kept = Deno.readTextFileSync(join(path, name!)).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(kept.map(({ file, line, text }) => [file, line, text]), [
      ["a.csv", 4, lines[3]],
      ["a.csv", 5, lines[4]],
    ]);
  }));

Deno.test("nanoseconds that span more than 104 days are read exactly", () =>
  inFolder(async (folder) => {
    const path = join(folder, "in/a.parquet");
    Deno.mkdirSync(join(folder, "in"));
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const last = (JULY_13 + 110 * 86_400 + 86_399) * 1e9;
    await connection.run(`copy (select make_timestamp_ns(ns) as timestamp, 'v' as payload_type,
      '1' as value, [['phase', '1'], ['module', '1']] as tags
      from (select unnest([${JULY_13}000000000, ${
      BigInt(last)
    } + 999999999]) as ns)) to '${path}'`);
    connection.closeSync();
    const { code, readings, span, problems } = await etl(folder);
    assert.deepEqual([code, readings, problems], [0, 2, []]);
    assert.deepEqual(span, ["2024-07-13", "2024-10-31"]);
  }));

Deno.test("readings that belong to no module that reported are counted by payload type", () =>
  inFolder(async (folder) => {
    const system = (i: number): Row => ({
      ...{ time: JULY_13 + 86_400 + i, payload: "grid_voltage", value: "230", tags: [] },
    });
    const phase = { ...system(9), payload: "phase_current", tags: [["phase", "2"]] } as Row;
    // No module reports in the hour after that of ROWS.
    const later = ROWS[0]!.time + 3600;
    const early = { ...system(9), time: later, tags: [["phase", "1"]] } as Row;
    put(join(folder, "in/a.csv"), csv([...ROWS, phase, early, system(1), system(2), system(3)]));
    const { code, readings, rejected, ofNoModule } = await etl(folder);
    assert.deepEqual([code, readings, rejected], [0, 25, {}]);
    assert.deepEqual(ofNoModule, { grid_voltage: 4, phase_current: 1 });
  }));

Deno.test("an input whose readings are all of no module is a problem, but a part of the days is not", () =>
  inFolder(async (folder) => {
    const upper = ROWS.map((row) => ({ ...row, tags: [["Phase", "1"], ["Module", "1"]] } as Row));
    put(join(folder, "in/a.csv"), csv(upper));
    assert.equal((await etl(folder, "--shard", "1/1")).code, 0);
    for (const run of ["first", "second"]) {
      const { code, hourFiles, problems } = await etl(folder);
      const reason = "has no reading with both a phase and a module tag: no hour files";
      assert.deepEqual([code, hourFiles, problems], [1, 0, [{ name: "--input", reason }]], run);
    }
    put(join(folder, "in/c.csv"), csv(ROWS).replaceAll("[[", "[("));
    assert.match(
      JSON.stringify((await etl(folder)).problems),
      /"has no reading with both .* tag \(rejected rows: \d+\): no hour files"/,
    );
    Deno.removeSync(join(folder, "in/c.csv"));
    put(join(folder, "in/b.csv"), csv(ROWS.map((row) => ({ ...row, time: row.time + 86_400 }))));
    for (const flags of [["--to", "2024-07-13"], []]) {
      const { code, problems } = await etl(folder, ...flags);
      assert.deepEqual([code, problems], [0, []], flags.join(" "));
    }
  }));

const CASES = join(ROOT, "..", "shared", "cases");
const RIGHT: Record<string, [readings: number, rejected: number, hours: string[]]> = {
  "torn-line": [6, 1, ["1_1/2024/07/01/12.parquet"]],
  "cut-file": [5, 1, ["1_1/2024/07/01/12.parquet"]],
  "bare-repeated-tags": [7, 0, ["1_1/2024/07/01/12.parquet", "1_2/2024/07/01/12.parquet"]],
  "no-row-is-a-reading": [10, 0, ["1_1/2024/07/01/12.parquet"]],
  "tags-json-object": [1, 0, ["1_1/2024/07/01/12.parquet"]],
  "tags-struct": [2, 0, ["1_1/2024/07/01/12.parquet", "1_2/2024/07/01/12.parquet"]],
  "semicolons": [1, 0, ["1_1/2024/07/01/12.parquet"]],
  "line-separator": [2, 0, ["1_1/2024/07/01/12.parquet", "9_9/2024/07/01/12.parquet"]],
};
for (const [name, [readings, rejected, hours]] of Object.entries(RIGHT)) {
  Deno.test({
    name: `the input of the case ${name} is read correctly`,
    ignore: !exists(CASES),
    fn: () =>
      inFolder(async (folder) => {
        for (const file of names(join(CASES, name, "in"))) {
          put(join(folder, "in", file), Deno.readFileSync(join(CASES, name, "in", file)));
        }
        const found = await etl(folder);
        const counts = Object.values(found.rejected as Record<string, number>);
        assert.deepEqual([found.code, found.problems], [0, []]);
        assert.deepEqual([found.readings, counts.reduce((a, b) => a + b, 0)], [readings, rejected]);
        assert.deepEqual([...tree(join(folder, "out")).keys()], hours);
        if (name !== "bare-repeated-tags") return;
        const columns = [...(await readHour(join(folder, "out", hours[1]!))).keys()];
        assert.deepEqual(
          columns,
          ["timestamp", "phase", "module", "u"],
          "v belongs to the other module",
        );
      }),
  });
}
