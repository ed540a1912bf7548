/**
 * What many days on record say together: what needs attention, and the first page's sections.
 *
 * @module
 */
export { attention, type Finding } from "./attention.ts";
export { eventList } from "./findings.ts";
export { indexPage } from "./page.ts";
export { filledByDay, filledTable } from "./signals.ts";
