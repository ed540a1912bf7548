/**
 * Divides lists into runs of items that belong together.
 *
 * @module
 */

/**
 * Divides items into runs: an item begins a new one unless it continues the item before it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runsWhere } from "./consecutive.ts";
 * assert.deepEqual(runsWhere([1, 2, 5, 6], (a, b) => b - a === 1), [[1, 2], [5, 6]]);
 * ```
 */
export function runsWhere<T>(
  items: Iterable<T>,
  continues: (before: T, next: T) => boolean,
): [T, ...T[]][] {
  const runs: [T, ...T[]][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last !== undefined && continues(last.at(-1)!, item)) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

/** Runs of consecutive numbers in increasing order, as [first, last + 1]. */
export function consecutive(numbers: Iterable<number>): [from: number, to: number][] {
  return runsWhere(numbers, (before, next) => next === before + 1)
    .map((run) => [run[0], run.at(-1)! + 1]);
}
