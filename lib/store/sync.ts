/**
 * Making sure that what was written is on disk.
 *
 * @module
 */
import { dirname } from "node:path";
import process from "node:process";

/** How many files are synced at the same time: the disk writes them in one go. */
const SYNCED_AT_ONCE = 64;

/** From this many files on, one syncfs is faster than an fsync per file. */
const SYNCFS_FROM = 64;

/**
 * File systems that one call syncs as surely as a call a file: ext, XFS, Btrfs, F2FS, ZFS, tmpfs
 * and overlays, as statfs(2) reports them. Others (FUSE, network file systems) may not.
 */
const SYNCFS_SAFE = new Set([
  ...[0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630],
]);

/**
 * Makes sure that files are on disk.
 *
 * @throws {Error} If one is not there, or can't be written.
 */
export async function syncFiles(paths: readonly string[]): Promise<void> {
  const folders = new Set(paths.map((path) => dirname(path)));
  if (paths.length < SYNCFS_FROM || !await syncSystem([...folders])) await syncEach(paths);
}

/**
 * Makes sure that the names in folders are on disk.
 *
 * @param count How many names it is about.
 */
export async function syncFolders(folders: readonly string[], count: number): Promise<void> {
  if (count < SYNCFS_FROM || !await syncSystem(folders)) await syncEach(folders);
}

async function syncEach(paths: readonly string[]): Promise<void> {
  for (let at = 0; at < paths.length; at += SYNCED_AT_ONCE) {
    await Promise.all(
      paths.slice(at, at + SYNCED_AT_ONCE).map(async (path) => {
        using file = await Deno.open(path);
        await file.sync();
      }),
    );
  }
}

let canSyncfs: boolean | null = null;

/**
 * Writes all that is pending of the file system that some folders are in, by GNU's `sync`.
 *
 * @returns Whether that was done: else syncing one by one does it, or says why not.
 */
async function syncSystem(folders: readonly string[]): Promise<boolean> {
  canSyncfs ??= mayRunSync();
  if (!canSyncfs) return false;
  const [first] = folders;
  if (new Set(folders.map((folder) => Deno.statSync(folder).dev)).size !== 1) return false;
  try {
    // Loaded when it is wanted: that takes longer than the call.
    const { statfsSync } = process.getBuiltinModule("node:fs");
    if (!SYNCFS_SAFE.has(statfsSync(first!).type)) return false;
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    // A loader's variables, which clusters set, would need leave of their own.
    const command = new Deno.Command("sync", { args: ["-f", first!], clearEnv: true, ...quiet });
    return canSyncfs = (await command.output()).success;
  } catch {
    return canSyncfs = false;
  }
}

/** Whether the kernel reports what could not be written (Linux from 5.8), and `sync` may be run. */
function mayRunSync(): boolean {
  const isGranted = (descriptor: Deno.PermissionDescriptor) =>
    Deno.permissions.querySync(descriptor).state === "granted";
  const mayAsk = Deno.build.os === "linux" && isGranted({ name: "run", command: "sync" }) &&
    isGranted({ name: "sys", kind: "osRelease" });
  if (!mayAsk) return false;
  const [major = 0, minor = 0] = Deno.osRelease().split(".").map(Number);
  return major > 5 || major === 5 && minor >= 8;
}
