/**
 * Making sure that what was written is on disk.
 *
 * @module
 */
import { dirname } from "node:path";

/** How many files are synced at the same time: the disk writes them in one go. */
const SYNCED_AT_ONCE = 64;

/** So many files take longer one by one than all that their file system has not written yet. */
const MANY = 64;

/**
 * Makes sure that files or folders are on disk.
 *
 * @param count How many files it is about.
 */
export async function syncAll(
  paths: readonly string[],
  count: number = paths.length,
): Promise<void> {
  if (count >= MANY) {
    const folders = [...new Set(paths.map((path) => dirname(path)))];
    const systems = new Set(folders.map((folder) => Deno.statSync(folder).dev));
    if (systems.size === 1 && await syncSystem(folders[0]!)) return;
  }
  for (let at = 0; at < paths.length; at += SYNCED_AT_ONCE) {
    await Promise.all(paths.slice(at, at + SYNCED_AT_ONCE).map(sync));
  }
}

let canSyncSystems: boolean | null = null;

/** Writes all that is pending of a file system, where there is GNU's `sync` and leave to run it. */
async function syncSystem(path: string): Promise<boolean> {
  canSyncSystems ??=
    Deno.permissions.querySync({ name: "run", command: "sync" }).state === "granted";
  if (!canSyncSystems) return false;
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const ended = await new Deno.Command("sync", { args: ["-f", path], ...quiet }).output().catch(
    () => null,
  );
  // Whatever it is, syncing one by one does it or says why not.
  return canSyncSystems = ended?.success ?? false;
}

async function sync(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}
