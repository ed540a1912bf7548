/**
 * Charts of hour files and records: each a pure function from a frame to an SVG.
 *
 * A frame of readings has the columns of hour files (`timestamp`, `phase`, `module`, signals) and
 * the rows of one or more modules, each in order of time. Nulls break a line.
 *
 * @module
 */
export { cellSpread, cellStrip } from "./charts/cells.ts";
export { coverage } from "./charts/coverage.ts";
export { samplingGaps } from "./charts/gaps.ts";
export {
  moduleCurrent,
  moduleVoltage,
  phaseCurrent,
  stateOfCharge,
  temperatures,
} from "./charts/lines.ts";
export { type ChartOptions, isCharted } from "./charts/parts.ts";
export { rowsByDay } from "./charts/rows.ts";
export { systemState } from "./charts/state.ts";
