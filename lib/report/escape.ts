/**
 * Text in markup.
 *
 * @module
 */

const UNSAFE =
  // deno-lint-ignore no-control-regex -- matching them is the point
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/gu;

/** Replaces characters that XML can't contain, and those that reverse the text after them. */
export function replaceUnsafe(text: string): string {
  return text.replace(UNSAFE, "\ufffd");
}

/** Escapes text for markup. */
export function escapeText(text: string): string {
  const safe: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return replaceUnsafe(text).replace(/[&<>"]/g, (character) => safe[character]!);
}

/** Escapes running text: see {@linkcode keepTogether}. */
export function escapeProse(text: string): string {
  return keepTogether(escapeText(text));
}

/**
 * Keeps lines of running text from breaking within a date, or between a number and its unit.
 *
 * @param markup Escaped text; tags in it must have no dates or numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keepTogether } from "./escape.ts";
 * assert.equal(keepTogether("3.9 V at 2024-07-13 08:00"), "3.9\u00a0V at <time>2024-07-13 08:00</time>");
 * ```
 */
export function keepTogether(markup: string): string {
  return markup
    .replace(/(?<=\d) (?=(?:%|°C|m?V|Ah?|[kM]?Wh|h|min|s)(?!\w))/g, "\u00a0")
    .replace(/\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?\b/g, "<time>$&</time>");
}
