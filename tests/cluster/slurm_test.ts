/**
 * An array on a real Slurm of two nodes, which both are this machine. Needs root on Linux, and
 * slurm-wlm and munge.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertSameTree, cli, exists, put, type Ran, ROOT } from "../helpers/support.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const DATA = join(ROOT, "data");

/** Where Slurm keeps what it has in these tests. */
let place = "";

async function run(command: string, ...args: string[]): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: join(place, "work"),
    env: {
      SLURM_CONF: join(place, "slurm.conf"),
      PATH: `${join(place, "bin")}:${Deno.env.get("PATH")}`,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** Ports that nobody listens on. */
function freePorts(count: number): string[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  return listeners.map((listener) => {
    listener.close();
    return String((listener.addr as Deno.NetAddr).port);
  });
}

/** Waits until something is so; what hangs fails. */
async function until(isSo: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const started = Date.now();
  while (!await isSo()) {
    assert.ok(Date.now() - started < 120_000, `waited in vain until ${what}`);
    await setTimeout(200);
  }
}

function printed(job: string): string {
  const path = join(place, "work", `slurm-${job}.out`);
  return exists(path) ? Deno.readTextFileSync(path) : "";
}

async function end(): Promise<void> {
  await run(join(HERE, "slurm"), "stop", place);
  Deno.removeSync(place, { recursive: true });
}

Deno.test.beforeAll(async () => {
  place = Deno.makeTempDirSync({ prefix: "hourgrid-slurm-" });
  Deno.mkdirSync(join(place, "work"));
  const { code, stderr } = await run(join(HERE, "slurm"), "start", place, ...freePorts(3));
  if (code === 0) return;
  await end(); // nothing else would
  assert.fail(stderr);
});

Deno.test.afterAll(end);

/** Puts a `deno` in the way, which halts a task in its midst the first time it is started. */
function haltOnce(task: number): void {
  const lines = [
    "#!/bin/sh",
    `if [ "$1" = run ] && [ "$SLURM_ARRAY_TASK_ID" = ${task} ] && [ -z "$SLURM_RESTART_COUNT" ]`,
    "then export HOURGRID_HALT='file renamed:5'; fi",
    `exec '${Deno.execPath()}' "$@"`,
  ];
  put(join(place, "bin", "deno"), lines.join("\n"));
  Deno.chmodSync(join(place, "bin", "deno"), 0o755);
}

Deno.test("an array of which a task is killed and queued again gives the files of a single run", async () => {
  haltOnce(1);
  const [out, plain] = [join(place, "out"), join(place, "plain")];
  assert.equal((await cli("--input", DATA, "--output", plain, "--quiet")).code, 0);
  const submitted = await run(
    join(ROOT, "deploy", "slurm"),
    ...["4", "--input", DATA, "--output", out],
  );
  assert.equal(submitted.code, 0, submitted.stderr);
  const [, array, settle] = /^array (\d+) of 4 tasks, then job (\d+) /.exec(submitted.stdout)!;
  await until(() => printed(`${array}_1`).includes("halted"), "the task has halted");
  assert.match((await run("squeue", "--noheader", "--jobs", settle!)).stdout, /\(Dependency\)/);
  const again = await run("scontrol", "requeue", `${array}_1`);
  assert.equal(again.code, 0, again.stderr);
  // Slurm lets such a task rest for two minutes, until what was killed is gone: less is enough, but
  // a task that starts at once may fail on a node that is not done with the last one.
  const waits = async () =>
    (await run("squeue", "--noheader", "--jobs", `${array}_1`)).stdout.includes("(BeginTime)");
  await until(waits, "the task is queued again");
  await run("scontrol", "update", `JobId=${array}_1`, "StartTime=now+5");
  const isEmpty = async () => {
    const { code, stdout } = await run("squeue", "--noheader");
    return code === 0 && stdout === ""; // a controller that is busy says nothing at all
  };
  await until(isEmpty, "all jobs have ended");
  for (const task of [0, 1, 2, 3]) {
    const text = printed(`${array}_${task}`);
    assert.match(text, new RegExp(`^shard +${task + 1}/4, by SLURM_ARRAY_TASK_ID$`, "m"), text);
  }
  assert.match(printed(settle!), /^Nothing to do: 2 days up to date\.$/m);
  assert.ok(!/^shard/m.test(printed(settle!)), "the settling job has no part");
  const states = (await run("scontrol", "show", "job", "--oneliner")).stdout.trim().split("\n");
  assert.equal(states.length, 5);
  for (const state of states) assert.match(state, / JobState=COMPLETED .* ExitCode=0:0 /);
  assert.match(states.find((state) => state.includes(" ArrayTaskId=1 "))!, / Restarts=1 /);
  assertSameTree(out, plain);
  assert.equal(exists(join(out, "_etl", "shards")), false);
});

Deno.test("a wrong call submits nothing", async () => {
  for (const args of [[], ["0"], ["four"], ["--input", DATA]]) {
    const { code, stderr } = await run(join(ROOT, "deploy", "slurm"), ...args);
    assert.equal(code, 2);
    assert.match(stderr, /^deploy\/slurm: say how many tasks first/);
  }
  assert.equal((await run("squeue", "--noheader")).stdout, "");
});
