/**
 * Texts as small numbers: each distinct one is kept once, as bytes. Two are equal exactly if their
 * numbers are.
 *
 * @module
 */

/** A set of distinct texts. */
export interface Texts {
  /** How many there are: ids go from 0 to `size - 1`. */
  size: number;
  /** The texts, one behind the other. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each id's text begins; `starts[id + 1]` is where it ends. */
  starts: Int32Array<ArrayBuffer>;
  /** Open-addressing hash table of id + 1, 0 where free; its length is a power of two. */
  slots: Int32Array<ArrayBuffer>;
}

/** Makes an empty set with room for `count` texts. */
export function createTexts(count: number = 1 << 8): Texts {
  return {
    size: 0,
    bytes: new Uint8Array(count * 16),
    starts: new Int32Array(count + 1),
    slots: new Int32Array(count * 4),
  };
}

/** Forgets all texts, but keeps the buffers. */
export function clearTexts(texts: Texts): void {
  texts.size = 0;
  texts.slots.fill(0);
}

/**
 * The id of a text, which is added if it is new: then it is the last one.
 *
 * @param source The bytes that hold the text, from `start` to `end`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTexts, textId } from "./text_set.ts";
 * const [texts, bytes] = [createTexts(), new TextEncoder().encode("abab")];
 * assert.deepEqual([textId(texts, bytes, 0, 2), textId(texts, bytes, 2, 4)], [0, 0]);
 * ```
 */
export function textId(texts: Texts, source: Uint8Array, start: number, end: number): number {
  const { bytes, starts, slots } = texts;
  const length = end - start;
  const mask = slots.length - 1;
  let slot = hashOf(source, start, end) & mask;
  for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
    const from = starts[entry - 1]!;
    if (starts[entry]! - from === length) {
      let i = 0;
      while (i < length && bytes[from + i] === source[start + i]) i++;
      if (i === length) return entry - 1;
    }
    slot = (slot + 1) & mask;
  }
  const id = append(texts, source, start, end);
  texts.slots[slot] = id + 1;
  if (texts.size * 2 > texts.slots.length) rehash(texts);
  return id;
}

/** FNV-1a, its high bits folded down. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function append(texts: Texts, source: Uint8Array, start: number, end: number): number {
  const id = texts.size++;
  const at = texts.starts[id]!;
  const behind = at + end - start;
  if (id + 1 === texts.starts.length || behind > texts.bytes.length) grow(texts, at, behind);
  texts.bytes.set(source.subarray(start, end), at);
  texts.starts[id + 1] = behind;
  return id;
}

/** Makes room for another text, which ends at `end`; those before end at `at`. */
function grow(texts: Texts, at: number, end: number): void {
  const [bytes, starts] = [new Uint8Array(end * 2), new Int32Array(texts.size * 2 + 1)];
  bytes.set(texts.bytes.subarray(0, at));
  starts.set(texts.starts.subarray(0, texts.size));
  Object.assign(texts, { bytes, starts });
}

function rehash(texts: Texts): void {
  const slots = new Int32Array(texts.slots.length * 2);
  const mask = slots.length - 1;
  for (let id = 0; id < texts.size; id++) {
    let slot = hashOf(texts.bytes, texts.starts[id]!, texts.starts[id + 1]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }
  texts.slots = slots;
}
