/**
 * A buffer of numbers that is used again for every file: fresh memory costs more than the work done
 * in it.
 *
 * @module
 */

/** Room for 32-bit numbers. */
export class IntBuffer {
  #numbers = new Int32Array(0);

  /** Room for `length` numbers at least, in which anything may be left over. */
  atLeast(length: number): Int32Array<ArrayBuffer> {
    if (this.#numbers.length < length) this.#numbers = new Int32Array(Math.ceil(length * 1.5));
    return this.#numbers;
  }

  /** The same with `length` zeros at the start. */
  zeros(length: number): Int32Array<ArrayBuffer> {
    return this.atLeast(length).fill(0, 0, length);
  }
}
