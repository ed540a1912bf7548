/**
 * Sums and extremes of some items by one of their figures.
 *
 * @module
 */

/**
 * The sum of a figure.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sumOf } from "./aggregates.ts";
 * assert.equal(sumOf([{ rows: 2 }, { rows: 3 }], ({ rows }) => rows), 5);
 * ```
 */
export function sumOf<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0);
}

/**
 * The item whose figure is greatest, the first of several.
 *
 * @throws {TypeError} If there is no item.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mostOf } from "./aggregates.ts";
 * assert.equal(mostOf(["a", "bcd", "efg"], ({ length }) => length), "bcd");
 * ```
 */
export function mostOf<T>(items: readonly T[], figure: (item: T) => number): T {
  return items.reduce((a, b) => figure(b) > figure(a) ? b : a);
}
