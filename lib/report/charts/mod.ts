/**
 * Charts of hour files and records: each a pure function from rows to a figure, which `toSvg` makes
 * a picture of.
 *
 * Charts of readings take a frame with the columns of hour files (`timestamp`, `phase`, `module`,
 * signals) and the rows of one or more modules, each in order of time. Nulls break a line. Charts of
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
export { foldersOf, readHours } from "./read_hours.ts";
export { type ChartOptions, isCharted } from "./signals.ts";
export { systemState } from "./state.ts";
