/**
 * Arrays that are used again: fresh memory is dear.
 *
 * @module
 */

/**
 * Hands out arrays of 32-bit numbers by name, the same ones for every file. What is in them is
 * left over, but with `keep` the old array's numbers are kept, and zeros follow.
 */
export type Scratch = (name: string, length: number, keep?: boolean) => Int32Array<ArrayBuffer>;

/** Makes an empty set of scratch arrays. */
export function createScratch(): Scratch {
  const arrays = new Map<string, Int32Array<ArrayBuffer>>();
  return (name, length, keep = false) => {
    const old = arrays.get(name);
    if (old !== undefined && old.length >= length) return old;
    const array = new Int32Array(Math.ceil(length * 1.5));
    if (keep && old !== undefined) array.set(old);
    arrays.set(name, array);
    return array;
  };
}
