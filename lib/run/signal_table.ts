/**
 * The signals of all days. Their sum determines the columns of modules, and the kinds of columns.
 *
 * @module
 */
import {
  addFacts,
  type Catalogue,
  createDigester,
  type Digester,
  type Fact,
} from "../telemetry/mod.ts";

/** Counts of signals by day, and their sum. */
export class SignalTable {
  readonly #days = new Map<number, readonly Fact[]>();
  readonly #sum: Catalogue = new Map();

  /** Replaces the facts of a day. */
  replace(day: number, facts: readonly Fact[]): void {
    addFacts(this.#sum, this.#days.get(day) ?? [], -1);
    addFacts(this.#sum, facts);
    this.#days.set(day, facts);
  }

  /**
   * Keeps only some days, and adds those that are missing.
   *
   * @param known Returns the facts of a day that is missing.
   */
  retain(days: ReadonlySet<number>, known: (day: number) => readonly Fact[]): void {
    for (const day of this.#days.keys()) {
      if (days.has(day)) continue;
      this.replace(day, []);
      this.#days.delete(day);
    }
    for (const day of days) if (!this.#days.has(day)) this.replace(day, known(day));
  }

  /** The sum of all days but one. */
  without(day: number): Fact[] {
    return [...addFacts(new Map(this.#sum), this.#days.get(day) ?? [], -1).values()];
  }

  /** Makes a digester of the current columns and kinds. */
  digester(): Digester {
    return createDigester(new Map(this.#sum));
  }
}
