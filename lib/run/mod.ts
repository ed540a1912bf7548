/**
 * A run: from options and input files to hour files and an outcome.
 *
 * @module
 */
export { isWanted, type Options } from "./options.ts";
export { type Activity, type RunEvent, summarize, type Summary } from "./outcome.ts";
export type { StaleDay } from "./plan.ts";
export { type Stage, type StageTimes, startStages } from "./profile.ts";
export { run } from "./run.ts";
export {
  type Environment,
  parseShard,
  readShardVariables,
  SHARD_VARIABLES,
  shardOf,
} from "./shard.ts";
export { watch } from "./watch.ts";
