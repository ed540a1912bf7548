/**
 * Reads the markup of pages and charts.
 *
 * @module
 */

/** The text of some markup, with one space between any two words. */
export function textOf(markup: string): string {
  return markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}
