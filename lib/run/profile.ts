/**
 * Measures the wall and CPU time of a process by stage, for `deno task profile`.
 *
 * @module
 */
import process from "node:process";

/** A stage of a process: `start` is the time before its first task, `wait` that between tasks. */
export type Stage =
  | "start"
  | "plan"
  | "read"
  | "decode"
  | "distinct"
  | "place"
  | "figures"
  | "encode"
  | "write"
  | "sync"
  | "record"
  | "other"
  | "wait";

/** Milliseconds by stage. CPU time is that of all threads, including garbage collection. */
export type StageTimes = Partial<Record<Stage, { wall: number; cpu: number }>>;

let clock: { times: StageTimes; stage: Stage; wall: number; cpu: number } | null = null;

/** Starts measuring; the first stage begins with the process. */
export function startStages(): void {
  clock = { times: {}, stage: "start", wall: 0, cpu: 0 };
}

/** Ends the current stage and begins another, unless time is not measured. */
export function enterStage(stage: Stage): Stage {
  if (clock === null) return stage;
  const wall = performance.now();
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1000;
  const before = clock.stage;
  const time = clock.times[before] ??= { wall: 0, cpu: 0 };
  time.wall += wall - clock.wall;
  time.cpu += cpu - clock.cpu;
  Object.assign(clock, { stage, wall, cpu });
  return before;
}

/**
 * Measures a function as a stage of its own, until its promise settles if it returns one; the
 * surrounding stage continues afterwards. Stages must not overlap.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { timed } from "./profile.ts";
 * assert.equal(timed("decode", () => 1 + 1), 2);
 * ```
 */
export function timed<T>(stage: Stage, use: () => T): T {
  if (clock === null) return use();
  const before = enterStage(stage);
  const end = () => void enterStage(before);
  let result: T;
  try {
    result = use();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}

/** The times measured so far; undefined if time is not measured. */
export function stageTimes(): StageTimes | undefined {
  if (clock === null) return undefined;
  enterStage(clock.stage);
  return structuredClone(clock.times);
}
