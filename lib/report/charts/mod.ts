/**
 * Charts of hour files and records: each a pure function from rows to a figure, which `toSvg` makes
 * a picture of. Charts of readings take the rows of modules, as `readHours` reads them; the
 * others take records of days.
 *
 * @module
 */
export { cellSpread } from "./cell_spread.ts";
export { cellStrip } from "./cell_strip.ts";
export { coverage } from "./coverage.ts";
export { type Figure, toSvg } from "./figure.ts";
export { samplingGaps } from "./gaps.ts";
export {
  boardTemperatures,
  moduleCurrent,
  moduleVoltage,
  phaseCurrent,
  stateOfCharge,
  temperatures,
} from "./lines.ts";
export { rowsByDay } from "./outcome.ts";
export { type ModuleRows, readHours } from "./rows.ts";
export { type ChartOptions, isCharted } from "./signals.ts";
export { systemState } from "./state.ts";
