/**
 * Reads and writes files: inputs, records, intents and locks. The output is consistent, or can be
 * repaired by the next run, whenever the machine stops.
 *
 * @module
 */
export { failpoint } from "./failpoint.ts";
export {
  commitFiles,
  createNameLookup,
  discardFolder,
  listFolder,
  makeFolder,
  removeFiles,
  removeFolder,
  removeIfThere,
  replaceFile,
  type Staged,
  stageFile,
} from "./files.ts";
export {
  checkOutput,
  describeKind,
  findInputs,
  type FoundInputs,
  type InputFile,
  isBelowDev,
  refuseEmpty,
} from "./inputs.ts";
export { deleteIntent, writeIntent } from "./intents.ts";
export { LineFile, readLines } from "./line_file.ts";
export { takeLock, WORKERS_LOCK } from "./lock.ts";
export { fingerprint, type Identity, identityOf, withChunks, withFile } from "./read.ts";
export {
  type DayRecord,
  type DayResult,
  inputFingerprint,
  type InputRecord,
  readRecords,
  recordedInputs,
  type Records,
  type Source,
  writeDayRecord,
  writeInputRecords,
} from "./records.ts";
export { type RowCounts, rowCounts } from "./row_counts.ts";
export {
  REPORT_FOLDER,
  type Shard,
  stagingFolder,
  STATE_FOLDER,
  stateFile,
  stateFolderOf,
} from "./state_folder.ts";
export { findSuspects, isOurs } from "./suspects.ts";
