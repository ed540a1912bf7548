/**
 * What is on disk, whenever the machine stops.
 *
 * @module
 */
export { failpoint } from "./failpoint.ts";
export {
  commitFiles,
  listFolder,
  makeFolder,
  removeFiles,
  removeFolder,
  removeIfThere,
  replaceFile,
  type Staged,
  stageFile,
} from "./files.ts";
export { isOurs } from "./hour_files.ts";
export { checkOutput, findInputs, type FoundInputs, type InputFile, isSpecial } from "./inputs.ts";
export { deleteIntent, findSuspects, writeIntent } from "./intents.ts";
export { takeLock, WORKERS_LOCK } from "./lock.ts";
export { fingerprint, type Identity, identityOf, withChunks, withFile } from "./read.ts";
export {
  type DayRecord,
  dayRecordPath,
  dayRejectedName,
  type DayResult,
  type InputRecord,
  readRecords,
  type Records,
  type Source,
  writeDayRecord,
  writeInputRecords,
} from "./records.ts";
export { RejectedFile } from "./rejected.ts";
export { type Shard, stagingFolder, STATE_FOLDER, stateFolderOf } from "./state_folder.ts";
