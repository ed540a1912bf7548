/**
 * The state of a run, and what it tells.
 *
 * @module
 */
import type { Fact } from "./catalogue.ts";
import type { Counts } from "./job.ts";
import type { Options } from "./options.ts";
import type { StaleDay } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Records } from "./records.ts";
import type { StageTimes } from "./stages.ts";
import type { Shard } from "./shard.ts";

/** What happens during a run, for whoever shows it. */
export type RunEvent =
  | { kind: "plan"; days: readonly StaleDay[]; files: number }
  | { kind: "day"; day: number; rows: number; readings: number; hourFiles: number; planned: number }
  | { kind: "problem"; name: string; reason: string };

/** What a run did. */
export interface Outcome {
  /** Which part of the days was this run's; null for all. */
  shard: Shard | null;
  /** How many input files there are. */
  files: number;
  /** What is on record now. */
  records: Records;
  /** The days that were built, or would be. */
  built: StaleDay[];
  /** Input files and days that could not be used, and why. */
  problems: Map<string, string>;
  /** Whether another run may do what this one could not, though no input changes. */
  unsettled: boolean;
  /** What ended a strict run early; null if nothing did. */
  ended: string | null;
  /** Rows that were read. */
  rows: number;
  /** Wall time in seconds. */
  seconds: number;
  /** The most memory of all processes together, in bytes. */
  peakMemory: number;
  /** Where the time of each process went, this one first; empty if that was not measured. */
  stages: StageTimes[];
}

/** Thrown to end a strict run. */
export class StrictEnd extends Error {}

/** The state of a run. */
export interface Run
  extends Pick<Outcome, "records" | "built" | "problems" | "rows" | "unsettled"> {
  /** The options. */
  options: Options;
  /** The folder of what the run keeps for itself. */
  own: string;
  /** Builds days. */
  pool: Pool;
  /** Copies what the fast reader does not take, in processes that load native code. */
  copiers: Pool;
  /** Copies that are being made by the way, by file name. */
  copying: Map<string, Promise<void>>;
  /** Days that were read for what they know, and not built. */
  surveyed: Set<number>;
  /** What each day that has readings knows. */
  facts: Map<number, Fact[]>;
  /** Is told what happens. */
  tell: (event: RunEvent) => void;
  /** Ends the run when it aborts. */
  signal: AbortSignal | undefined;
}

/** Notes what can't be used; a strict run ends there. */
export function addProblem({ problems, tell, options }: Run, name: string, reason: string): void {
  if (problems.has(name)) return;
  problems.set(name, reason);
  tell({ kind: "problem", name, reason });
  if (options.strict) throw new StrictEnd(`${name} ${reason}`);
}

/** Ends a strict run if there are rejected rows. */
export function endOnRejected({ strict }: Options, name: string, rejected: Counts): void {
  const [first] = Object.entries(rejected);
  if (strict && first) throw new StrictEnd(`${name} has rejected rows: ${first[0]} (${first[1]})`);
}
