/**
 * What all parts of a run share: a context that does not change, and a state that does.
 *
 * @module
 */
import type { Records } from "../store/mod.ts";
import type { Options } from "./options.ts";
import type { RunEvent } from "./outcome.ts";
import type { StaleDay } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Problems } from "./problems.ts";

/** What does not change during a run. */
export interface RunContext {
  /** The options. */
  readonly options: Options;
  /** The state folder of the run. */
  readonly stateFolder: string;
  /** Where files are written before they are committed. */
  readonly staging: string;
  /** The worker processes. */
  readonly pool: Pool;
  /** Input files and days that could not be used. */
  readonly problems: Problems;
  /** Reports what happens. */
  readonly emit: (event: RunEvent) => void;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal | undefined;
}

/** The records, which a run brings up to date, and what it has done so far. */
export interface RunState extends Records {
  /** Hour files that can't be trusted, by day: see `findSuspects`. */
  readonly suspects: Map<number, string[]>;
  /** The days that were built, or would be, by their start. */
  readonly built: Map<number, StaleDay>;
  /** Input files that are being written; the days that they touch are left to a later run. */
  readonly growing: ReadonlySet<string>;
  /** Whether another run may succeed where this one failed, although no input changes. */
  retryLater: boolean;
}
