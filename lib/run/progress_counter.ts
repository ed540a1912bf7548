/**
 * How much of an activity is done, as events.
 *
 * @module
 */
import type { Activity, RunEvent } from "./events.ts";

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
