/**
 * The grid, and the hour files on it.
 *
 * @module
 */
export { createColumns, hourNames, reportingModules, writeModules } from "./columns.ts";
export type { Coverage } from "./coverage.ts";
export {
  aggregate,
  createSpans,
  createTrack,
  fillOf,
  fillRows,
  type Spans,
  type Track,
} from "./grid.ts";
export { createHourWriter, type HourColumn, type WriteHour } from "./hour_file.ts";
export { marginOf, type TableOptions } from "./options.ts";
