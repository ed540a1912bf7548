/**
 * A buffer of numbers that is reused for every file, because allocating memory costs more than the
 * work done in it.
 *
 * @module
 */

/** Room for 32-bit numbers. */
export class IntBuffer {
  #numbers = new Int32Array(0);

  /** Room for at least `length` numbers, which may still have old values. */
  atLeast(length: number): Int32Array<ArrayBuffer> {
    if (this.#numbers.length < length) this.#numbers = new Int32Array(Math.ceil(length * 1.5));
    return this.#numbers;
  }

  /** Room for at least `length` numbers, the first `length` of which are 0. */
  zeros(length: number): Int32Array<ArrayBuffer> {
    return this.atLeast(length).fill(0, 0, length);
  }
}
