/**
 * Charts of hour files and records: each a pure function from rows to a figure, which `toSvg` makes
 * a picture of. Charts of readings take the rows of modules, as `readHours` reads them; charts of
 * records take plain rows.
 *
 * @module
 */
export { cellSpread } from "./cell_spread.ts";
export { cellStrip } from "./cell_strip.ts";
export { coverage, type CoverageRow, coverageRows } from "./coverage.ts";
export { type Figure, toSvg } from "./figure.ts";
export { type GapRow, gapRows, samplingGaps } from "./gaps.ts";
export {
  boardTemperatures,
  moduleCurrent,
  moduleVoltage,
  phaseCurrent,
  stateOfCharge,
  temperatures,
} from "./lines.ts";
export { type OutcomeRow, outcomeRows, rowsByDay } from "./outcome.ts";
export { type ModuleRows, readHours } from "./rows.ts";
export { type ChartOptions, isCharted } from "./signals.ts";
export { systemState } from "./state.ts";
