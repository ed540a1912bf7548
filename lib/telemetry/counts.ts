/**
 * Counts by name, such as rejected rows by reason.
 *
 * @module
 */

/** Counts by name. */
export type Counts = Record<string, number>;

/**
 * The sum of some counts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { totalOf } from "./counts.ts";
 * assert.equal(totalOf({ a: 2, b: 3 }), 5);
 * assert.equal(totalOf([2, 3]), 5);
 * ```
 */
export function totalOf(counts: Readonly<Counts> | readonly number[]): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Adds up counts name by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { addUp } from "./counts.ts";
 * assert.deepEqual(addUp([{ a: 2 }, { a: 1, b: 3 }]), { a: 3, b: 3 });
 * ```
 */
export function addUp(all: Iterable<Readonly<Counts>>): Counts {
  // A payload type may have any name, such as "constructor".
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  return Object.fromEntries(sums);
}
