/**
 * Finds files below a folder, and reports the folders that could not be searched. If they were
 * skipped silently, their files would seem to be gone.
 *
 * @module
 */
import { join } from "node:path";

/** Whether a path has any characters that make it a pattern. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** The folder that contains all matches of a pattern. */
export function globRoot(pattern: string): string {
  const parts = pattern.split("/");
  const root = parts.slice(0, parts.findIndex(isGlob)).join("/");
  return root || (pattern.startsWith("/") ? "/" : ".");
}

/** Receives the results of a search; names are relative to the folder that is searched. */
export interface Visitor {
  /** Called for each file, and for each link that leads nowhere. */
  onFile(path: string, name: string): void;
  /** Called for each folder that can't be searched. */
  onFailure(path: string, name: string, error: unknown): void;
}

/** Visits all files in a folder, at any depth. Names that begin with `.` or `_` are skipped. */
export function walkFolder(folder: string, visitor: Visitor): void {
  visitParts(folder, "", ["**", "*"], visitor, new Set());
}

/**
 * Visits all matches of a pattern: `*`, `?` and `[...]` within a name, `**` for any folders,
 * `{a,b}` for alternatives. Names that begin with `.` or `_` are skipped.
 */
export function walkGlob(pattern: string, visitor: Visitor): void {
  const root = globRoot(pattern);
  const partsOf = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".");
  for (const one of expandAlternatives(pattern)) {
    visitParts(root, "", partsOf(one).slice(partsOf(root).length), visitor, new Set());
  }
}

/** Expands alternatives into separate patterns. */
function expandAlternatives(pattern: string): string[] {
  const [group, options] = /\{([^{}]*[,/][^{}]*)\}/.exec(pattern) ?? [];
  if (group === undefined) return [pattern];
  const expand = (option: string) => expandAlternatives(pattern.replace(group, () => option));
  return [...new Set(options!.split(",").flatMap(expand))];
}

/**
 * Makes a matcher for names. Node's own needs permission to read the environment, and picomatch
 * reads `[!a]` as `[a]`.
 */
function matcherOf(pattern: string): RegExp {
  const source = pattern.replace(/\[([!^]?)(\]?[^\]]*)\]|\\?[^]/gu, (token, not, set) => {
    if (set !== undefined) return `[${not && "^"}${set.replace(/[\\\][^]/g, "\\$&")}]`;
    if (token === "*") return ".*";
    return token === "?" ? "." : RegExp.escape(token.at(-1) === token ? token : token.slice(1));
  });
  return new RegExp(`^${source}$`, "su");
}

/** Visits what the parts of a pattern match; `above` has the folders that `**` led through. */
function visitParts(
  folder: string,
  prefix: string,
  parts: readonly string[],
  visitor: Visitor,
  above: ReadonlySet<string>,
): void {
  const [part, ...rest] = parts;
  if (part === undefined) return; // the pattern matches a folder
  const isDeep = part === "**";
  const matcher = isDeep || !isGlob(part) ? /^/ : matcherOf(part);
  let entries: Deno.DirEntry[];
  let path = above;
  try {
    if (isDeep) {
      const real = Deno.realPathSync(folder);
      if (above.has(real)) return; // a link that leads back
      path = new Set(above).add(real);
    }
    entries = isGlob(part) ? [...Deno.readDirSync(folder)] : entriesNamed(folder, part);
  } catch (error) {
    return visitor.onFailure(folder, prefix.slice(0, -1), error);
  }
  if (isDeep) visitParts(folder, prefix, rest, visitor, above);
  for (const entry of entries) {
    const { name } = entry;
    if (/^[._]/.test(name) || (isDeep && entry.isFile)) continue;
    if (!matcher.test(name)) continue;
    const full = join(folder, name);
    const fullName = prefix + name;
    if (isFolder(entry, full)) {
      visitParts(full, `${fullName}/`, isDeep ? parts : rest, visitor, path);
    } else if (rest.length === 0) visitor.onFile(full, fullName);
  }
}

/** The entry of a folder that has this name, if there is one. */
function entriesNamed(folder: string, name: string): Deno.DirEntry[] {
  try {
    return [{ ...Deno.statSync(join(folder, name)), name }];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isFolder({ isDirectory, isSymlink }: Deno.DirEntry, path: string): boolean {
  return isSymlink ? statOrNull(path)?.isDirectory === true : isDirectory;
}

/** What a path leads to; null if that can't be found out. */
export function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch {
    return null;
  }
}
