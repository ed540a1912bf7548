/**
 * Text in markup.
 *
 * @module
 */

/** Replaces characters that XML can't contain. */
export function stripInvalidXml(text: string): string {
  // deno-lint-ignore no-control-regex -- matching them is the point
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, "\ufffd");
}

/** Escapes text for markup. */
export function escapeText(text: string): string {
  const safe: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return stripInvalidXml(text).replace(/[&<>"]/g, (character) => safe[character]!);
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
