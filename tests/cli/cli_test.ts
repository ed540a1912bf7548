import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "../helpers/oracle.ts";
import {
  assertSameTree,
  cli,
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

/** A reading every minute for some days, which changes every hour. */
function rows(days = 2): Row[] {
  return Array.from({ length: days * 1440 }, (_, i) => ({
    time: JULY_13 + i * 60,
    payload: i % 2 === 0 ? "volts" : "state",
    value: i % 2 === 0 ? String(50 + Math.floor(i / 60)) : "IDLE",
    tags: PLACE,
  }));
}

Deno.test("--help needs no permission", async () => {
  const args = ["run", "--no-prompt", join(ROOT, "solution.ts"), "--help"];
  const env = { HOME: Deno.env.get("HOME")!, PATH: Deno.env.get("PATH")! };
  const command = new Deno.Command(Deno.execPath(), { args, clearEnv: true, env });
  const { code, stderr } = await command.output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("--help and --version exit with 0, wrong usage with 2", async () => {
  const help = await cli("--help");
  assert.deepEqual([help.code, help.stderr], [0, ""]);
  assert.match(help.stdout, /Usage: hourgrid/);
  const version = await cli("--version");
  assert.deepEqual([version.code, version.stderr], [0, ""]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  for (const args of [[], ["--input", "x"], ["--input", "x", "--outputt", "y"]]) {
    const { code, stdout, stderr } = await cli(...args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^hourgrid: .*\n(.*\n)?Try --help.\n$/);
  }
});

Deno.test("wrong usage writes nothing", () =>
  inFolder(async (folder) => {
    const input = join(folder, "in");
    put(join(input, "a.parquet"), dayFile(rows()));
    const refused: [string[], RegExp][] = [
      [
        ["--input", join(folder, "no"), "--output", join(folder, "out")],
        /--input .*no does not exist/,
      ],
      [["--input", input, "--output", join(input, "out")], /--output .* lies in --input/],
    ];
    for (const [args, message] of refused) {
      const { code, stdout, stderr } = await cli(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    }
    assert.deepEqual([...tree(folder).keys()], ["in/a.parquet"]);
  }));

Deno.test("a run prints a line per day and a summary, and nothing with --quiet", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows()));
    const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
    const { code, stdout, stderr } = await cli(...paths, "--jobs", "1");
    assert.equal(code, 0);
    assert.match(stdout, /^files +1\nrows read +2,880\n {2}distinct readings +2,880\n/);
    assert.match(stdout, /modules +1\ndays +2024-07-13 to 2024-07-14\n {2}built +2\n/);
    assert.ok(stdout.endsWith(`\n\n48 hour files in ${join(folder, "out")}/\n`), stdout);
    assert.deepEqual(stderr.split("\n").sort(), [
      "",
      "1 file found, 2 days to build",
      "2024-07-13: 1,440 rows, 1,440 readings, 24 hour files",
      "2024-07-14: 1,440 rows, 1,440 readings, 24 hour files",
    ]);
    assert.deepEqual(await cli(...paths, "--quiet"), { code: 0, stdout: "", stderr: "" });
  }));

Deno.test("--dry-run says what would be built, and writes nothing", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows()));
    put(join(folder, "in", "b.csv"), "timestamp,payload_type,value,tags\n2024-07-15,x,1,[]\n");
    const { code, stdout } = await cli(
      ...["--input", join(folder, "in"), "--output", join(folder, "out"), "--dry-run"],
    );
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `2024-07-13  1 file, up to 2,880 rows: not built yet
2024-07-14  1 file, up to 2,880 rows: not built yet
2024-07-15  2 files, up to 2,881 rows: not built yet
3 days would be built; nothing was written.

Note: The times in 1 file have no zone: they are taken as UTC.
`,
    );
    assert.equal(exists(join(folder, "out")), false);
  }));

Deno.test("--from and --to choose days, into which values are held from the day before", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(3)));
    const all = await etl(folder);
    assert.equal(all.hourFiles, 72);
    const some = join(folder, "some");
    const paths = ["--input", join(folder, "in"), "--output", some];
    await cli(...paths, "--quiet", "--from", "2024-07-14", "--to", "2024-07-14");
    const names = [...tree(some).keys()];
    assert.equal(names.length, 24);
    assert.ok(names.every((name) => name.startsWith("1_1/2024/07/14/")));
    for (const name of names) {
      assert.deepEqual(
        Deno.readFileSync(join(some, name)),
        Deno.readFileSync(join(folder, "out", name)),
      );
    }
    await cli(...paths, "--quiet");
    assertSameTree(some, join(folder, "out"));
  }));

Deno.test("both writers give the same values with all codecs", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(1)));
    await etl(folder);
    const expected = await readHour(join(folder, "out", "1_1/2024/07/13/07.parquet"));
    assert.deepEqual([...expected.keys()].slice(3), ["state", "volts"]);
    const kinds = [["fast", "snappy", "none"], ["polars", "snappy", "none", "gzip", "lz4", "zstd"]];
    for (const [writer, ...codecs] of kinds) {
      for (const codec of codecs) {
        const { code, built } = await etl(folder, "--writer", writer!, "--compression", codec);
        assert.equal(code, 0);
        assert.ok(
          built.length === 1 || writer === "fast" && codec === "snappy",
          "options make it stale",
        );
        if (codec === "snappy" || codec === "none") {
          assert.deepEqual(
            await readHour(join(folder, "out", "1_1/2024/07/13/07.parquet")),
            expected,
          );
        }
        assert.equal(tree(join(folder, "out")).size, 24);
      }
    }
  }));

Deno.test("--json prints all of the summary", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile([...rows(1), ...rows(1)]));
    const { code, stderr: _, seconds, reportSeconds, rowsPerSecond, peakMemory, ...rest } =
      await etl(folder);
    assert.ok(code === 0 && seconds > 0 && reportSeconds >= 0 && peakMemory > 50e6);
    assert.equal(rowsPerSecond, Math.round(2880 / seconds));
    const counted = { rows: 2880, readings: 1440, duplicates: 1440, rejected: {} };
    assert.deepEqual(rest, {
      shard: null,
      files: 1,
      localFiles: 0,
      otherFiles: {},
      unusableFiles: 0,
      importedFiles: 0,
      importedBecause: {},
      ...counted,
      onRecord: counted,
      modules: 1,
      hourFiles: 24,
      span: ["2024-07-13", "2024-07-13"],
      built: [{ day: "2024-07-13", reason: "not built yet", files: 1, rows: 2880 }],
      inputSpan: ["2024-07-13", "2024-07-13"],
      current: 0,
      unbuilt: 0,
      removed: [],
      shortened: [],
      outside: 0,
      otherOptions: null,
      otherShards: 0,
      mixed: [],
      blank: [],
      changedKinds: [],
      sparse: [],
      ofNoModule: {},
      problems: [],
      ended: null,
      report: null,
      oldReport: null,
      examples: [],
    });
  }));

Deno.test("the summary counts only rows that its run read, not those of days that are up to date", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(2)));
    const first = await etl(folder, "--from", "2024-07-14");
    assert.deepEqual([first.rows, first.onRecord.rows, first.outside], [1440, 1440, 1]);
    const second = await etl(folder);
    assert.deepEqual([second.rows, second.onRecord.rows, second.current], [1440, 2880, 1]);
    const third = await etl(folder);
    assert.deepEqual([third.rows, third.rowsPerSecond, third.current], [0, 0, 2]);
    const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
    const { stdout } = await cli(...paths);
    assert.equal(
      stdout,
      `Nothing to do: 2 days up to date.\n\n48 hour files in ${join(folder, "out")}/\n`,
    );
    const none = await cli(...paths, "--from", "2025-01-01");
    assert.match(
      none.stdout,
      /^Nothing to do: 0 days up to date, 2 outside --from and --to\.\n\nNote: No day .* has 2024-07-13 to 2024-07-14\.\n/,
    );
  }));

Deno.test("the summary names payload types of both kinds, and those whose kind has changed", () =>
  inFolder(async (folder) => {
    const line = (second: number, value: string) =>
      `2024-07-01T10:00:${String(second).padStart(2, "0")},mode,${value},${TAGS}`;
    put(join(folder, "in", "a.csv"), [HEAD, line(1, "1"), line(2, "2"), ""].join("\n"));
    assert.deepEqual((await etl(folder)).mixed, []);
    put(
      join(folder, "in", "b.csv"),
      [HEAD, ...[3, 4, 5].map((s) => line(s, `x${s}`)), ""].join("\n"),
    );
    const { mixed, changedKinds } = await etl(folder);
    assert.deepEqual(mixed, [{
      payload: "mode",
      kind: "text",
      numericShare: 0.4,
      isQuantity: false,
    }]);
    assert.deepEqual(changedKinds, [{ payload: "mode", before: "numeric", after: "text" }]);
    assert.deepEqual((await etl(folder)).changedKinds, []);
  }));

Deno.test("only days that changed are built again, and the files are the same as after a single run", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const file = (name: string, part: Row[]) => put(join(input, name), dayFile(part));
    const all = rows(3);
    file("1.parquet", all.filter(({ time }) => time < JULY_13 + 86_400));
    file("2.parquet", all.filter(({ time }) => time >= JULY_13 + 2 * 86_400));
    const expectTree = async () => {
      await cli("--input", input, "--output", join(folder, "fresh"), "--quiet");
      assertSameTree(out, join(folder, "fresh"));
      Deno.removeSync(join(folder, "fresh"), { recursive: true });
    };
    const built = async (...days: string[]) => {
      const summary = await etl(folder);
      // deno-lint-ignore no-explicit-any -- a JSON document
      assert.deepEqual(summary.built.map(({ day }: any) => day), days);
      await expectTree();
      return summary;
    };
    await built("2024-07-13", "2024-07-15");
    await built();
    // A day in between, whose last values are held into the next one.
    file(
      "3.parquet",
      all.filter(({ time }) => time >= JULY_13 + 86_400 && time < JULY_13 + 2 * 86_400),
    );
    const added = await built("2024-07-14", "2024-07-15");
    assert.deepEqual(added.built.map(({ reason }: { reason: string }) => reason), [
      "not built yet",
      "new input 3.parquet",
    ]);
    // A new signal on one day is a new column on all.
    file("4.parquet", [{ time: JULY_13 + 3600, payload: "new", value: "1", tags: PLACE }]);
    await built("2024-07-13", "2024-07-14", "2024-07-15");
    Deno.removeSync(join(input, "4.parquet"));
    await built("2024-07-13", "2024-07-14", "2024-07-15");
    // The day after a removed one no longer has a value to hold at midnight.
    Deno.removeSync(join(input, "1.parquet"));
    const paths = ["--input", input, "--output", out];
    assert.match(
      (await cli(...paths, "--dry-run")).stdout,
      /^2024-07-13 {2}would be removed, with 24/,
    );
    const { removed } = await built("2024-07-14");
    assert.deepEqual(removed, [{ day: "2024-07-13", hourFiles: 24 }]);
    assert.equal(exists(join(out, "1_1", "2024", "07", "13")), false, "empty folders go");
    const other = await etl(folder, "--max-gap", "10m");
    assert.equal(other.built[0].reason, "--max-gap was 300 s, is 600 s");
  }));

const HEAD = "timestamp,payload_type,value,tags";
const TAGS = '"[[""phase"",""1""],[""module"",""1""]]"';

Deno.test("days are rebuilt until all have the same columns", () =>
  inFolder(async (folder) => {
    const lines = [1, 2, 3, 4].map((day) => `2024-07-0${day}T10:00:00,signal_${day},1,${TAGS}`);
    put(join(folder, "in", "a.csv"), [HEAD, ...lines, ""].join("\n"));
    for (const jobs of ["1", "2"]) {
      const { code, stderr } = await etl(folder, "--jobs", jobs, "--force");
      assert.equal(code, 0);
      const lines = stderr.split("\n").filter((line: string) => /^2024/.test(line));
      assert.equal(lines.length, 4, "one line per day, although days are built twice");
      for (const day of [1, 2, 3, 4]) {
        const table = await readHour(join(folder, "out", `1_1/2024/07/0${day}/10.parquet`));
        const names = [
          "timestamp",
          "phase",
          "module",
          "signal_1",
          "signal_2",
          "signal_3",
          "signal_4",
        ];
        assert.deepEqual([...table.keys()], names);
      }
    }
  }));

Deno.test("columns and kinds are those of the whole input, even with --from", () =>
  inFolder(async (folder) => {
    const days = [
      `2024-07-01T10:00:00,a,1,${TAGS}`,
      `2024-07-01T10:00:00,s,x,${TAGS}`,
      `2024-07-01T10:00:01,s,y,${TAGS}`,
      `2024-07-02T10:00:00,s,3,${TAGS}`,
    ];
    put(join(folder, "in", "a.csv"), [HEAD, ...days, ""].join("\n"));
    const some = await etl(folder, "--from", "2024-07-02");
    assert.deepEqual([some.code, some.hourFiles], [0, 1]);
    const name = "1_1/2024/07/02/10.parquet";
    const bytes = Deno.readFileSync(join(folder, "out", name));
    await cli("--input", join(folder, "in"), "--output", join(folder, "fresh"), "--quiet");
    assert.deepEqual(Deno.readFileSync(join(folder, "fresh", name)), bytes);
  }));

Deno.test("an input that can't be reached for a while keeps what was built from it", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.csv"), [HEAD, `2024-07-01T10:00:00,a,1,${TAGS}`, ""].join("\n"));
    put(join(input, "b.parquet"), dayFile(rows(1)));
    assert.equal((await etl(folder)).hourFiles, 25);
    // A lost mount looks like a link to nowhere.
    Deno.renameSync(join(input, "b.parquet"), join(folder, "aside"));
    Deno.symlinkSync(join(folder, "nowhere"), join(input, "b.parquet"));
    const lost = await etl(folder);
    assert.deepEqual([lost.code, lost.hourFiles, lost.built.length], [1, 25, 0]);
    Deno.removeSync(join(input, "b.parquet"));
    Deno.renameSync(join(folder, "aside"), join(input, "b.parquet"));
    assert.equal((await etl(folder)).code, 0);
    // The imported file may be changed or removed.
    for (const { name } of [...Deno.readDirSync(join(out, "_etl", "imports"))]) {
      Deno.utimeSync(join(out, "_etl", "imports", name, "0.rows"), 1, 1);
    }
    assert.deepEqual([(await etl(folder, "--force")).code, tree(out).size], [0, 25]);
    Deno.removeSync(join(out, "_etl", "imports"), { recursive: true });
    assert.deepEqual([(await etl(folder, "--force")).code, tree(out).size], [0, 25]);
  }));

Deno.test("a change that keeps size and time is noticed, and a damaged hour file is built again", () =>
  inFolder(async (folder) => {
    const [path, hour] = [
      join(folder, "in", "a.parquet"),
      join(folder, "out", "1_1/2024/07/13/05.parquet"),
    ];
    put(path, dayFile(rows(1)));
    await etl(folder);
    const good = Deno.readFileSync(hour);
    Deno.writeFileSync(hour, good.subarray(0, 9));
    const { built } = await etl(folder);
    assert.match(built[0].reason, /1_1\/2024\/07\/13\/05.parquet is gone or changed/);
    assert.deepEqual(Deno.readFileSync(hour), good);
    const { mtime } = Deno.statSync(path);
    // The system's clock of changes may tick in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    put(path, dayFile(rows(1)));
    Deno.utimeSync(path, mtime!, mtime!);
    assert.match((await etl(folder)).built[0].reason, /changed input a.parquet/);
  }));

Deno.test("a file that turns out to need an import on two days is imported once", () =>
  inFolder(async (folder) => {
    const list = (tags: string) => `[['phase', '1'], ['module', '1'${tags}]]`;
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const path = join(folder, "in", "a.parquet");
    Deno.mkdirSync(join(folder, "in"));
    await connection.run(
      `copy (select 1720828800 + (i % 172800) as timestamp, 'x' as payload_type, (i % 9)::varchar as value,
        case when i = 7 then ${list(", 'x', 'y'")} else ${list("")} end as tags
        from range(100000) r(i)) to '${path}' (row_group_size 200000)`,
    );
    connection.closeSync();
    const { code, rejected, readings, rows: read } = await etl(folder);
    assert.deepEqual([code, rejected], [0, { "tags that are malformed": 1 }]);
    assert.deepEqual([read, readings], [100_000, 99_999]);
  }));

Deno.test("a row with too many tags makes only its file unusable", () =>
  inFolder(async (folder) => {
    const many = Array.from({ length: 1001 }, (_, i): [string, string] => [`tag ${i}`, "1"]);
    put(join(folder, "in", "a.parquet"), dayFile(rows(1)));
    put(join(folder, "in", "b.parquet"), dayFile([{ ...rows(1)[0]!, tags: [...PLACE, ...many] }]));
    const { code, problems, hourFiles } = await etl(folder);
    assert.deepEqual([code, hourFiles], [1, 24]);
    assert.deepEqual(problems, [
      { name: "b.parquet", reason: "has no reading: tags that are malformed (1 of 1 rows)" },
    ]);
  }));

Deno.test("equal values in different forms are one reading; with other tags they are another", () =>
  inFolder(async (folder) => {
    const at = (value: string, tags = TAGS) => `2024-07-01T10:00:00,v,${value},${tags}`;
    const tags = (pair: string) => `"[[""phase"",""1""],[""module"",""1""],${pair}]"`;
    const [ab, bc] = [tags('[""a_b"",""c""]'), tags('[""a"",""b_c""]')];
    const lines = [
      at("53"),
      at("53.0"),
      at("5.3e1"),
      at("56"),
      at("1", ab),
      at("1", bc),
      at("4", bc),
    ];
    put(join(folder, "in", "a.csv"), [HEAD, ...lines, ""].join("\n"));
    const { readings, duplicates } = await etl(folder);
    assert.deepEqual([readings, duplicates], [5, 2]);
    const table = await readHour(join(folder, "out", "1_1/2024/07/01/10.parquet"));
    assert.deepEqual([table.get("v")![0], table.get("v_a_b_c")![0]], [54.5, 2]);
  }));

Deno.test({
  name: "input and output may lie in shared memory",
  ignore: !exists("/dev/shm"),
  async fn() {
    const folder = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      const table = csv(rows(1).slice(0, 60));
      put(join(folder, "in", "a.parquet"), dayFile(rows(1)));
      put(join(folder, "in", "b.csv"), table);
      const { problems, hourFiles } = await etl(folder);
      assert.deepEqual([problems, hourFiles], [[], 24]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("an interrupted run exits with 130, and the next one continues", () =>
  inFolder(async (folder) => {
    for (let i = 0; i < 8; i++) {
      const day = rows(1).map((row) => ({ ...row, time: row.time + i * 86_400 }));
      put(join(folder, "in", `${i}.parquet`), dayFile(day));
    }
    const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, "solution.ts"), ...paths, "--jobs", "1"],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of lines) {
      if (text === "") child.kill("SIGINT");
      text += part;
    }
    assert.equal((await child.status).code, 130);
    await child.stdout.cancel();
    assert.match(text, /interrupted; what is on disk is whole/);
    await etl(folder);
    await cli("--input", join(folder, "in"), "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(join(folder, "out"), join(folder, "fresh"));
  }));

Deno.test("a run without the permission to start workers names the flag to give", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), dayFile(rows(1)));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-run=sync"],
        ...[join(ROOT, "solution.ts"), join(folder, "in"), "--output", join(folder, "out")],
      ],
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.match(text, /^hourgrid: Cannot start worker processes: give --allow-run, or .*,sync\n$/);
    assert.deepEqual([code, exists(join(folder, "out"))], [2, false]);
  }));
