/**
 * The state folder, `_etl/` in the output folder, where the tool keeps its records.
 *
 * @module
 */
import { join } from "node:path";
import { dayName, parseDay } from "../telemetry/mod.ts";
import { listFolder } from "./files.ts";

/** The state folder, relative to the output folder. */
export const STATE_FOLDER = "_etl";

/** The folder of the report's pages, relative to the output folder. */
export const REPORT_FOLDER: string = `${STATE_FOLDER}/report`;

/** A part of the days, for runs that share an output folder. */
export interface Shard {
  /** Which part, from 1 to `count`. */
  index: number;
  /** How many parts there are. */
  count: number;
  /** The environment variable that selects it; absent if `--shard` does. */
  from?: string;
}

/** The state folder of a run, relative to the output folder; that of a shard is inside `_etl/`. */
export function stateFolderOf(shard: Shard | null): string {
  return shard === null ? STATE_FOLDER : `${STATE_FOLDER}/shards/${shard.index}-of-${shard.count}`;
}

/** Where a run writes files before they are committed: see `stageFile`. */
export function stagingFolder(stateFolder: string): string {
  return join(stateFolder, "staged");
}

/** A day's record, intent or rejected readings, relative to the output folder. */
export function stateFile(part: "days" | "intents" | "rejected", day: number): string {
  return `${STATE_FOLDER}/${part}/${dayName(day)}.${part === "rejected" ? "jsonl" : "json"}`;
}

/** The paths of all records or intents, by the start of their day. */
export function listStateFiles(output: string, part: "days" | "intents"): Map<number, string> {
  const folder = join(output, STATE_FOLDER, part);
  const found = new Map<number, string>();
  for (const { name } of listFolder(folder)) {
    const day = name.endsWith(".json") ? parseDay(name.slice(0, -5)) : null;
    if (day !== null) found.set(day, join(folder, name));
  }
  return found;
}

/** The state folders of shards, relative to the output folder. */
export function shardFolders(output: string): string[] {
  const shards = `${STATE_FOLDER}/shards`;
  return listFolder(join(output, shards)).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `${shards}/${name}`);
}

/**
 * Refuses links in the state folder, because they could lead to files of others.
 *
 * @throws {Error} If there is a link; the message has its path.
 */
export function refuseLinks(output: string): void {
  const folders = [STATE_FOLDER, `${STATE_FOLDER}/shards`, ...shardFolders(output)];
  for (const folder of folders) {
    const link = listFolder(join(output, folder)).find(({ isSymlink }) => isSymlink);
    if (link === undefined) continue;
    throw new Error(`${join(output, folder, link.name)} is a link: move it out of the way`);
  }
}
