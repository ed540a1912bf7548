/**
 * The context of a run, which is handed to each of its parts.
 *
 * @module
 */
import type { FoundInputs, Records } from "../store/mod.ts";
import type { RunEvent } from "./events.ts";
import type { Options } from "./options.ts";
import type { StaleDay } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Problems } from "./problems.ts";

/** What all parts of a run share. */
export interface RunContext {
  /** The options. */
  readonly options: Options;
  /** The input files. */
  readonly found: FoundInputs;
  /** The state folder of the run. */
  readonly stateFolder: string;
  /** Where files are written before they are committed. */
  readonly staging: string;
  /** The worker processes. */
  readonly pool: Pool;
  /** Reports what happens. */
  readonly emit: (event: RunEvent) => void;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal | undefined;
  /** The records before the run. */
  readonly before: Readonly<Records>;
  /** The records, which the run brings up to date. */
  readonly records: Records;
  /** Hour files that can't be trusted, by day: see `findSuspects`. */
  readonly suspects: Map<number, string[]>;
  /** Files and folders that can't be examined now, or are growing: see `isGrowing`. */
  readonly unread: string[];
  /** The days that were built, or would be, by their start. */
  readonly built: Map<number, StaleDay>;
  /** The days that were removed, or would be, and how many hour files each had. */
  readonly removed: Map<number, number>;
  /** Input files and days that could not be used. */
  readonly problems: Problems;
}
