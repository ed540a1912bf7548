/**
 * How far the parts of a run are, as events for whoever shows it.
 *
 * @module
 */
import type { Activity, RunEvent } from "./outcome.ts";

/** Counts what is done of something, and reports it. */
export class Progress {
  #total = 0;
  #done = 0;
  readonly #partly = new Map<unknown, number>();

  /**
   * Starts at nothing.
   *
   * @param activity What is being done.
   * @param emit Receives how much of it is done.
   */
  constructor(readonly activity: Activity, readonly emit: (event: RunEvent) => void) {}

  /** Adds to what there is to do. */
  plan(amount: number): void {
    this.#total += amount;
    this.#report();
  }

  /** Says how much of a part is done by now. */
  reach(part: unknown, amount: number): void {
    this.#partly.set(part, amount);
    this.#report();
  }

  /** Says that a part is done, and how much it was. */
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
