/**
 * A map from two small integers to a third: a table, which is as fast as an array, and a `Map` for
 * keys that would make the table too large.
 *
 * @module
 */

/** The most cells of the table, and the most cells per first number. */
const MAX_CELLS = 1 << 24, MAX_WIDTH = 1 << 12;

/**
 * A map from two integers below 2^26 to a positive 32-bit integer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PairMap } from "./pair_map.ts";
 * const map = new PairMap();
 * map.set(3, 1000, 7);
 * assert.deepEqual([map.get(3, 1000), map.get(3, 1001)], [7, 0]);
 * ```
 */
export class PairMap {
  /** The value of (a, b) at `a * width + b`; 0 if there is none, or if only the `Map` has it. */
  cells = new Int32Array(1 << 14);
  /** Cells per first number: a power of two. Keys with a larger second number are in the `Map`. */
  width = 32;
  readonly #rest = new Map<number, number>();

  /** The value of two numbers, or 0. */
  get(a: number, b: number): number {
    const cell = a * this.width + b;
    const value = b < this.width && cell < this.cells.length ? this.cells[cell]! : 0;
    return value !== 0 || this.#rest.size === 0 ? value : this.#rest.get(a * 2 ** 26 + b) ?? 0;
  }

  /** Sets the value of two numbers. */
  set(a: number, b: number, value: number): void {
    while (b >= this.width && b < MAX_WIDTH) this.#widen();
    const cell = a * this.width + b;
    if (b >= this.width || cell >= MAX_CELLS) {
      this.#rest.set(a * 2 ** 26 + b, value);
      return;
    }
    if (cell >= this.cells.length) {
      const cells = new Int32Array(Math.min(MAX_CELLS, cell * 2));
      cells.set(this.cells);
      this.cells = cells;
    }
    this.cells[cell] = value;
  }

  #widen(): void {
    const { cells, width } = this;
    this.width *= 2;
    this.cells = new Int32Array(Math.min(MAX_CELLS, cells.length * 2));
    for (let cell = 0; cell < cells.length; cell++) {
      if (cells[cell] !== 0) this.set(Math.floor(cell / width), cell % width, cells[cell]!);
    }
  }
}
