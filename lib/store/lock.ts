/**
 * One run at a time writes to an output folder; runs of different shards may share it. The locks
 * are the system's, so a run that is killed leaves none behind.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listFolder, makeFolder } from "./files.ts";
import { UsageError } from "../errors.ts";
import { OWN_FOLDER } from "./records.ts";

/** A part of the days, for runs side by side. */
export interface Shard {
  /** Which part, from 1 to `count`. */
  index: number;
  /** How many parts there are. */
  count: number;
  /** The environment variable that says so; absent if `--shard` does. */
  from?: string;
}

/** The folder of what a run keeps for itself, relative to the output folder. */
export function ownFolder(shard: Shard | null): string {
  return shard === null ? OWN_FOLDER : `${OWN_FOLDER}/shards/${shard.index}-of-${shard.count}`;
}

/** The file that worker processes lock, relative to the folder of what a run keeps for itself. */
export const WORKERS_LOCK = "workers";

/** How long the workers of a run that was killed may take to notice, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Takes the lock of an output folder, or of a shard of it, and waits for what workers of a killed
 * run are still writing.
 *
 * @returns The lock; it is given back when it is disposed of.
 * @throws {UsageError} If another run has it, with the number of its process; or if the output
 * can't be written.
 */
export async function takeLock(output: string, shard: Shard | null): Promise<Disposable> {
  let locks: Deno.FsFile[];
  try {
    makeFolder(output, ownFolder(shard));
    locks = [openLock(join(output, OWN_FOLDER, "lock"))];
    if (shard !== null) locks.push(openLock(join(output, ownFolder(shard), "lock")));
  } catch (error) {
    throw new UsageError(`--output ${output} can't be written: ${(error as Error).message}`);
  }
  // Runs of shards share the lock that a run of the whole needs for itself.
  const at = locks.findIndex((lock, i) => !lock.tryLockSync(i > 0 || shard === null));
  if (at >= 0) {
    locks.forEach((lock) => lock.close());
    const folders = at === 1 ? [ownFolder(shard)] : [OWN_FOLDER, ...shardFolders(output)];
    const holders = folders.flatMap((folder) => holderOf(join(output, folder, "lock")));
    throw new UsageError(
      `--output ${output} is being written by process ${holders.join(" and ")}: wait until it ends`,
    );
  }
  const [own] = locks.slice(-1);
  locks[0]!.truncateSync(0);
  own!.truncateSync(0);
  own!.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  await waitForWorkers(output, shard);
  return { [Symbol.dispose]: () => locks.forEach((lock) => lock.close()) };
}

async function waitForWorkers(output: string, shard: Shard | null): Promise<void> {
  const others = shard === null ? shardFolders(output) : [];
  for (const folder of [ownFolder(shard), ...others]) {
    using lock = openLock(join(output, folder, WORKERS_LOCK));
    for (let waited = 0; !lock.tryLockSync(true); waited += 50) {
      if (waited >= PATIENCE) {
        throw new UsageError(
          `--output ${output} is still written by worker processes of a run that was killed: end them`,
        );
      }
      await setTimeout(50);
    }
  }
}

function openLock(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, create: true });
}

/** What runs of shards keep for themselves, relative to the output folder. */
function shardFolders(output: string): string[] {
  const shards = `${OWN_FOLDER}/shards`;
  return listFolder(join(output, shards)).map(({ name }) => `${shards}/${name}`);
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
