import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder, put } from "../helpers/support.ts";
import { assertRecovers, type Group, putFiles, rowsOf, start } from "./support.ts";

/** These runs wait for something that never comes, so any limit shows whether they end. */
const LIMIT_MS = 30_000;

/** Sends SIGINT only to the run; fails unless it exits with 130 and a message. */
async function assertEnds(group: Group): Promise<void> {
  Deno.kill(group.child.pid, "SIGINT");
  const limit = setTimeout(() => group.kill(), LIMIT_MS);
  const { code } = await group.child.status;
  clearTimeout(limit);
  await group.says("hourgrid: interrupted; what is on disk is whole");
  await group.kill();
  assert.equal(code, 130);
  assert.doesNotMatch(group.text(), /\n\s+at |Uncaught|AbortError/, "no stack trace");
}

Deno.test("Ctrl-C ends a run that waits for the workers of a killed one", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    put(join(out, "_etl", "workers"), "");
    using lock = Deno.openSync(join(out, "_etl", "workers"), { write: true });
    lock.lockSync(false);
    const group = start(["--input", input, "--output", out]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await assertEnds(group);
  }));

Deno.test("Ctrl-C ends a run that reads very many footers", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(join(folder, "one"), rowsOf(1), 1);
    const bytes = Deno.readFileSync(join(folder, "one", "0.parquet"));
    for (let i = 0; i < 20_000; i++) put(join(input, String(i % 100), `${i}.parquet`), bytes);
    const group = start(["--input", input, "--output", out]);
    for (let waited = 0; waited < 10_000; waited += 20) {
      try {
        Deno.statSync(join(out, "_etl", "workers"));
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await assertEnds(group);
    assert.doesNotMatch(group.text(), /to build/, "it ended before it had read all of them");
  }));

Deno.test("Ctrl-C ends a run that waits for a file to be imported", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.csv"), "timestamp,payload_type,value,tags\n2024-07-13,x,1,[]\n");
    const group = start(["--input", input, "--output", out], "input imported");
    await group.says("halted: input imported");
    await assertEnds(group);
  }));

Deno.test("Ctrl-C ends a run that waits for a page of the report", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    const group = start(["--input", input, "--output", out, "--report"], "page drawn");
    await group.says("halted: page drawn");
    await assertEnds(group);
    await assertRecovers(input, out);
  }));
