/**
 * The signals of all days. Their sum determines the columns of modules, and the kinds of columns.
 *
 * @module
 */
import {
  addToTotals,
  createDigester,
  type Digester,
  type SignalCounts,
  type SignalTotals,
} from "../telemetry/mod.ts";

/** Counts of signals by day, and their sum. */
export class SignalTable {
  readonly #days = new Map<number, readonly SignalCounts[]>();
  readonly #sum: SignalTotals = new Map();

  /** Replaces the counts of a day. */
  replace(day: number, signalCounts: readonly SignalCounts[]): void {
    addToTotals(this.#sum, this.#days.get(day) ?? [], -1);
    addToTotals(this.#sum, signalCounts);
    this.#days.set(day, signalCounts);
  }

  /**
   * Keeps only some days, and adds those that are missing.
   *
   * @param known Returns the counts of a day that is missing.
   */
  retain(days: ReadonlySet<number>, known: (day: number) => readonly SignalCounts[]): void {
    for (const day of this.#days.keys()) {
      if (days.has(day)) continue;
      this.replace(day, []);
      this.#days.delete(day);
    }
    for (const day of days) if (!this.#days.has(day)) this.replace(day, known(day));
  }

  /** The sum of all days but one. */
  without(day: number): SignalCounts[] {
    return [...addToTotals(new Map(this.#sum), this.#days.get(day) ?? [], -1).values()];
  }

  /** Makes a digester of the current columns and kinds. */
  digester(): Digester {
    return createDigester(new Map(this.#sum));
  }
}
