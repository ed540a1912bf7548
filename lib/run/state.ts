/**
 * The state of a run, and what it tells.
 *
 * @module
 */
import type { Outcome, RunEvent } from "./outcome.ts";
import type { Counts, Fact } from "../telemetry/mod.ts";
import type { Options } from "./options.ts";
import type { Pool } from "./pool.ts";

/** Thrown to end a strict run. */
export class StrictEnd extends Error {}

/** The state of a run. */
export interface Run extends Pick<Outcome, "records" | "built" | "problems" | "unsettled"> {
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
