/**
 * `_etl/`, the folder of what the tool keeps for itself in the output folder.
 *
 * @module
 */
import { join } from "node:path";
import { listFolder } from "./files.ts";

/** The state folder, relative to the output folder. */
export const STATE_FOLDER = "_etl";

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
export function stateFolderOf(shard: Shard | null): string {
  return shard === null ? STATE_FOLDER : `${STATE_FOLDER}/shards/${shard.index}-of-${shard.count}`;
}

/** Where a run writes files before they are committed: see `stageFile`. */
export function stagingFolder(stateFolder: string): string {
  return join(stateFolder, "staged");
}

/** Whether the file system of the output folder takes names that differ only in case for one. */
export function ignoresCase(output: string): boolean {
  try {
    const [own, other] = [STATE_FOLDER, STATE_FOLDER.toUpperCase()]
      .map((name) => Deno.lstatSync(join(output, name)));
    return own!.ino === other!.ino && own!.dev === other!.dev;
  } catch {
    return false;
  }
}

/** What runs of shards keep for themselves, relative to the output folder. */
export function shardFolders(output: string): string[] {
  const shards = `${STATE_FOLDER}/shards`;
  return listFolder(join(output, shards)).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `${shards}/${name}`);
}

/**
 * Refuses links in the state folder: what is written or removed through one could be anybody's.
 *
 * @throws {Error} If there is one, with its path.
 */
export function refuseLinks(output: string): void {
  const folders = [STATE_FOLDER, `${STATE_FOLDER}/shards`, ...shardFolders(output)];
  for (const folder of folders) {
    const link = listFolder(join(output, folder)).find(({ isSymlink }) => isSymlink);
    if (link === undefined) continue;
    throw new Error(`${join(output, folder, link.name)} is a link: move it out of the way`);
  }
}
