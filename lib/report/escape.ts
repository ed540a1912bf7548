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
