/**
 * One run at a time writes to an output folder; runs of different shards may share it. The locks
 * are the system's, so a run that is killed leaves none behind.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeFolder } from "./files.ts";
import { syncFolders } from "./sync.ts";
import { UsageError, WriteError } from "../errors.ts";
import {
  refuseLinks,
  type Shard,
  shardFolders,
  STATE_FOLDER,
  stateFolderOf,
} from "./state_folder.ts";

/** The file that worker processes lock, relative to the folder of what a run keeps for itself. */
export const WORKERS_LOCK = "workers";

/** How long the workers of a run that was killed may take to notice. */
const WORKER_EXIT_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 50;

/**
 * Takes the lock of an output folder, or of a shard of it, and waits for what workers of a killed
 * run are still writing.
 *
 * @param signal Ends the waiting.
 * @returns The lock; it is given back when it is disposed of.
 * @throws {UsageError} If another run has it, with the number of its process; or if the output
 * can't be written.
 */
export async function takeLock(
  output: string,
  shard: Shard | null,
  signal?: AbortSignal,
): Promise<Disposable> {
  const stateFolder = stateFolderOf(shard);
  const locks: Deno.FsFile[] = [];
  let dirsToSync: string[];
  const release = () => locks.forEach((lock) => lock.close());
  try {
    dirsToSync = makeFolder(output, stateFolder);
    refuseLinks(output);
    locks.push(openLock(join(output, STATE_FOLDER, "lock")));
    if (shard !== null) locks.push(openLock(join(output, stateFolder, "lock")));
  } catch (error) {
    release();
    const reason = error instanceof WriteError ? error.reason : (error as Error).message;
    throw new UsageError(`--output ${output} can't be written: ${reason}`);
  }
  try {
    // Runs of shards share the lock that a run of the whole needs for itself.
    const at = locks.findIndex((lock, i) => !lock.tryLockSync(i > 0 || shard === null));
    if (at >= 0) {
      const folders = at === 1 ? [stateFolder] : [STATE_FOLDER, ...shardFolders(output)];
      const holders = folders.flatMap((folder) => holderOf(join(output, folder, "lock")));
      throw new UsageError(
        `--output ${output} is being written by process ${
          holders.join(" and ")
        }: wait until it ends`,
      );
    }
    locks[0]!.truncateSync(0);
    const own = locks.at(-1)!;
    own.truncateSync(0);
    own.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
    // Each of two that start at once has its own lock by now, so at least one sees the other.
    if (shard !== null) refuseOtherCounts(output, shard);
    await waitForWorkers(output, shard, signal);
    // An intent is as safe as the folders that it is in.
    await syncFolders(dirsToSync, dirsToSync.length);
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.dispose]: release };
}

/** Refuses a run beside one that divides the days differently: both would write some of them. */
function refuseOtherCounts(output: string, shard: Shard): void {
  for (const folder of shardFolders(output)) {
    const [, index, count] = /\/(\d+)-of-(\d+)$/.exec(folder) ?? [];
    if (count === undefined || Number(count) === shard.count) continue;
    const [holder] = holderOf(join(output, folder, "lock"));
    if (holder === undefined) continue;
    throw new UsageError(
      `--output ${output} is being written by process ${holder} as shard ${index}/${count}: ` +
        `give all runs the same number of shards, or wait until it ends`,
    );
  }
}

async function waitForWorkers(
  output: string,
  shard: Shard | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const others = shard === null ? shardFolders(output) : [];
  for (const folder of [stateFolderOf(shard), ...others]) {
    using lock = openLock(join(output, folder, WORKERS_LOCK));
    for (let waited = 0; !lock.tryLockSync(true); waited += POLL_INTERVAL_MS) {
      if (waited >= WORKER_EXIT_TIMEOUT_MS) {
        throw new UsageError(
          `--output ${output} is still written by worker processes of a run that was killed: end them`,
        );
      }
      await setTimeout(POLL_INTERVAL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function openLock(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, create: true });
}

/** The process that holds a lock, if any does. */
function holderOf(path: string): string[] {
  try {
    using lock = Deno.openSync(path, { read: true, write: true });
    return lock.tryLockSync(true) ? [] : Deno.readTextFileSync(path).split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
