import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  assertSameTree,
  cli,
  cliAsUser,
  csv,
  dayFile,
  inFolder,
  JULY_13,
  put,
  tree,
} from "../helpers/support.ts";
import { assertRecovers, putFiles, rowsOf } from "./support.ts";

/** Builds three days, each from its own folder. */
async function built(folder: string): Promise<{ input: string; out: string }> {
  const [input, out] = [join(folder, "in"), join(folder, "out")];
  const rows = rowsOf(3);
  for (let day = 0; day < 3; day++) {
    const start = rows[0]!.time + day * 86_400;
    const own = rows.filter(({ time }) => time >= start && time < start + 86_400);
    putFiles(join(input, `day ${day}`), own, 1);
  }
  const { code, stderr } = await cli("--input", input, "--output", out, "--quiet");
  assert.deepEqual([code, stderr], [0, ""]);
  return { input, out };
}

for (const pattern of ["", "*/*.parquet", "**/*.parquet"]) {
  const what = pattern === "" ? "a folder" : `the glob ${pattern}`;
  Deno.test(`a folder below ${what} that may not be read is named, and what was built from it stays`, () =>
    inFolder(async (folder) => {
      const { input, out } = await built(folder);
      const closed = join(input, "day 1");
      // The names are the same, however the input is given.
      const before = tree(out);
      Deno.chmodSync(closed, 0);
      const paths = ["--input", join(input, pattern), "--output", out, "--quiet"];
      const { code, stderr } = await cliAsUser(...paths);
      Deno.chmodSync(closed, 0o755);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /day 1: may not be read: permission denied \(its mode is 000/);
      assert.deepEqual([...tree(out).keys()], [...before.keys()]);
      await assertRecovers(input, out);
    }));
}

for (const kind of ["parquet", "csv"]) {
  Deno.test(`what was built from a .${kind} file stays while it may not be read, even if its day is stale`, () =>
    inFolder(async (folder) => {
      const { input, out } = await built(folder);
      const row = (hour: number, value: string) => [{
        time: JULY_13 + hour * 3600,
        payload: "volts",
        value,
        tags: [["phase", "1"], ["module", "9"]] as [string, string][],
      }];
      const path = join(input, `own.${kind}`);
      put(path, kind === "csv" ? csv(row(5, "1")) : dayFile(row(5, "1")));
      const paths = ["--input", input, "--output", out];
      assert.equal((await cli(...paths, "--quiet")).code, 0);
      const own = join(out, "1_9/2024/07/13/05.parquet");
      const before = Deno.readFileSync(own);
      // Its day is stale because of another file, and then because of an option.
      put(join(input, "new.parquet"), dayFile(row(6, "2")));
      Deno.chmodSync(path, 0);
      // A file that did not change just now is read only by a worker, which must name the mode too.
      await setTimeout(2100);
      for (const flags of [["--quiet"], ["--quiet", "--max-gap", "6m"]]) {
        const { code, stderr } = await cliAsUser(...paths, ...flags);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /own\.\w+: may not be read: permission denied \(its mode is 000/);
        if (flags.length === 1) assert.deepEqual(Deno.readFileSync(own), before);
        else assert.ok(Deno.statSync(own).isFile);
      }
      Deno.chmodSync(path, 0o644);
      await assertRecovers(input, out);
    }));
}

Deno.test("what shards built from a file stays while the final run may not read it", () =>
  inFolder(async (folder) => {
    const { input, out } = await built(folder);
    const path = join(input, "own.csv");
    const tags: [string, string][] = [["phase", "1"], ["module", "9"]];
    const rows = [1, 5].map((day) => ({
      time: JULY_13 + day * 86_400,
      payload: "own",
      value: "1",
      tags,
    }));
    put(path, csv(rows));
    const paths = ["--input", input, "--output", out, "--quiet"];
    assert.equal((await cli(...paths, "--shard", "1/1")).code, 0);
    const before = tree(out);
    Deno.chmodSync(path, 0);
    const { code, stderr } = await cliAsUser(...paths);
    Deno.chmodSync(path, 0o644);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /own.csv: may not be read: permission denied/);
    assert.deepEqual(tree(out), before);
    await assertRecovers(input, out);
  }));

Deno.test("renamed files do not count as lost", () =>
  inFolder(async (folder) => {
    const { input, out } = await built(folder);
    await setTimeout(1100); // renaming changes the ctime, which Deno gives in whole seconds
    Deno.renameSync(join(input, "day 2"), join(folder, "aside"));
    for (const day of [0, 1]) Deno.renameSync(join(input, `day ${day}`), join(input, `${day}`));
    const { code, stderr } = await cli("--input", input, "--output", out, "--quiet");
    assert.deepEqual([code, stderr], [0, ""]);
    await cli("--input", input, "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(out, join(folder, "fresh"));
  }));
