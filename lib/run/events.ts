/**
 * What a run reports while it is going on: how far it is, what it built, and what it could not use.
 *
 * @module
 */
import { STATE_FOLDER } from "../store/mod.ts";
import type { Counts } from "../telemetry/mod.ts";
import type { StaleDay } from "./plan.ts";

/** The phases of a run that may take long, in order. */
export type Activity = "examine" | "import" | "build" | "report";

/** An event during a run, for progress and problems to be shown. */
export type RunEvent =
  /** A round of days to build; another one follows if columns turn out to differ. */
  | { kind: "plan"; days: readonly StaleDay[]; files: number; round: number }
  | { kind: "day"; day: number; rows: number; readings: number; hourFiles: number }
  | { kind: "problem"; name: string; reason: string }
  /** `done` of `total` files, rows or pages. */
  | { kind: "progress"; activity: Activity; done: number; total: number };

/** Counts how much of an activity is done. */
export class ProgressCounter {
  #total = 0;
  #done = 0;
  readonly #parts = new Map<unknown, number>();

  /**
   * Starts at zero.
   *
   * @param activity What is being done.
   * @param emit Receives an event whenever that changes.
   */
  constructor(readonly activity: Activity, readonly emit: (event: RunEvent) => void) {}

  /** Adds to the total amount. */
  plan(amount: number): void {
    this.#total += amount;
    this.#report();
  }

  /** Reports how much of a part is done so far, which may be all of it. */
  reach(part: unknown, amount: number): void {
    this.#done += amount - (this.#parts.get(part) ?? 0);
    this.#parts.set(part, amount);
    this.#report();
  }

  #report(): void {
    const { activity } = this;
    const total = this.#total;
    this.emit({ kind: "progress", activity, done: Math.min(this.#done, total), total });
  }
}

/** Thrown when a run ends early: everything that it does stops. */
export class RunEnded extends Error {}

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
