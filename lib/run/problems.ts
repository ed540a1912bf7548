/**
 * Collects the input files and days that could not be used, and ends a strict run at the first one.
 *
 * @module
 */
import type { Counts } from "../telemetry/mod.ts";

/** Thrown to end a run with `--strict`. */
export class StrictError extends Error {
  /** Its name. */
  override name = "StrictError";
}

/** Input files and days that could not be used, and why. */
export class Problems {
  /** Reasons by name. */
  readonly byName: Map<string, string> = new Map();
  readonly #strict: boolean;
  readonly #onProblem: (name: string, reason: string) => void;

  /**
   * Starts without problems.
   *
   * @param strict Whether the first problem ends the run.
   * @param onProblem Called once for each name.
   */
  constructor(strict: boolean, onProblem: (name: string, reason: string) => void) {
    this.#strict = strict;
    this.#onProblem = onProblem;
  }

  /**
   * Adds a problem, unless the name already has one.
   *
   * @throws {StrictError} If the run is strict.
   */
  add(name: string, reason: string): void {
    if (this.byName.has(name)) return;
    this.byName.set(name, reason);
    this.#onProblem(name, reason);
    if (this.#strict) throw new StrictError(`${name} ${reason}`);
  }

  /**
   * Ends a strict run if there are rejected rows; in other runs, they are not a problem.
   *
   * @throws {StrictError} If there are any and the run is strict.
   */
  checkRejected(name: string, rejected: Counts): void {
    const [first] = Object.entries(rejected);
    if (!this.#strict || first === undefined) return;
    throw new StrictError(`${name} has rejected rows: ${first[0]} (${first[1]})`);
  }
}
