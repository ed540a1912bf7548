/**
 * A run: from options and input files to hour files and an outcome.
 *
 * @module
 */
export type { Activity, RunEvent } from "./events.ts";
export { isWanted, type Options } from "./options.ts";
export { type Stage, type StageTimes, startStages } from "./profile.ts";
export { type Outcome, run } from "./run.ts";
export {
  type Environment,
  parseShard,
  readShardVariables,
  SHARD_VARIABLES,
  shardOf,
} from "./shard.ts";
export type { Summary } from "./summary.ts";
export { watch } from "./watch.ts";
