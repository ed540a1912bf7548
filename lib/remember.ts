/**
 * A map that is asked first and filled then.
 *
 * @module
 */

/**
 * The value of a key, which is made and kept if there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { remember } from "./remember.ts";
 * const lengths = new Map<string, number>();
 * assert.equal(remember(lengths, "volts", () => 5), 5);
 * assert.equal(remember(lengths, "volts", () => 6), 5);
 * ```
 */
export function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
