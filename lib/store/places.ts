/**
 * Keeps input and output apart.
 *
 * @module
 */
import { basename, dirname, join, resolve, sep } from "node:path";
import { globRoot, statOrNull } from "./glob.ts";
import { UsageError } from "../errors.ts";

/** A folder or file itself, or the folder that contains all matches of a glob. */
function rootOf(input: string): string {
  return statOrNull(input) === null ? globRoot(input) : input;
}

/** Where a run reads and writes. */
export interface Places {
  /** Folders, files and globs that are read. */
  input: readonly string[];
  /** The folder that is written. */
  output: string;
}

/**
 * Checks that the output is a folder, and neither contains an input nor is inside one.
 *
 * @throws {UsageError} If it is not a folder, or overlaps an input.
 */
export function checkOutput({ input, output }: Places): void {
  const info = statOrNull(output);
  if (info !== null && !info.isDirectory) {
    throw new UsageError(`--output ${output} is not a folder`);
  }
  const to = realPath(output);
  const within = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
  for (const path of input) {
    const from = realPath(rootOf(path));
    if (within(from, to) || within(to, from)) {
      throw new UsageError(
        `--output ${output} is, holds or lies in --input ${path}: give a folder beside it`,
      );
    }
  }
}

/**
 * Whether input or output are below `/dev`, for example in `/dev/shm`: Deno requires all
 * permissions to read or write there.
 */
export function isSpecial({ input, output }: Places): boolean {
  return [...input.map(rootOf), output].some((path) => /^\/dev\//.test(realPath(path)));
}

/** The real path of something that may not exist: resolves its nearest existing folder. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return Deno.realPathSync(full);
  } catch {
    return full === dirname(full) ? full : join(realPath(dirname(full)), basename(full));
  }
}
