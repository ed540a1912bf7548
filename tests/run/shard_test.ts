import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { type Environment, parseShard, SHARD_VARIABLES, shardOf } from "../../lib/run/shard.ts";
import { cli, inFolder, ROOT } from "../helpers/support.ts";

const slurm = (id: number, min: number, count: number, step = 1): Environment => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${min + (count - 1) * step}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
});
const kubernetes = (index: string, count: string): Environment => ({
  JOB_COMPLETION_INDEX: index,
  JOB_COMPLETIONS: count,
});
const batch = (index: string, count: string): Environment => ({
  AWS_BATCH_JOB_ARRAY_INDEX: index,
  AWS_BATCH_JOB_ARRAY_SIZE: count,
});

Deno.test("shardOf() returns null without a scheduler", () => {
  assert.equal(shardOf({}), null);
  assert.equal(shardOf({ HOME: "/root", SLURM_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "" }), null);
});

Deno.test("shardOf() gives each array task its own shard, wherever the numbers begin", () => {
  const array = fc.record({
    min: fc.nat(100_000),
    count: fc.integer({ min: 1, max: 50 }),
    step: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(fc.property(array, ({ min, count, step }) => {
    const wanted = Array.from({ length: count }, (_, i) => ({ index: i + 1, count }));
    const shards = (environments: Environment[]) =>
      environments.map((environment) => {
        const { from, ...shard } = shardOf(environment)!;
        assert.ok(SHARD_VARIABLES.includes(from!));
        return shard;
      });
    assert.deepEqual(shards(wanted.map((_, i) => slurm(min + i * step, min, count, step))), wanted);
    assert.deepEqual(shards(wanted.map((_, i) => kubernetes(`${i}`, `${count}`))), wanted);
    assert.deepEqual(shards(wanted.map((_, i) => batch(`${i}`, `${count}`))), wanted);
  }));
});

const wrong: [environment: Environment, message: RegExp][] = [
  [{ SLURM_ARRAY_TASK_ID: "1" }, /^SLURM_ARRAY_TASK_COUNT is not set.*--shard/],
  [{ ...slurm(1, 0, 4), SLURM_ARRAY_TASK_MIN: "" }, /^SLURM_ARRAY_TASK_MIN is not set/],
  [{ SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "0" }, /^SLURM_ARRAY_TASK_ID is not set/],
  [{ ...slurm(7, 1, 3), SLURM_ARRAY_TASK_MAX: "7" }, /TASK_ID is 7, .*one of 3 tasks from 1/],
  [slurm(1, 2, 3), /TASK_ID is 1, .*one of 3 tasks from 2: number them without gaps/],
  [{ ...slurm(3, 0, 3, 2) }, /TASK_ID is 3, /],
  [{ ...slurm(0, 0, 3), SLURM_ARRAY_TASK_STEP: "0" }, /TASK_STEP is '0'.* number of at least 1/],
  [{ JOB_COMPLETION_INDEX: "1" }, /^JOB_COMPLETIONS is not set/],
  [{ JOB_COMPLETIONS: "4" }, /^JOB_COMPLETION_INDEX is not set/],
  [kubernetes("4", "4"), /^JOB_COMPLETION_INDEX is 4, .*4 tasks from 0/],
  [kubernetes("1", "1"), /^JOB_COMPLETION_INDEX is 1, .*1 task from 0/],
  [
    kubernetes("-1", "4"),
    /^JOB_COMPLETION_INDEX is '-1', which is not a whole number of at least 0:/,
  ],
  [kubernetes("0", "0"), /^JOB_COMPLETIONS is '0', which is not a whole number of at least 1:/],
  [kubernetes("0", "4.0"), /^JOB_COMPLETIONS is '4.0'/],
  [batch("0x1", "4"), /^AWS_BATCH_JOB_ARRAY_INDEX is '0x1'/],
  [batch("1", " 4"), /^AWS_BATCH_JOB_ARRAY_SIZE is ' 4'/],
  [batch("1", "100000"), /^AWS_BATCH_JOB_ARRAY_SIZE is 100000: it may be at most 99999/],
  [{ ...batch("1", "4"), ...slurm(1, 1, 4) }, /SLURM_ARRAY_TASK_ID and AWS_BATCH_.* with --shard/],
];

Deno.test("shardOf() names variables that contradict each other", () => {
  for (const [environment, message] of wrong) {
    assert.throws(() => shardOf(environment), { message }, JSON.stringify(environment));
  }
});

Deno.test("shardOf() takes as many parts as parseShard() does", () => {
  const most = { index: 1, count: 99_999, from: "AWS_BATCH_JOB_ARRAY_INDEX" };
  assert.deepEqual(shardOf(batch("0", "99999")), most);
});

Deno.test("parseShard() parses a shard", () => {
  assert.deepEqual(parseShard("3/12"), { index: 3, count: 12 });
  assert.deepEqual(parseShard("4/4"), { index: 4, count: 4 });
  for (const text of ["0/4", "5/4", "1", "1/0", "-1/4", "1/4/2", "", "all"]) {
    assert.throws(() => parseShard(text), /1\/4, up to 4\/4/, text);
  }
});

/** Runs the tool as an array task with limited permissions. */
async function asTask(permissions: string[], env: Record<string, string>, ...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, join(ROOT, "solution.ts"), "--dry-run", "--json", ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const shard = code === 2 ? undefined : JSON.parse(decoder.decode(stdout)).shard;
  return { code, shard, stderr: decoder.decode(stderr) };
}

Deno.test("a run is an array task's if it has permission to read the environment", () =>
  inFolder(async (folder) => {
    const paths = ["--input", join(ROOT, "data"), "--output", join(folder, "out")];
    const reads = ["--allow-read", "--allow-run", "--cached-only"];
    const variables = `--allow-env=${SHARD_VARIABLES}`;
    const env = { AWS_BATCH_JOB_ARRAY_INDEX: "2", AWS_BATCH_JOB_ARRAY_SIZE: "4" };
    const from = "AWS_BATCH_JOB_ARRAY_INDEX";
    const task = await asTask([...reads, variables], env, ...paths);
    assert.deepEqual([task.code, task.shard], [0, { index: 3, count: 4, from }]);
    // Without the permission, it neither fails nor asks for it.
    const blind = await asTask(reads, env, ...paths);
    assert.deepEqual([blind.code, blind.shard], [0, null], blind.stderr);
    const chosen = await asTask([...reads, variables], env, ...paths, "--shard", "1/2");
    assert.deepEqual(chosen.shard, { index: 1, count: 2, from: "--shard" });
    const half = await asTask([...reads, variables], { JOB_COMPLETIONS: "4" }, ...paths);
    assert.equal(half.code, 2);
    assert.match(half.stderr, /^hourgrid: JOB_COMPLETION_INDEX is not set/);
    assert.equal((await cli(...paths, "--shard", "all", "--dry-run")).code, 0);
  }));
