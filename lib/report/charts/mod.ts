/**
 * Charts of hour files and records. Each is a pure function that returns a figure, and `toSvg` makes a
 * picture of it. Charts of readings take the rows of modules from `readHours`; the others take the
 * records of days.
 *
 * @module
 */
export { cellSpread } from "./cell_spread.ts";
export { cellStrip } from "./cell_strip.ts";
export { coverage } from "./coverage.ts";
export type { Figure } from "./figure.ts";
export {
  batteryTemperatures,
  boardTemperatures,
  type ModuleChart,
  moduleCurrent,
  moduleTemperature,
  moduleVoltage,
  phaseCurrent,
  stateOfCharge,
} from "./measurements.ts";
export { toSvg } from "./picture.ts";
export { rejectedByDay, rowsByDay } from "./rows_by_day.ts";
export { freeRows, type ModuleRows, readHours, type Span } from "./module_rows.ts";
export { samplingGaps } from "./sampling_gaps.ts";
export type { ChartOptions } from "./signals.ts";
export { systemState } from "./system_state.ts";
