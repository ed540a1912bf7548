import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { cli, csv, inFolder, JULY_13, put } from "../helpers/support.ts";
import { assertRecovers, assertWhole, putFiles, rowsOf, start } from "./support.ts";

/** The failpoints at which runs are stopped: the first time, or the time after the colon. */
const FAILPOINTS = [
  "planned",
  "input imported",
  "file staged",
  "file staged:9",
  "intent written",
  "intent written:2",
  "files synced",
  "files synced:2",
  "file renamed",
  "file renamed:2",
  "file renamed:3",
  "file renamed:11",
  "folders synced",
  "folders synced:2",
  "folders synced:3",
  "old files removed",
  "day recorded",
  "day recorded:2",
  "intent deleted",
];

interface Scene {
  input: string;
  out: string;
}

/** A first build of three days, one of them read from CSV. */
function first(folder: string): Scene {
  const input = join(folder, "in");
  const rows = rowsOf(3);
  putFiles(input, rows.filter(({ time }) => time < JULY_13 + 2 * 86_400), 3);
  put(join(input, "last.csv"), csv(rows.filter(({ time }) => time >= JULY_13 + 2 * 86_400)));
  return { input, out: join(folder, "out") };
}

/** A build that changes, removes and adds files, columns, a day and a module. */
async function second(folder: string): Promise<Scene> {
  const { input, out } = first(folder);
  put(
    join(input, "gone.csv"),
    csv([
      { time: JULY_13 + 3600, payload: "old", value: "1", tags: [["phase", "1"], ["module", "9"]] },
      {
        time: JULY_13 + 9 * 86_400,
        payload: "old",
        value: "1",
        tags: [["phase", "1"], ["module", "1"]],
      },
    ]),
  );
  const { code } = await cli("--input", input, "--output", out, "--quiet");
  assert.equal(code, 0);
  Deno.removeSync(join(input, "gone.csv"));
  putFiles(input, rowsOf(2, 5), 2);
  put(
    join(input, "new.csv"),
    csv([{
      time: JULY_13 + 5 * 86_400,
      payload: "new",
      value: "1",
      tags: [["phase", "2"], ["module", "1"]],
    }]),
  );
  return { input, out };
}

for (const [name, scene] of [["a first build", first], ["an incremental run", second]] as const) {
  const points = name === "a first build" ? FAILPOINTS : [...FAILPOINTS, "day removed"];
  for (const point of points) {
    Deno.test(`${name} that is killed at '${point}' is repaired by the next run`, () =>
      inFolder(async (folder) => {
        const { input, out } = await scene(folder);
        const group = start(["--input", input, "--output", out, "--jobs", "2"], point);
        await group.says(`halted: ${point.split(":")[0]}`);
        await group.kill();
        await assertWhole(out);
        await assertRecovers(input, out);
      }));
  }

  Deno.test(`${name} that is killed at any instant is repaired by the next run`, () =>
    inFolder(async (folder) => {
      const { input, out } = await scene(folder);
      const kept = join(folder, "kept");
      const copy = (from: string, to: string) =>
        new Deno.Command("cp", { args: ["-a", from, to] }).output();
      if (name !== "a first build") await copy(out, kept);
      const started = performance.now();
      await start(["--input", input, "--output", out]).child.status;
      const whole = performance.now() - started;
      const instants = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), {
        numRuns: 20,
        seed: 7,
      });
      for (const instant of instants) {
        Deno.removeSync(out, { recursive: true });
        if (name !== "a first build") await copy(kept, out);
        const group = start(["--input", input, "--output", out]);
        await new Promise((resolve) => setTimeout(resolve, instant * whole));
        await group.kill();
        Deno.mkdirSync(out, { recursive: true });
        await assertWhole(out);
        await assertRecovers(input, out);
      }
    }));
}

Deno.test("files left by a killed run are found even if the inputs change back", () =>
  inFolder(async (folder) => {
    const { input, out } = first(folder);
    assert.equal((await cli("--input", input, "--output", out, "--quiet")).code, 0);
    const late = join(input, "late.csv");
    put(late, csv(rowsOf(3, 3)));
    const group = start(["--input", input, "--output", out], "file renamed:4");
    await group.says("halted");
    await group.kill();
    Deno.removeSync(late);
    await assertRecovers(input, out);
  }));

Deno.test("nothing is left of a killed first build whose input is gone", () =>
  inFolder(async (folder) => {
    const { input, out } = first(folder);
    const group = start(["--input", input, "--output", out], "file renamed:4");
    await group.says("halted");
    await group.kill();
    for (const { name } of [...Deno.readDirSync(input)]) Deno.removeSync(join(input, name));
    put(
      join(input, "other.csv"),
      csv([{
        time: JULY_13 + 9 * 86_400,
        payload: "x",
        value: "1",
        tags: [["phase", "1"], ["module", "1"]],
      }]),
    );
    await assertRecovers(input, out);
  }));

Deno.test("a day whose record can't be read keeps its files after a killed run", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    for (const module of ["1", "2"]) {
      const tags = [["phase", "1"], ["module", module]] as [string, string][];
      put(
        join(input, `${module}.csv`),
        csv([{ time: JULY_13, payload: "volts", value: "1", tags }]),
      );
    }
    assert.equal((await cli("--input", input, "--output", out, "--quiet")).code, 0);
    for (const { name } of Deno.readDirSync(join(out, "_etl", "days"))) {
      Deno.writeTextFileSync(join(out, "_etl", "days", name), "");
    }
    Deno.removeSync(join(input, "2.csv"));
    const group = start(["--input", input, "--output", out], "intent written");
    await group.says("halted");
    await group.kill();
    await assertRecovers(input, out);
  }));

Deno.test("workers that outlive their run do not write into the tree of the next run", () =>
  inFolder(async (folder) => {
    const { input, out } = first(folder);
    const paths = ["--input", input, "--output", out];
    // With the slow writer, the worker is still busy when the run has ended.
    const group = start([...paths, "--writer", "polars", "--jobs", "1"], undefined);
    await group.says("days to build");
    await new Promise((resolve) => setTimeout(resolve, 20));
    Deno.kill(group.child.pid, "SIGKILL");
    await assertRecovers(input, out);
    await group.kill();
    await assertRecovers(input, out);
  }));

Deno.test("Ctrl-C, which reaches all processes of a run at once, ends it cleanly", () =>
  inFolder(async (folder) => {
    const { input, out } = first(folder);
    const group = start(["--input", input, "--output", out, "--quiet"], "file staged:9");
    await group.says("halted");
    assert.equal(await group.interrupt(), 130);
    await group.says("hourgrid: interrupted; what is on disk is whole");
    await assertWhole(out);
    await assertRecovers(input, out);
  }));
