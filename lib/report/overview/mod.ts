/**
 * The first page, and the parts of it that other pages share.
 *
 * @module
 */
export { attention, levelOf } from "./attention.ts";
export { eventList } from "./events.ts";
export { indexPage } from "./first_page.ts";
export { filledByDay, filledTable } from "./filled.ts";
