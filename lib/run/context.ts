/**
 * The context that all parts of a run share and do not change.
 *
 * @module
 */
import type { Options } from "./options.ts";
import type { RunEvent } from "./outcome.ts";
import type { Pool } from "./pool.ts";
import type { Problems } from "./problems.ts";

/** What all parts of a run share. */
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
