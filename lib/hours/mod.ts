/**
 * Resamples readings to a regular grid, and encodes hour files.
 *
 * @module
 */
export {
  type ColumnBuffers,
  type CreateColumns,
  type DayRows,
  type Module,
  type ModuleColumn,
  prepareColumns,
  readingsOfNoModule,
  reportingModules,
  type SignalSeries,
} from "./columns.ts";
export { type Coverage, markRows } from "./coverage.ts";
export {
  aggregate,
  createRowValues,
  createRuns,
  cutRuns,
  fillOf,
  fillRows,
  type RowValues,
  type Runs,
} from "./grid.ts";
export { createHourEncoder, type EncodeHour } from "./hour_file.ts";
export { dayOfHourFile, type DayTables, encodeHourFiles, hourFileNames } from "./hour_files.ts";
export { marginOf, type TableOptions } from "./options.ts";
export { createPolarsEncoder } from "./polars_writer.ts";
export { type HourFile, type HourRows, readHourFiles } from "./read_hours.ts";
