import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hasText, inFolder, put } from "../helpers/support.ts";
import { assertRecovers, type Group, putFiles, rowsOf, start } from "./support.ts";

/** These runs wait for something that never comes, so any limit shows whether they end. */
const LIMIT_MS = 30_000;

/** Sends SIGINT only to the run; fails unless it exits with 130 and a message. */
async function assertEnds(group: Group): Promise<void> {
  Deno.kill(group.child.pid, "SIGINT");
  const over = new AbortController();
  setTimeout(LIMIT_MS, null, { signal: over.signal }).then(() => group.kill(), () => {});
  const { code } = await group.child.status;
  over.abort();
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
    const holder = join(out, "_etl", "lock"); // a run writes its process id down before it waits
    for (let waited = 0; waited < LIMIT_MS && !hasText(holder); waited += 20) await setTimeout(20);
    await assertEnds(group);
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
