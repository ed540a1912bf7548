import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hasText, inFolder, put } from "../helpers/support.ts";
import { putFiles, rowsOf, TOOL } from "./support.ts";

Deno.test("a run in the background goes on when its terminal is closed", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    // It waits for the workers of an earlier run until the terminal is gone.
    put(join(out, "_etl", "workers"), "");
    using lock = Deno.openSync(join(out, "_etl", "workers"), { write: true });
    lock.lockSync(true);
    const status = join(folder, "status");
    const run = `${TOOL} --input ${input} --output ${out} >/dev/null; echo $? >${status}`;
    const session = `setsid bash -c '${run}' & sleep 1`;
    await new Deno.Command("script", { args: ["-qc", session, "/dev/null"], stdout: "null" })
      .output();
    await setTimeout(500); // it draws its progress several times
    lock.unlockSync();
    for (let waited = 0; !hasText(status) && waited < 30_000; waited += 50) await setTimeout(50);
    assert.equal(Deno.readTextFileSync(status), "0\n");
  }));

Deno.test("a run goes on when standard error is on a full disk", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    const bash = (flags: string) =>
      new Deno.Command("bash", { args: ["-c", `${TOOL} ${flags} 2>/dev/full`] }).output();
    const { code, stdout } = await bash(`--input ${input} --output ${out} --json`);
    assert.equal(code, 0);
    assert.equal(JSON.parse(new TextDecoder().decode(stdout)).hourFiles, 8);
    assert.equal((await bash(`--input ${input} --outputt ${out}`)).code, 2);
  }));
