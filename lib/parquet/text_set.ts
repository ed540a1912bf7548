/**
 * Gives each distinct text a small number, its id, and stores its bytes once. Two texts are equal
 * if and only if their ids are equal.
 *
 * A `Map` of decoded texts does the same in fewer lines, but decoding each text of each file makes
 * a run 9 to 19 % longer (see docs/performance.md).
 *
 * @module
 */

import { isUtf8 } from "node:buffer";

/** The largest offset that fits into a signed 32-bit integer. */
const MAX_BYTES = 2 ** 31 - 1;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A set of distinct texts.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TextSet } from "./text_set.ts";
 * const [texts, bytes] = [new TextSet(), new TextEncoder().encode("abab")];
 * assert.deepEqual([texts.intern(bytes, 0, 2), texts.intern(bytes, 2, 4)], [0, 0]);
 * assert.equal(texts.text(0), "ab");
 * ```
 */
export class TextSet {
  /** How many there are: ids go from 0 to `size - 1`. */
  size = 0;
  /** The texts, one after the other. */
  bytes = new Uint8Array(1 << 12);
  /** Where each id's text begins; `starts[id + 1]` is where it ends. */
  starts = new Int32Array((1 << 8) + 1);
  /** Open-addressing hash table of id + 1, 0 where free; its length is a power of two. */
  #slots = new Int32Array(1 << 10);
  /** Views of `bytes`, and of the source of the last text: they read several bytes at once. */
  #view = bytesView(this.bytes);
  #source: Uint8Array = new Uint8Array(0);
  #sourceView: DataView = bytesView(this.#source);

  /** Forgets all texts, but keeps the buffers. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(0);
  }

  /**
   * Returns the id of a text. A new text is added, and gets the next id.
   *
   * @param source The bytes that hold the text, from `start` to `end`.
   * @throws {Error} If a new text is not UTF-8.
   */
  intern(source: Uint8Array, start: number, end: number): number {
    if (source !== this.#source) {
      this.#source = source;
      this.#sourceView = bytesView(source);
    }
    const slots = this.#slots;
    const starts = this.starts;
    const view = this.#sourceView;
    const mask = slots.length - 1;
    let slot = hashOf(view, start, end) & mask;
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      const from = starts[entry - 1]!;
      const to = starts[entry]!;
      if (to - from === end - start && isSameText(this.#view, from, to, view, start)) {
        return entry - 1;
      }
      slot = (slot + 1) & mask;
    }
    const id = this.#append(source, start, end);
    slots[slot] = id + 1;
    if (this.size * 2 > slots.length) this.#rehash();
    return id;
  }

  /** The text of an id. */
  text(id: number): string {
    return utf8.decode(this.bytes.subarray(this.starts[id], this.starts[id + 1]));
  }

  #append(source: Uint8Array, start: number, end: number): number {
    checkText(source, start, end);
    const from = this.starts[this.size]!;
    const to = from + end - start;
    if (to > MAX_BYTES) throw new Error("more than 2 GiB of distinct texts");
    if (to > this.bytes.length) {
      const bytes = new Uint8Array(Math.min(to * 2, MAX_BYTES));
      bytes.set(this.bytes.subarray(0, from));
      this.bytes = bytes;
      this.#view = bytesView(bytes);
    }
    const id = this.size++;
    if (this.size === this.starts.length) {
      const starts = new Int32Array(this.size * 2);
      starts.set(this.starts);
      this.starts = starts;
    }
    // Most texts are short, for which a loop is faster than a view of them.
    for (let i = start; i < end; i++) this.bytes[from + i - start] = source[i]!;
    this.starts[id + 1] = to;
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = hashOf(this.#view, this.starts[id]!, this.starts[id + 1]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

function bytesView({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether `a` from `from` to `to` equals `b` at `at`; compares four bytes at a time. */
function isSameText(a: DataView, from: number, to: number, b: DataView, at: number): boolean {
  let i = from;
  let k = at;
  for (; i + 4 <= to; i += 4, k += 4) {
    if (a.getInt32(i, true) !== b.getInt32(k, true)) return false;
  }
  for (; i < to; i++, k++) if (a.getUint8(i) !== b.getUint8(k)) return false;
  return true;
}

/** MurmurHash3 for 32 bits with a shorter end, which reads four bytes at a time. */
function hashOf(bytes: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mix(hash, bytes.getInt32(at, true));
  let rest = 0;
  for (; at < end; at++) rest = (rest << 8) | bytes.getUint8(at);
  hash = mix(hash, rest);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function mix(hash: number, word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((product << 15) | (product >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Checks that bytes are UTF-8. Most are ASCII, for which a loop is faster. */
function checkText(bytes: Uint8Array, start: number, end: number): void {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i]!;
  if (bits >= 128 && !isUtf8(bytes.subarray(start, end))) {
    throw new Error("a text that is not UTF-8");
  }
}
