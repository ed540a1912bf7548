/**
 * What is on disk, whenever the machine stops.
 *
 * @module
 */
export { step } from "./failpoint.ts";
export {
  commitFiles,
  fingerprint,
  type Identity,
  identityOf,
  listFolder,
  makeFolder,
  removeFiles,
  removeFolder,
  removeIfThere,
  replaceFile,
  type Staged,
  stageFile,
  sweepFolder,
  withChunks,
  withFile,
} from "./files.ts";
export { checkOutput, findInputs, type FoundInputs, type InputFile, isSpecial } from "./inputs.ts";
export { ownFolder, type Shard, takeLock, WORKERS_LOCK } from "./lock.ts";
export {
  type DayRecord,
  dayRecordPath,
  dayRejectedName,
  type InputRecord,
  markUnfinished,
  OWN_FOLDER,
  readRecords,
  type Records,
  type Source,
  syncDayRecord,
  writeDayRecord,
  writeInputRecords,
} from "./records.ts";
