/**
 * What all parts of a run share, and none of them changes.
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
  /** The folder of what the run keeps for itself. */
  readonly stateFolder: string;
  /** Where files are written before they are committed. */
  readonly staging: string;
  /** The worker processes. */
  readonly pool: Pool;
  /** What could not be used. */
  readonly problems: Problems;
  /** Reports what happens. */
  readonly emit: (event: RunEvent) => void;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal | undefined;
}
