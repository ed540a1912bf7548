/**
 * Sums and extremes of numbers, and of items by one of their figures. Unlike those of d3-array, they
 * are never undefined.
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

/**
 * The least of some numbers; Infinity if there are none. Unlike `Math.min`, it takes as many as a long
 * history has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leastIn } from "./aggregates.ts";
 * assert.equal(leastIn(Array(200_000).fill(1)), 1);
 * ```
 */
export function leastIn(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Infinity);
}

/**
 * The greatest of some numbers; -Infinity if there are none. Unlike `Math.max`, it takes as many as a
 * long history has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { greatestIn } from "./aggregates.ts";
 * assert.equal(greatestIn(Array(200_000).fill(1)), 1);
 * ```
 */
export function greatestIn(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), -Infinity);
}
