/**
 * Makes sure that written files are on disk.
 *
 * @module
 */
import { dirname } from "node:path";
import process from "node:process";

/** How many files are synced at the same time, so that the disk can write them together. */
const SYNCED_AT_ONCE = 64;

/** From this many files on, one syncfs is faster than an fsync per file. */
const SYNCFS_FROM = 64;

/**
 * File systems for which one syncfs is as safe as an fsync per file: ext, XFS, Btrfs, F2FS, ZFS,
 * tmpfs and overlays, as statfs(2) reports them. For others (FUSE, network file systems) it may not
 * be.
 */
// deno-fmt-ignore
const SYNCFS_SAFE = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630,
]);

/**
 * Makes sure that files are on disk.
 *
 * @throws {Error} If one does not exist, or can't be written.
 */
export async function syncFiles(paths: readonly string[]): Promise<void> {
  const folders = new Set(paths.map((path) => dirname(path)));
  if (paths.length < SYNCFS_FROM || !await syncSystem([...folders])) await syncEach(paths);
}

/**
 * Makes sure that the names in folders are on disk.
 *
 * @param count How many names changed.
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
 * Writes everything pending in the file system of some folders, with GNU's `sync`.
 *
 * @returns Whether that succeeded. If not, the caller syncs files one by one.
 */
async function syncSystem(folders: readonly string[]): Promise<boolean> {
  canSyncfs ??= mayRunSync();
  if (!canSyncfs) return false;
  const [first] = folders;
  if (new Set(folders.map((folder) => Deno.statSync(folder).dev)).size !== 1) return false;
  try {
    // Loaded only when needed, because loading takes longer than the call.
    const { statfsSync } = process.getBuiltinModule("node:fs");
    if (!SYNCFS_SAFE.has(statfsSync(first!).type)) return false;
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    // Without the dynamic loader's variables, which clusters set: Deno needs permission for them.
    const command = new Deno.Command("sync", { args: ["-f", first!], clearEnv: true, ...quiet });
    return canSyncfs = (await command.output()).success;
  } catch {
    return canSyncfs = false;
  }
}

/** Whether syncfs reports write errors (Linux 5.8 or later), and `sync` may be run. */
function mayRunSync(): boolean {
  const isGranted = (descriptor: Deno.PermissionDescriptor) =>
    Deno.permissions.querySync(descriptor).state === "granted";
  const mayAsk = Deno.build.os === "linux" && isGranted({ name: "run", command: "sync" }) &&
    isGranted({ name: "sys", kind: "osRelease" });
  if (!mayAsk) return false;
  const [major = 0, minor = 0] = Deno.osRelease().split(".").map(Number);
  return major > 5 || major === 5 && minor >= 8;
}
