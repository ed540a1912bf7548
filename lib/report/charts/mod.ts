/**
 * Charts of hour files and records: each a pure function from a frame to an SVG.
 *
 * A frame of readings has the columns of hour files (`timestamp`, `phase`, `module`, signals) and
 * the rows of one or more modules, each in order of time. Nulls break a line.
 *
 * @module
 */
export { cellSpread, cellStrip } from "./cells.ts";
export { coverage } from "./coverage.ts";
export { samplingGaps } from "./gaps.ts";
export {
  moduleCurrent,
  moduleVoltage,
  phaseCurrent,
  stateOfCharge,
  temperatures,
} from "./lines.ts";
export { type ChartOptions, isCharted } from "./parts.ts";
export { rowsByDay } from "./rows.ts";
export { systemState } from "./state.ts";
