/**
 * Imports a file, in a worker process: writes its readings to day files in `_etl/imports/`, and its
 * malformed rows to a file in `_etl/rejected/`.
 *
 * @module
 */
import { join } from "node:path";
import { type Counts, importFile, readLayout, type RejectedRow } from "../telemetry/mod.ts";
import {
  commitFiles,
  failpoint,
  identityOf,
  LineFile,
  makeFolder,
  removeFolder,
  removeIfThere,
  type Source,
  type Staged,
  stageFile,
  stagingFolder,
} from "../store/mod.ts";
import type { ImportAnswer, ImportTask } from "./messages.ts";

/** Memory for the database of an import, in bytes; the process needs up to 400 MB in addition. */
const DATABASE_MEMORY = 450e6;

/**
 * Performs an import task, and removes the results of an earlier import of the same input.
 *
 * @throws {Error} If it can't be read.
 */
export async function performImport(task: ImportTask): Promise<ImportAnswer> {
  const { path, threads } = task;
  Deno.openSync(path).close(); // an earlier import stays if the file can't be opened
  if (task.dryRun) {
    const { sources, rejected, put, reject } = collect(task, () => {}, () => {});
    const limits = { temporary: null, threads, memory: DATABASE_MEMORY };
    const localTimes = await importFile(path, limits, { put, reject });
    return { sources, rejected, localTimes };
  }
  const { name, stateFolder, id } = task;
  const folder = join(stateFolder, "imports", id);
  const staging = stagingFolder(stateFolder);
  const temporary = join(folder, "temporary");
  const rejectedPath = join(stateFolder, "rejected", `${id}.jsonl`);
  removeFolder(folder);
  const dirsToSync = ["rejected", "staged", `imports/${id}`]
    .flatMap((part) => makeFolder(stateFolder, part));
  const staged: Staged[] = [];
  const file = new LineFile(staging, rejectedPath);
  const { sources, rejected, put, reject } = collect(
    task,
    (path, bytes) => staged.push(stageFile(staging, path, bytes, false)!),
    (row) => file.add({ file: name, ...row }),
  );
  let localTimes: boolean;
  try {
    const limits = { temporary, threads, memory: DATABASE_MEMORY };
    localTimes = await importFile(path, limits, { put, reject });
  } catch (error) {
    for (const { tempPath } of [...staged, file.end()].filter((file) => file !== null)) {
      removeIfThere(tempPath);
    }
    removeFolder(folder);
    throw error;
  }
  removeFolder(temporary);
  failpoint("input imported");
  const ended = file.end();
  if (ended === null) removeIfThere(rejectedPath);
  else staged.push(ended);
  await commitFiles(staged, dirsToSync);
  for (const source of sources) Object.assign(source, identityOf(Deno.statSync(source.path)));
  return { sources, rejected, localTimes };
}

/** A sink that collects the results of an import, and passes them on to be written. */
function collect(
  { name, stateFolder, id }: ImportTask,
  write: (path: string, bytes: Uint8Array<ArrayBuffer>) => void,
  writeRejected: (row: RejectedRow) => void,
) {
  const sources: Source[] = [];
  const rejected: Counts = {};
  return {
    sources,
    rejected,
    put(bytes: Uint8Array<ArrayBuffer>) {
      // Not `.parquet`, because readers of `**/*.parquet` must not find it.
      const path = join(stateFolder, "imports", id, `${sources.length}.rows`);
      const read = (offset: number, size: number) => bytes.slice(offset, offset + size);
      const layout = readLayout(read, bytes.length);
      sources.push({ name, path, size: bytes.length, mtime: 0, ctime: 0, ino: 0, layout });
      write(path, bytes);
    },
    reject(row: RejectedRow) {
      rejected[row.reason] = (rejected[row.reason] ?? 0) + 1;
      writeRejected(row);
    },
  };
}
