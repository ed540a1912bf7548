/**
 * One run at a time writes to an output folder; runs of different shards may share it. The locks
 * are the system's, so a run that is killed leaves none behind.
 *
 * @module
 */
import { join } from "node:path";
import { listFolder, makeFolder } from "./files.ts";
import { type Shard, UsageError } from "./options.ts";
import { OWN_FOLDER } from "./records.ts";

/** The folder of what a run keeps for itself, relative to the output folder. */
export function ownFolder(shard: Shard | null): string {
  return shard === null ? OWN_FOLDER : `${OWN_FOLDER}/shards/${shard.index}-of-${shard.count}`;
}

/**
 * Takes the lock of an output folder, or of a shard of it.
 *
 * @returns The lock; it is given back when it is disposed of.
 * @throws {UsageError} If another run has it; the message names its process.
 */
export function takeLock(output: string, shard: Shard | null): Disposable {
  makeFolder(output, ownFolder(shard));
  const all = openLock(join(output, OWN_FOLDER));
  // Runs of shards share the lock that a run of the whole needs for itself.
  if (!all.tryLockSync(shard === null)) refuse(output, all);
  if (shard === null) return note(all);
  all.truncateSync(0); // no run of the whole has it now
  const own = openLock(join(output, ownFolder(shard)));
  if (!own.tryLockSync(true)) refuse(output, all, own);
  note(own);
  return {
    [Symbol.dispose]() {
      own.close();
      all.close();
    },
  };
}

function openLock(folder: string): Deno.FsFile {
  return Deno.openSync(join(folder, "lock"), { read: true, write: true, create: true });
}

/** Writes the process number into a lock, for those who are refused. */
function note(lock: Deno.FsFile): Deno.FsFile {
  lock.truncateSync(0);
  lock.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  return lock;
}

function refuse(output: string, ...locks: Deno.FsFile[]): never {
  for (const lock of locks) lock.close();
  const shards = join(output, OWN_FOLDER, "shards");
  const folders = [
    join(output, OWN_FOLDER),
    ...listFolder(shards).map(({ name }) => join(shards, name)),
  ];
  const holders = folders.flatMap((folder) => holderOf(join(folder, "lock")));
  throw new UsageError(
    `--output ${output} is being written by process ${holders.join(" and ")}: wait until it ends`,
  );
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
