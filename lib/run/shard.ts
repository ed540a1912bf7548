/**
 * Chooses the part of the days that a run builds: by `--shard`, or by the environment variables of
 * an array task's scheduler.
 *
 * @module
 */
import type { Shard } from "../store/mod.ts";

/** Environment variables by name; an empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The names of the variables in which a scheduler gives an array task its number. */
interface Scheduler {
  /** The number of the task. */
  index: string;
  /** How many tasks there are. */
  count: string;
  /** The number of the first task; 0 if there is no such variable. */
  first?: string;
  /** The difference between consecutive numbers; 1 if there is no such variable. */
  step?: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    index: "SLURM_ARRAY_TASK_ID",
    count: "SLURM_ARRAY_TASK_COUNT",
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
  // Kubernetes numbers the pods of an indexed job, but does not say how many there are.
  { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS" },
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE" },
];

/** All variables that are read. */
export const SHARD_VARIABLES: readonly string[] = SCHEDULERS.flatMap((names) =>
  Object.values(names)
);

const MAX_SHARDS = 99_999;

/**
 * Parses a shard such as `1/4`.
 *
 * @throws {Error} If the text is not a shard.
 */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (!(index! >= 1 && index! <= count!)) {
    throw new Error("write a part such as 1/4, up to 4/4, or all");
  }
  return { index: index!, count: count! };
}

/**
 * The shard of an array task according to the environment variables of its scheduler; null if there
 * are none.
 *
 * @throws {Error} If they are incomplete or contradict each other; the message names the variable.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { shardOf } from "./shard.ts";
 * const shard = shardOf({ AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "4" });
 * assert.deepEqual(shard, { index: 1, count: 4, from: "AWS_BATCH_JOB_ARRAY_INDEX" });
 * ```
 */
export function shardOf(environment: Environment): Shard | null {
  const found = SCHEDULERS.filter(({ index, count }) => environment[index] || environment[count]);
  const [scheduler] = found;
  if (scheduler === undefined) return null;
  if (found.length > 1) {
    const names = found.map(({ index }) => index).join(" and ");
    throw new Error(`${names} are both set: choose the part with --shard`);
  }
  const { index, count, first, step } = scheduler;
  const number = (name: string, least: number) => {
    const text = environment[name];
    const way = "set it, or choose the part with --shard";
    if (!text) {
      throw new Error(
        `${name} is not set or not in --allow-env, but other variables of its array are: ${way}`,
      );
    }
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
      throw new Error(
        `${name} is '${text}', which is not a whole number of at least ${least}: ${way}`,
      );
    }
    return Number(text);
  };
  const parts = number(count, 1);
  if (parts > MAX_SHARDS) throw new Error(`${count} is ${parts}: it may be at most ${MAX_SHARDS}`);
  const lowest = first === undefined ? 0 : number(first, 0);
  // An array of one task has no step.
  const apart = step === undefined || !environment[step] ? 1 : number(step, 1);
  const place = (number(index, 0) - lowest) / apart;
  if (!Number.isInteger(place) || place < 0 || place >= parts) {
    const tasks = `${parts} ${parts === 1 ? "task" : "tasks"} from ${lowest}`;
    throw new Error(
      `${index} is ${environment[index]}, which is not one of ${tasks}: ` +
        `number them without gaps, or choose the part with --shard`,
    );
  }
  return { index: place + 1, count: parts, from: index };
}

/** Reads the variables that this process has permission for, without requesting permission. */
export function readShardVariables(): Environment {
  const allowed = SHARD_VARIABLES.filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted"
  );
  return Object.fromEntries(allowed.map((name) => [name, Deno.env.get(name)]));
}
