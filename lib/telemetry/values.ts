/**
 * Gives each distinct value text a small number, its id. A day has millions of readings, but few
 * distinct texts; each is stored and parsed once. Two values are equal if and only if their ids
 * are.
 *
 * @module
 */

import { TextSet } from "../parquet/mod.ts";

/**
 * The distinct value texts of a day.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ValueSet } from "./values.ts";
 * const values = new ValueSet();
 * const text = new TextEncoder().encode("53.85");
 * const id = values.intern(text, 0, text.length);
 * assert.ok(values.numbers[id] === 53.85 && values.text(id) === "53.85");
 * ```
 */
export class ValueSet extends TextSet {
  /** The number of each id's text, or NaN if the text is not a finite decimal number. */
  numbers: Float64Array<ArrayBuffer> = new Float64Array(1 << 8);

  /** As {@linkcode TextSet.intern}; also parses a new text as a number. */
  override intern(source: Uint8Array, start: number, end: number): number {
    const known = this.size;
    const id = super.intern(source, start, end);
    if (id < known) return id;
    if (id === this.numbers.length) {
      const numbers = new Float64Array(id * 2);
      numbers.set(this.numbers);
      this.numbers = numbers;
    }
    this.numbers[id] = parseDecimal(this.text(id));
    return id;
  }
}

/** Compares two texts by their UTF-8 bytes, which is the order of their code points. */
export function compareTexts(values: ValueSet, a: number, b: number): number {
  const { bytes, starts } = values;
  const fromA = starts[a]!;
  const fromB = starts[b]!;
  const lengthA = starts[a + 1]! - fromA;
  const lengthB = starts[b + 1]! - fromB;
  for (let i = 0; i < lengthA && i < lengthB; i++) {
    const difference = bytes[fromA + i]! - bytes[fromB + i]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/**
 * Compares values in a total order: numbers by size, then texts that are not numbers. Texts, and
 * the same number written in two ways, are compared by their bytes.
 */
export function compareValues(values: ValueSet, a: number, b: number): number {
  const x = values.numbers[a]!;
  const y = values.numbers[b]!;
  if (x < y) return -1;
  if (x > y) return 1;
  const textA = x !== x;
  const textB = y !== y;
  return textA === textB ? compareTexts(values, a, b) : textA ? 1 : -1;
}

const DECIMAL = /^[ \t]*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?[ \t]*$/i;

/**
 * Parses a finite decimal number: sign, digits, point, exponent, possibly surrounded by blanks.
 * Words (`nan`, `inf`), hexadecimal forms and digit separators are not numbers.
 *
 * @returns The nearest float64, or NaN if the text is not such a number or it is not finite.
 */
export function parseDecimal(text: string): number {
  const number = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : NaN;
}
