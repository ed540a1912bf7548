/**
 * Modules whose folders differ only in case, such as `1_a` and `1_A`, on a file system that ignores
 * case. The second one is not written, because it would overwrite the first.
 *
 * @module
 */
import { join } from "node:path";
import { type DayRecord, STATE_FOLDER } from "../store/mod.ts";
import { folderOf } from "../telemetry/mod.ts";
import type { Problems } from "./problems.ts";
import type { DayAnswer } from "./messages.ts";

/** Whether the file system of the output folder ignores case in names. */
export function ignoresCase(output: string): boolean {
  try {
    const [own, other] = [STATE_FOLDER, STATE_FOLDER.toUpperCase()]
      .map((name) => Deno.lstatSync(join(output, name)));
    return own!.ino === other!.ino && own!.dev === other!.dev;
  } catch {
    return false;
  }
}

/** The module folders of hour files, by their names in lower case. */
export function foldersOf(files: Iterable<string>): Map<string, string> {
  const folders = new Map<string, string>();
  for (const name of files) folders.getOrInsert(folderIn(name).toLowerCase(), folderIn(name));
  return folders;
}

/**
 * Adds the folders of a day's modules to those of other days.
 *
 * @param folders See {@linkcode foldersOf}.
 * @returns Those that differ only in case from another module's; each is added to the problems.
 */
export function claimFolders(
  folders: Map<string, string>,
  modules: DayRecord["modules"],
  problems: Problems,
): Set<string> {
  const collisions = new Set<string>();
  for (const [phase, module] of modules) {
    const name = folderOf(phase, module);
    const owner = folders.getOrInsert(name.toLowerCase(), name);
    if (owner === name) continue;
    const reason = `differs from ${owner} only in case, which this file system ignores`;
    problems.add(name, `is not written: it ${reason}; choose an --output on another`);
    collisions.add(name);
  }
  return collisions;
}

/** Removes the hour files of some modules from an answer, before it is committed. */
export function withoutModules(
  { result, staged, ...rest }: DayAnswer,
  output: string,
  folders: ReadonlySet<string>,
): DayAnswer {
  const isKept = result.files.map((name) => !folders.has(folderIn(name)));
  const kept = <T>(list: readonly T[]) => list.filter((_, i) => isKept[i]);
  const dropped = new Set(
    result.files.filter((_, i) => !isKept[i]).map((name) => join(output, name)),
  );
  return {
    ...rest,
    result: { ...result, files: kept(result.files), sizes: kept(result.sizes) },
    staged: staged.filter(({ path }) => !dropped.has(path)),
  };
}

/** The module folder of an hour file. */
function folderIn(name: string): string {
  return name.slice(0, name.indexOf("/"));
}
