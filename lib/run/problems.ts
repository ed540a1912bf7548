/**
 * What could not be used, which ends a strict run.
 *
 * @module
 */
import { RunEnded } from "../errors.ts";
import { STATE_FOLDER } from "../store/mod.ts";
import type { Counts } from "../telemetry/mod.ts";
import type { RunEvent } from "./events.ts";

/** Thrown to end a run with `--strict`. */
export class StrictError extends RunEnded {}

/** Input files and days that could not be used, and why; the first one ends a strict run. */
export class Problems {
  /** Reasons by name. */
  readonly byName: Map<string, string> = new Map();
  /** Whether another run may succeed where this one failed, although no input changes. */
  retryLater = false;

  /**
   * Starts without problems.
   *
   * @param isStrict Whether the run has `--strict`.
   * @param emit Receives an event for each name.
   */
  constructor(readonly isStrict: boolean, readonly emit: (event: RunEvent) => void) {}

  /**
   * Adds a problem, unless the name already has one.
   *
   * @throws {StrictError} If the run is strict.
   */
  add(name: string, reason: string): void {
    if (this.byName.has(name)) return;
    this.byName.set(name, reason);
    this.emit({ kind: "problem", name, reason });
    if (this.isStrict) throw new StrictError(`${name} ${reason}`);
  }

  /**
   * Ends a strict run if there are rejected rows; in other runs, they are not a problem.
   *
   * @throws {StrictError} If there are any and the run is strict.
   */
  checkRejected(name: string, rejected: Counts): void {
    const [first] = Object.entries(rejected);
    if (!this.isStrict || first === undefined) return;
    const [reason, count] = first;
    throw new StrictError(
      `${name} has rejected rows: ${reason} (${count}), which are kept in ${STATE_FOLDER}/rejected/`,
    );
  }
}
