import assert from "node:assert/strict";
import { join } from "node:path";
import {
  cli,
  cliAsUser,
  csv,
  dayFile,
  exists,
  inFolder,
  JULY_13,
  put,
  readHour,
  tree,
} from "../helpers/support.ts";
import type { Row } from "../helpers/oracle.ts";
import { assertRecovers, putFiles, rowsOf } from "./support.ts";

/** Runs the tool as a user to whom permissions apply, and returns the problems that it names. */
async function problemsAsUser(...args: string[]) {
  const { code, stderr, stdout } = await cliAsUser(...args, "--json");
  assert.ok(stdout !== "", stderr);
  const { problems }: { problems: { name: string; reason: string }[] } = JSON.parse(stdout);
  return { code, stderr, problems, names: problems.map(({ name }) => name) };
}

/** Writes three days, each to its own file. */
function putDays(input: string, salt: number): void {
  const rows = rowsOf(3, salt);
  for (let day = 0; day < 3; day++) {
    const own = rows.filter(({ time }) => Math.floor((time - JULY_13) / 86_400) === day);
    put(join(input, `${day}.parquet`), dayFile(own));
  }
}

/** Builds three days. */
async function built(folder: string): Promise<{ input: string; out: string; paths: string[] }> {
  const [input, out] = [join(folder, "in"), join(folder, "out")];
  putDays(input, 0);
  const paths = ["--input", input, "--output", out];
  assert.equal((await cli(...paths, "--quiet")).code, 0);
  return { input, out, paths };
}

const closed: [what: string, path: string, change: (input: string) => void, reason: RegExp][] = [
  [
    "an hour file that can't be replaced",
    "1_2/2024/07/14",
    (input) => putDays(input, 5),
    /^could not be built: cannot write .*1_2\/2024\/07\/14\/\d\d.parquet: Permission denied .*\(its mode is 500, its owner 0\)$/,
  ],
  [
    "an hour file that can't be removed",
    "1_2/2024/07/14",
    (input) => Deno.removeSync(join(input, "1.parquet")),
    /^could not be removed: cannot remove .*1_2\/2024\/07\/14\/\d\d.parquet: Permission denied/,
  ],
];

for (const [what, path, change, reason] of closed) {
  Deno.test(`${what} affects only its day, which is named`, () =>
    inFolder(async (folder) => {
      const { input, out, paths } = await built(folder);
      change(input);
      put(join(input, "3.csv"), csv(rowsOf(5).slice(-30)));
      Deno.chmodSync(join(out, path), 0o500);
      const { code, problems, names, stderr } = await problemsAsUser(...paths);
      Deno.chmodSync(join(out, path), 0o755);
      assert.equal(code, 1, stderr);
      assert.deepEqual(names, ["2024-07-14"]);
      assert.match(problems[0]!.reason, reason);
      assert.ok(exists(join(out, "1_2/2024/07/17/23.parquet")), "the new day is built");
      await assertRecovers(input, out);
    }));
}

Deno.test("a record that can't be removed affects only its day, which is named", () =>
  inFolder(async (folder) => {
    const { input, out, paths } = await built(folder);
    Deno.removeSync(join(input, "1.parquet"));
    Deno.removeSync(join(input, "0.parquet"));
    const record = join(out, "_etl/days/2024-07-14.json");
    // A mount point can't be removed.
    const mounted = await new Deno.Command("mount", { args: ["--bind", record, record] }).output();
    assert.ok(mounted.success, new TextDecoder().decode(mounted.stderr));
    const { code, problems, names } = await problemsAsUser(...paths);
    await new Deno.Command("umount", { args: [record] }).output();
    assert.equal(code, 1);
    assert.deepEqual(names, ["2024-07-14"]);
    assert.match(problems[0]!.reason, /^could not be removed: cannot remove .*2024-07-14.json: /);
    assert.ok(!exists(join(out, "_etl/days/2024-07-13.json")), "the other day is removed");
    await assertRecovers(input, out);
  }));

Deno.test("records that may not be read end the run before anything is done, as wrong usage does", () =>
  inFolder(async (folder) => {
    const { input, out, paths } = await built(folder);
    for (const [part, mode] of [["inputs.jsonl", 0o644], ["days", 0o755]] as const) {
      Deno.chmodSync(join(out, "_etl", part), 0);
      const { code, stderr } = await cliAsUser(...paths);
      Deno.chmodSync(join(out, "_etl", part), mode);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^hourgrid: --output .*out can't be used: may not be read: permission/);
    }
    for (const part of ["intents", "staged", "workers"]) {
      put(join(out, "_etl/staged/a"), "");
      const { mode } = Deno.statSync(join(out, "_etl", part));
      Deno.chmodSync(join(out, "_etl", part), 0);
      const { code, stderr } = await cliAsUser(...paths);
      Deno.chmodSync(join(out, "_etl", part), mode!);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^hourgrid: --output .*out can't be used: .*[Pp]ermission denied/);
    }
    await assertRecovers(input, out);
  }));

Deno.test("pages of the report that can't be replaced or removed are named in the summary", () =>
  inFolder(async (folder) => {
    const { input, out, paths } = await built(folder);
    assert.equal((await cli(...paths, "--report", "--quiet")).code, 0);
    Deno.removeSync(join(input, "2.parquet"));
    const report = join(out, "_etl/report");
    Deno.chmodSync(report, 0o500);
    const { code, problems } = await problemsAsUser(...paths, "--report");
    Deno.chmodSync(report, 0o755);
    assert.equal(code, 1);
    const reasons = new Map(problems.map(({ name, reason }) => [name, reason]));
    assert.match(reasons.get("_etl/report/index.html")!, /^could not be written: .*denied/);
    assert.match(
      reasons.get("_etl/report")!,
      /^may still have old pages: .*2024-07-15.html: .*denied/,
    );
    await assertRecovers(input, out);
  }));

Deno.test("a module's folder without permission affects only its days", () =>
  inFolder(async (folder) => {
    const { input, out, paths } = await built(folder);
    putDays(input, 5);
    const other: Row["tags"] = [["phase", "2"], ["module", "1"]];
    put(
      join(input, "3.parquet"),
      dayFile([{ time: JULY_13 + 9 * 86_400, payload: "x", value: "1", tags: other }]),
    );
    Deno.chmodSync(join(out, "1_2"), 0);
    const { code, problems, names, stderr } = await problemsAsUser(...paths);
    Deno.chmodSync(join(out, "1_2"), 0o755);
    assert.equal(code, 1, stderr);
    const days = ["2024-07-13", "2024-07-14", "2024-07-15"];
    assert.deepEqual(names.toSorted(), days);
    for (const { reason } of problems) {
      assert.match(reason, /cannot write .*1_2\/2024: Permission denied .*its mode is 000/);
    }
    assert.ok(exists(join(out, "2_1/2024/07/22/00.parquet")), "the other day is built");
    await assertRecovers(input, out);
  }));

Deno.test("a folder of _etl/ that can't be written is named, not the input or a day", () =>
  inFolder(async (folder) => {
    const { input, out, paths } = await built(folder);
    put(join(input, "sound.csv"), csv(rowsOf(1)));
    assert.equal((await cli(...paths, "--quiet")).code, 0);
    put(join(input, "sound.csv"), csv(rowsOf(1, 3)));
    const imports = join(out, "_etl/imports");
    Deno.chmodSync(imports, 0o500);
    const { code, problems } = await problemsAsUser(...paths);
    Deno.chmodSync(imports, 0o755);
    assert.equal(code, 1);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.name, /out\/_etl\/imports\//);
    assert.match(problems[0]!.reason, /^can't be (written|removed): Permission denied/);
    await assertRecovers(input, out);
  }));

Deno.test("file names that are not UTF-8 are shown in an escaped form, once each", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    const script =
      `touch "$(printf 'x\\377.csv')" "$(printf 'x\\376.csv')" && mkdir "$(printf 'd\\377')"`;
    await new Deno.Command("bash", { args: ["-c", `cd '${input}' && ${script}`] }).output();
    assert.equal([...Deno.readDirSync(input)].length, 4);
    const { code, problems } = await problemsAsUser("--input", input, "--output", out);
    assert.equal(code, 1);
    const reason = "has a name that is not UTF-8: rename it";
    assert.deepEqual(problems, [
      { name: "d\\xNN", reason },
      { name: "x\\xNN.csv", reason },
      { name: "x\\xNN.csv (2)", reason },
    ]);
    assert.equal(tree(out).size, 8);
  }));

Deno.test("a day outside --from and --to whose input is gone does not prevent others from being built", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putDays(input, 0);
    const paths = ["--input", input, "--output", out];
    const first = await cli(...paths, "--from", "2024-07-13", "--to", "2024-07-13", "--quiet");
    assert.equal(first.code, 0);
    Deno.removeSync(join(input, "1.parquet"));
    Deno.symlinkSync(join(folder, "nowhere"), join(input, "1.parquet"));
    const days = ["--from", "2024-07-15", "--to", "2024-07-15"];
    const { code, problems } = await problemsAsUser(...paths, ...days);
    assert.equal(code, 1);
    assert.deepEqual(problems, [{ name: "1.parquet", reason: "is gone, or a link to nowhere" }]);
    assert.ok(exists(join(out, "1_2/2024/07/15/00.parquet")));
  }));

Deno.test("the columns of a day outside --from and --to stay while its file may not be read", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const row = (day: number, payload: string): Row => ({
      time: JULY_13 + day * 86_400,
      payload,
      value: "1",
      tags: [["phase", "1"], ["module", "1"]],
    });
    put(join(input, "0.parquet"), dayFile([row(0, "volts"), row(0, "rare")]));
    put(join(input, "1.parquet"), dayFile([row(1, "volts")]));
    const paths = ["--input", input, "--output", out];
    assert.equal((await cli(...paths, "--quiet")).code, 0);
    Deno.chmodSync(join(input, "0.parquet"), 0);
    // It has to be read only to count its signals, because of the option.
    const flags = ["--from", "2024-07-14", "--max-gap", "6m"];
    const { code, names } = await problemsAsUser(...paths, ...flags);
    assert.equal(code, 1);
    assert.deepEqual(names, ["0.parquet"]);
    const columns = [...(await readHour(join(out, "1_1/2024/07/14/00.parquet"))).keys()];
    assert.deepEqual(columns, ["timestamp", "phase", "module", "rare", "volts"]);
    Deno.chmodSync(join(input, "0.parquet"), 0o644);
    await assertRecovers(input, out);
  }));
