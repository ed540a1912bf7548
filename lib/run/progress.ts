/**
 * Reports the progress of an activity as events.
 *
 * @module
 */
import type { Activity, RunEvent } from "./outcome.ts";

/** Counts how much of an activity is done. */
export class Progress {
  #total = 0;
  #done = 0;
  readonly #partly = new Map<unknown, number>();

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

  /** Reports how much of a part is done so far. */
  reach(part: unknown, amount: number): void {
    this.#partly.set(part, amount);
    this.#report();
  }

  /** Reports that a part is done, and its amount. */
  finish(part: unknown, amount: number): void {
    this.#partly.delete(part);
    this.#done += amount;
    this.#report();
  }

  #report(): void {
    const done = [...this.#partly.values()].reduce((sum, amount) => sum + amount, this.#done);
    const { activity } = this;
    this.emit({
      kind: "progress",
      activity,
      done: Math.min(done, this.#total),
      total: this.#total,
    });
  }
}
