/**
 * The first page, and the parts of it that other pages share.
 *
 * @module
 */
export { attention, type Finding } from "./attention.ts";
export { eventList } from "./findings.ts";
export { indexPage } from "./page.ts";
export { filledByDay, filledTable } from "./signals.ts";
