/**
 * Telemetry: what a reading is, how files of readings are read or imported, and which signals
 * exist.
 *
 * @module
 */
export { addUp, type Counts, totalOf } from "./counts.ts";
export { encodeDayFile } from "./day_file.ts";
export { formatOf } from "./file_format.ts";
export { importFile } from "./import.ts";
export type { Window } from "./deduplicate.ts";
export { type Layout, readLayout } from "./layout.ts";
export { REJECTED, type Rejected, type RejectedRow } from "./malformed.ts";
export type { ReadBytes } from "../parquet/mod.ts";
export { readAt } from "./read_at.ts";
export { DayReader, type ReadChunks } from "./reader.ts";
export {
  appendSorted,
  type Block,
  createSeries,
  lowerBound,
  Readings,
  reserveReadings,
  type Series,
} from "./series.ts";
export {
  addToTotals,
  belongsTo,
  countByPayload,
  createColumnsOf,
  createDigester,
  type Digester,
  type Kind,
  kindOf,
  kindsOf,
  type PayloadCounts,
  type SignalColumn,
  type SignalCounts,
  type SignalTotals,
} from "./signals.ts";
export { GAP_BOUNDS, gapsOf, type Statistics, statisticsOf, sumGaps } from "./statistics.ts";
export {
  compareNatural,
  FIXED_COLUMNS,
  folderOf,
  MESSAGE_SOURCE,
  moduleName,
  type Place,
  type Signal,
  signalOf,
  type Tags,
} from "./tags.ts";
export { DAY, dayName, isoTime, parseDay } from "./timestamps.ts";
export { compareTexts, ValueSet } from "./values.ts";
