/**
 * Finds the [key, value] pairs of tags in the forms that writers give them: lists of pairs and
 * objects.
 *
 * @module
 */
import { type Parsed, REJECTED } from "./malformed.ts";
import { MESSAGE_SOURCE, type Tags } from "./tags.ts";

/** A value that may be nested: a text, null, a list or an object. */
export type Nested = string | null | readonly Nested[] | Fields;

/** An object. */
export interface Fields {
  /** Its names and values in order; a name may occur more than once. */
  fields: readonly (readonly [name: string, value: Nested])[];
}

/** Rows with more tags are malformed, because the reader of day files does not take them. */
const MAX_TAGS = 1_000;
const MALFORMED = { reason: REJECTED.malformed };

/**
 * The pairs in a list of pairs, in a list of objects with two fields (the first is the key, unless
 * they are called `value` and `key`), or in the fields of an object (nulls are absent).
 *
 * @returns The tags. No pairs become one tag that is ignored, because a day file can't hold an empty
 * list.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairsOf } from "./pairs.ts";
 * const wanted = { value: [["phase", "1"]] };
 * assert.deepEqual(pairsOf([["phase", "1"]]), wanted);
 * assert.deepEqual(pairsOf({ fields: [["phase", "1"], ["module", null]] }), wanted);
 * ```
 */
export function pairsOf(value: Nested): Parsed<Tags> {
  if (value === null || typeof value === "string") return MALFORMED;
  const pairs: readonly (readonly Nested[])[] = "fields" in value
    ? value.fields.filter(([, field]) => field !== null)
    : value.map(pairIn);
  if (pairs.length === 0) return { value: [[MESSAGE_SOURCE, ""]] };
  return pairs.length <= MAX_TAGS && pairs.every(isPair) ? { value: pairs } : MALFORMED;
}

/** The pair in an element of a list; something else if there is none. */
function pairIn(element: Nested): readonly Nested[] {
  if (element === null || typeof element === "string") return [];
  if (!("fields" in element)) return element;
  const [first, second, ...others] = element.fields;
  if (first === undefined || second === undefined || others.length > 0) return [];
  const names = [first[0], second[0]];
  const values = [first[1], second[1]];
  // Such an object holds all tags of a row, not one of them.
  if (names.includes("phase") || names.includes("module")) return [];
  return names[0] === "value" && names[1] === "key" ? values.reverse() : values;
}

function isPair(pair: readonly Nested[]): pair is [string, string] {
  return pair.length === 2 && pair.every((part) => typeof part === "string");
}
