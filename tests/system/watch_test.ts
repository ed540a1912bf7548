import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/mod.ts";
import { watch } from "../../lib/run/mod.ts";
import {
  assertSameTree,
  cli,
  csv,
  dayFile,
  inFolder,
  JULY_13,
  put,
  ROOT,
  tree,
} from "../helpers/support.ts";
import { assertRecovers, assertWhole, putFiles, rowsOf, start } from "./support.ts";

Deno.test("--watch builds new files when they stop changing, and ends at a signal", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const rows = rowsOf(3);
    const part = (day: number) =>
      rows.filter(({ time }) => Math.floor((time - rows[0]!.time) / 86_400) === day);
    putFiles(input, part(0), 1);
    const group = start(["--input", input, "--output", out, "--watch"]);
    await group.says("1 file, 1 day built, 8 hour files");
    // One file is renamed into the folder, another is written slowly.
    putFiles(join(folder, "aside"), part(1), 1);
    Deno.renameSync(join(folder, "aside", "0.parquet"), join(input, "1.parquet"));
    await group.says("2 files, 1 day built, 16 hour files");
    putFiles(join(folder, "aside"), part(2), 1);
    const bytes = Deno.readFileSync(join(folder, "aside", "0.parquet"));
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 5)) {
      const piece = bytes.subarray(at, at + Math.ceil(bytes.length / 5));
      Deno.writeFileSync(join(input, "2.parquet"), piece, { append: true });
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await group.says("3 files, 1 day built, 24 hour files");
    Deno.kill(group.child.pid, "SIGTERM");
    assert.equal((await group.child.status).code, 0);
    await group.kill();
    putFiles(join(folder, "all"), rows, 1);
    await cli("--input", join(folder, "all"), "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(out, join(folder, "fresh"));
  }));

Deno.test("--watch retries after a temporary failure", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    put(join(out, "1_1"), "in the way");
    const group = start(["--input", input, "--output", out, "--watch"]);
    await group.says("0 days built");
    Deno.removeSync(join(out, "1_1"));
    await group.says("1 day built, 8 hour files");
    await group.kill();
    await assertRecovers(input, out);
  }));

const dayOf = (day: number) =>
  rowsOf(3).filter(({ time }) => Math.floor((time - JULY_13) / 86_400) === day);

Deno.test("--watch builds other files while one keeps growing", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    for (const day of [0, 1]) put(join(input, `${day}.parquet`), dayFile(dayOf(day)));
    const group = start(["--input", input, "--output", out, "--watch"]);
    await group.says("2 files, 2 days built");
    const before = Deno.readFileSync(join(out, "1_1/2024/07/13/00.parquet"));
    // One that was read before, and one that is new.
    put(join(input, "new.csv"), "timestamp,payload_type,value,tags\n");
    const timer = setInterval(() => {
      for (const name of ["0.parquet", "new.csv"]) {
        Deno.writeTextFileSync(join(input, name), "x", { append: true });
      }
    }, 200);
    try {
      put(join(input, "2.parquet"), dayFile(dayOf(2)));
      await group.says("4 files, 1 day built, 24 hour files");
      assert.deepEqual(Deno.readFileSync(join(out, "1_1/2024/07/13/00.parquet")), before);
    } finally {
      clearInterval(timer);
    }
    put(join(input, "0.parquet"), dayFile(dayOf(0)));
    Deno.removeSync(join(input, "new.csv"));
    await group.says("3 files, 1 day built, 24 hour files");
    await group.kill();
    await assertRecovers(input, out);
  }));

Deno.test("--watch keeps what was built from a file that is growing when it starts", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    for (const day of [0, 1]) put(join(input, `${day}.csv`), csv(dayOf(day)));
    assert.equal((await cli("--input", input, "--output", out, "--quiet")).code, 0);
    const before = tree(out);
    const timer = setInterval(() => {
      Deno.writeTextFileSync(join(input, "1.csv"), "torn\n", { append: true });
    }, 200);
    const group = start(["--input", input, "--output", out, "--watch"]);
    await group.says("2 files, 0 days built, 16 hour files");
    clearInterval(timer);
    assert.deepEqual(tree(out), before);
    await group.says("2 files, 1 day built, 16 hour files");
    await group.kill();
    await assertRecovers(input, out);
  }));

Deno.test("--watch waits for an input that is missing or empty, and says so once", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const group = start(["--input", input, "--output", out, "--watch"]);
    await group.says(`--input ${input} does not exist`);
    Deno.mkdirSync(input);
    await group.says(`--input ${input} holds no day file`);
    putFiles(input, rowsOf(1), 1);
    await group.says("1 file, 1 day built");
    // If it disappears again, nothing is removed.
    const names = [...tree(out).keys()];
    Deno.renameSync(input, `${input} unmounted`);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.deepEqual([...tree(out).keys()], names);
    Deno.kill(group.child.pid, "SIGTERM");
    assert.equal((await group.child.status).code, 0);
    await group.kill();
  }));

Deno.test("--watch exits with 130 if it is stopped during a build", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(2), 2);
    const group = start(["--input", input, "--output", out, "--watch"], "file staged:3");
    await group.says("halted: file staged");
    Deno.kill(group.child.pid, "SIGTERM");
    assert.equal((await group.child.status).code, 130);
    await group.kill();
    await assertWhole(out);
    await assertRecovers(input, out);
  }));

Deno.test("--watch --json prints one JSON line per run", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "0.parquet"), dayFile(dayOf(0)));
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", join(ROOT, "solution.ts"), "--input", input, "--output", out],
        ...["--watch", "--json"],
      ],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const built: string[][] = [];
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (!text.endsWith("\n")) continue;
      built.push(JSON.parse(text).built.map(({ day }: { day: string }) => day));
      text = "";
      if (built.length === 1) put(join(input, "1.parquet"), dayFile(dayOf(1)));
      else child.kill("SIGTERM");
    }
    assert.equal((await child.status).code, 0);
    assert.deepEqual(built, [["2024-07-13"], ["2024-07-14"]]);
  }));

for (const [turn, hours] of [["back", -1], ["ahead", 1]] as const) {
  Deno.test(`watch() continues when the clock is set ${turn} by an hour`, () =>
    inFolder(async (folder) => {
      const [input, out] = [join(folder, "in"), join(folder, "out")];
      const request = parseArguments(["--input", input, "--output", out, "--watch"]);
      assert.ok("options" in request);
      put(join(input, "0.parquet"), dayFile(dayOf(0)));
      const now = Date.now;
      const stop = new AbortController();
      const built: string[][] = [];
      try {
        await watch(request.options, {
          run(summary) {
            built.push(summary.built.map(({ day }) => day));
            if (built.length === 2) return stop.abort();
            Date.now = () => now() + hours * 3_600_000;
            put(join(input, "1.parquet"), dayFile(dayOf(1)));
          },
          problem: ({ name, reason }) => assert.fail(`${name} ${reason}`),
          refused: (error) => assert.fail(error),
        }, stop.signal);
      } finally {
        Date.now = now;
      }
      assert.deepEqual(built, [["2024-07-13"], ["2024-07-14"]]);
    }));
}
