import assert from "node:assert/strict";
import { join } from "node:path";
import {
  assertSameTree,
  cli,
  dayFile,
  etl,
  exists,
  inFolder,
  JULY_13,
  put,
  readHour,
  tree,
} from "../helpers/support.ts";
import { assertRecovers, putFiles, rowsOf } from "./support.ts";

for (
  const name of ["lock", "workers", "days", "intents", "staged", "rejected", "imports", "report"]
) {
  for (const kind of ["file", "folder"]) {
    Deno.test(`_etl/${name} that is a link to a ${kind} is refused, and its target is left alone`, () =>
      inFolder(async (folder) => {
        const [input, out] = [join(folder, "in"), join(folder, "out")];
        putFiles(input, rowsOf(1), 1);
        const outside = join(folder, "outside");
        const theirs = kind === "file" ? outside : join(outside, "2024-07-13.json");
        put(theirs, "theirs");
        Deno.mkdirSync(join(out, "_etl"), { recursive: true });
        Deno.symlinkSync(outside, join(out, "_etl", name));
        const { code, stderr } = await cli("--input", input, "--output", out, "--report");
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`_etl/${name} is a link: move it out of the way`));
        assert.equal(Deno.readTextFileSync(theirs), "theirs");
        assert.deepEqual([...tree(out).keys()], []);
      }));
  }
}

Deno.test("a user's own file at the path of an hour file is neither overwritten nor deleted", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(2), 2);
    const [theirs, beside] = ["1_1/2024/07/13/00.parquet", "1_1/2024/07/13/07.parquet"]
      .map((name) => join(out, name));
    const content = dayFile(rowsOf(1)).slice(0, 500);
    for (const path of [theirs!, beside!]) put(path, content);
    const { code, problems } = await etl(folder);
    assert.equal(code, 1);
    assert.deepEqual(problems.map(({ name }: { name: string }) => name), ["2024-07-13"]);
    assert.match(problems[0].reason, /00.parquet was not written by hourgrid: move it out of the/);
    assert.deepEqual(Deno.readFileSync(theirs!), content);
    assert.ok(exists(join(out, "1_1/2024/07/14/00.parquet")), "the other day is built");
    Deno.removeSync(theirs!);
    for (const args of [[], ["--force"]]) {
      assert.equal((await etl(folder, ...args)).code, 0);
      assert.deepEqual(Deno.readFileSync(beside!), content);
    }
    // Not even if the records are gone.
    Deno.removeSync(join(out, "_etl"), { recursive: true });
    Deno.removeSync(join(input, "0.parquet"));
    assert.equal((await etl(folder)).code, 0);
    assert.deepEqual(Deno.readFileSync(beside!), content);
    Deno.removeSync(beside!);
    await assertRecovers(input, out);
  }));

Deno.test("a link at the path of an hour file is the user's own", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    put(join(folder, "theirs"), "theirs");
    put(join(out, "1_1/2024/07/13/notes"), "");
    Deno.symlinkSync(join(folder, "theirs"), join(out, "1_1/2024/07/13/00.parquet"));
    const { code, problems } = await etl(folder);
    assert.equal(code, 1);
    assert.match(problems[0].reason, /00.parquet was not written by hourgrid: move it out/);
    assert.equal(Deno.readTextFileSync(join(out, "1_1/2024/07/13/00.parquet")), "theirs");
    assert.deepEqual(tree(out).size, 2, "the link and the notes");
  }));

Deno.test("hour files whose records are gone are recognised, and removed with their input", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const rows = rowsOf(3);
    for (let day = 0; day < 3; day++) {
      const own = rows.filter(({ time }) => Math.floor((time - JULY_13) / 86_400) === day);
      put(join(input, `${day}.parquet`), dayFile(own));
    }
    assert.equal((await etl(folder)).code, 0);
    Deno.removeSync(join(out, "_etl"), { recursive: true });
    Deno.removeSync(join(input, "1.parquet"));
    await assertRecovers(input, out);
    // Likewise with a single record gone.
    Deno.removeSync(join(out, "_etl/days/2024-07-15.json"));
    Deno.removeSync(join(input, "2.parquet"));
    await assertRecovers(input, out);
  }));

for (const writer of ["fast", "polars"]) {
  Deno.test(`hour files of --writer ${writer} are recognised as ours without their records`, () =>
    inFolder(async (folder) => {
      const [input, out] = [join(folder, "in"), join(folder, "out")];
      putFiles(input, rowsOf(2), 2);
      assert.equal((await etl(folder, "--writer", writer)).code, 0);
      Deno.removeSync(join(out, "_etl"), { recursive: true });
      await assertRecovers(input, out);
    }));
}

const broken: [what: string, edit: (text: string) => string][] = [
  ["is empty", () => ""],
  ["is torn", (text) => text.slice(0, text.length / 2)],
  ["is null", () => "null"],
  ["lacks a field", (text) => text.replace(/"signalCounts":\[.*?\],/, "")],
  ["has a field of another type", (text) => text.replace(/"files":\[.*?\]/, '"files":"x"')],
  ["names files elsewhere", (text) => text.replaceAll("1_1/2024/07/13", "../outside")],
  ["names another day's files", (text) => text.replaceAll("1_1/2024/07/13", "1_1/2024/07/14")],
];

for (const [what, edit] of broken) {
  Deno.test(`a record that ${what} has its day built again, and affects no other file`, () =>
    inFolder(async (folder) => {
      const [input, out] = [join(folder, "in"), join(folder, "out")];
      putFiles(input, rowsOf(2), 2);
      put(join(folder, "outside", "00.parquet"), "theirs");
      assert.equal((await etl(folder)).code, 0);
      for (const name of ["days/2024-07-13.json", "inputs.jsonl", "intents/2024-07-14.json"]) {
        const path = join(out, "_etl", name);
        put(path, edit(exists(path) ? Deno.readTextFileSync(path) : '{"files":["../x"]}'));
      }
      const { code, stderr, problems, built } = await etl(folder);
      assert.deepEqual([code, problems], [0, []], stderr);
      assert.ok(built.length >= 1);
      assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
      assert.equal(Deno.readTextFileSync(join(folder, "outside", "00.parquet")), "theirs");
      await assertRecovers(input, out);
    }));
}

Deno.test("if the file system ignores case, the second of two colliding modules is not written", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const row = (module: string, value: string) => ({
      ...{ time: JULY_13, payload: "volts", value },
      tags: [["phase", "1"], ["module", module]] as [string, string][],
    });
    put(join(input, "a.parquet"), dayFile([row("a", "1"), row("A", "2"), row("b", "3")]));
    // A folder with two names imitates a file system that ignores case.
    for (const name of ["_etl", "_ETL"]) Deno.mkdirSync(join(out, name), { recursive: true });
    const sh = (command: string, ...args: string[]) => new Deno.Command(command, { args }).output();
    const mounted = await sh("mount", "--bind", join(out, "_etl"), join(out, "_ETL"));
    assert.ok(mounted.success, new TextDecoder().decode(mounted.stderr));
    try {
      for (const _ of ["first", "again"]) {
        const { code, problems } = await etl(folder);
        assert.equal(code, 1);
        assert.equal(problems.length, 1);
        assert.match(problems[0].name, /^1_[aA]$/);
        assert.match(problems[0].reason, /is not written: it differs from 1_[aA] only in case/);
        const folders = [...tree(out).keys()].map((name) => name.slice(0, 3));
        assert.deepEqual(folders.map((name) => name.toLowerCase()), ["1_a", "1_b"]);
        const [first] = tree(out).keys();
        const [value] = (await readHour(join(out, first!))).get("volts")!;
        assert.equal(value, first!.startsWith("1_a") ? 1 : 2);
      }
    } finally {
      await sh("umount", join(out, "_ETL"));
    }
    Deno.removeSync(join(out, "_ETL"));
  }));

Deno.test("module folders that become empty do not disturb others that are filled", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const rows = (first: number) =>
      Array.from({ length: 40 }, (_, i) => ({
        ...{ time: JULY_13 + ((first + i) % 28) * 86_400, payload: "volts", value: "1" },
        tags: [["phase", "1"], ["module", String(i % 8)]] as [string, string][],
      }));
    for (let round = 0; round < 4; round++) {
      put(join(input, "a.parquet"), dayFile(rows(round * 5)));
      const { code, problems } = await etl(folder, "--jobs", "4");
      assert.deepEqual([code, problems], [0, []]);
    }
    await cli("--input", input, "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(out, join(folder, "fresh"));
  }));
