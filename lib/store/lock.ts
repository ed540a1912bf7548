/**
 * Lets only one run at a time write to an output folder; runs of different shards may share it. The
 * system releases the locks of a run that is killed.
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

/** The file that worker processes lock, relative to the state folder. */
export const WORKERS_LOCK = "workers";

/** How long the workers of a killed run may take to exit. */
const WORKER_EXIT_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 50;

/**
 * Takes the lock of an output folder, or of a shard of it, and waits until the workers of a killed
 * run have exited.
 *
 * @param signal Ends the waiting.
 * @returns The lock, which is released when it is disposed.
 * @throws {UsageError} If another run has the lock (the message has its process id), or the output
 * can't be written.
 */
export async function takeLock(
  output: string,
  shard: Shard | null,
  signal?: AbortSignal,
): Promise<Disposable> {
  const folders = shard === null ? [STATE_FOLDER] : [STATE_FOLDER, stateFolderOf(shard)];
  using held = new DisposableStack();
  let dirsToSync: string[] = [];
  let locks: Deno.FsFile[] = [];
  try {
    dirsToSync = makeFolder(output, folders.at(-1)!);
    refuseLinks(output);
    locks = folders.map((folder) => held.use(openLock(join(output, folder, "lock"))));
  } catch (error) {
    const reason = error instanceof WriteError ? error.reason : (error as Error).message;
    throw new UsageError(`--output ${output} can't be written: ${reason}`);
  }
  // Runs of shards share the first lock; a run of all days needs it exclusively.
  const at = locks.findIndex((lock, i) => !lock.tryLockSync(i > 0 || shard === null));
  if (at >= 0) {
    const others = at === 1 ? folders.slice(1) : [STATE_FOLDER, ...shardFolders(output)];
    const holders = others.flatMap((folder) => holderOf(join(output, folder, "lock")));
    throw new UsageError(
      `--output ${output} is being written by process ${holders.join(" and ")}: wait until it ends`,
    );
  }
  for (const lock of locks) lock.truncateSync(0);
  locks.at(-1)!.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  // If two start at once, both have their own locks by now, so at least one sees the other.
  if (shard !== null) refuseOtherCounts(output, shard);
  await waitForWorkers(output, shard, signal);
  // An intent is only safe if its folders are on disk.
  await syncFolders(dirsToSync, dirsToSync.length);
  return held.move();
}

/**
 * Refuses to run next to a run with another number of shards: both would write some of the days.
 */
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
          `--output ${output} is still being written by worker processes of a run that was killed: end them`,
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
