/**
 * Resamples readings to a regular grid, and encodes hour files.
 *
 * @module
 */
export {
  createResampler,
  type Module,
  type ModuleColumn,
  readingsOfNoModule,
  reportingModules,
  type SignalReadings,
} from "./columns.ts";
export { type Coverage, coverageOf, markRows } from "./coverage.ts";
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
export { checkHourFile, createHourEncoder, type EncodeHour } from "./hour_file.ts";
export { dayOfHourFile, hourFileNames } from "./hour_names.ts";
export { CHOICES, marginOf, type TableOptions, tableOptions } from "./options.ts";
export { createPolarsEncoder } from "./polars_writer.ts";
export { type HourRows, readHourFiles } from "./read_hours.ts";
