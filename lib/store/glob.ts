/**
 * Finds the matches of a pattern, and reports the folders that could not be searched. If they were
 * skipped silently, their files would seem to be gone.
 *
 * @module
 */
import { join, matchesGlob } from "node:path";

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

/** Receives the results of a search; names are relative to the pattern's root. */
export interface GlobVisitor {
  /** Called for each match that is not a folder. */
  onFile(path: string, name: string): void;
  /** Called for each folder that can't be searched. */
  onFailure(path: string, name: string, error: unknown): void;
}

/**
 * Visits all matches of a pattern: `*`, `?` and `[...]` within a name, `**` for any folders,
 * `{a,b}` for alternatives. Names that begin with `.` or `_` are skipped.
 */
export function walkGlob(pattern: string, visitor: GlobVisitor): void {
  for (const one of expandSlashes(pattern)) {
    const root = globRoot(one);
    const parts = one.split("/").filter((part) => part !== "" && part !== ".");
    const rest = parts.slice(parts.findIndex(isGlob));
    // The root of an alternative may be below that of the pattern.
    const below = root.slice(globRoot(pattern).length).split("/").filter(Boolean);
    visitParts(root, below.map((part) => `${part}/`).join(""), rest, visitor, new Set());
  }
}

/** Expands alternatives that contain slashes into separate patterns. */
function expandSlashes(pattern: string): string[] {
  const [group, options] = /\{([^{}]*\/[^{}]*)\}/.exec(pattern) ?? [];
  if (group === undefined) return [pattern];
  return options!.split(",").flatMap((option) => expandSlashes(pattern.replace(group, option)));
}

function visitParts(
  folder: string,
  prefix: string,
  parts: readonly string[],
  visitor: GlobVisitor,
  above: ReadonlySet<string>,
): void {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  let entries: string[];
  let path = above;
  try {
    if (part === "**") {
      const real = Deno.realPathSync(folder);
      if (above.has(real)) return; // a link that leads back
      path = new Set(above).add(real);
    }
    entries = isGlob(part) ? [...Deno.readDirSync(folder)].map(({ name }) => name) : [part];
  } catch (error) {
    return visitor.onFailure(folder, prefix.slice(0, -1), error);
  }
  if (part === "**") visitParts(folder, prefix, rest, visitor, above);
  for (const name of entries) {
    if (/^[._]/.test(name)) continue;
    if (part !== "**" && isGlob(part) && !matchesGlob(name, part)) continue;
    const [full, fullName] = [join(folder, name), prefix + name];
    try {
      const info = Deno.statSync(full);
      const isLast = rest.length === 0;
      if (info.isDirectory) {
        visitParts(full, `${fullName}/`, part === "**" ? parts : rest, visitor, path);
      } else if (isLast) visitor.onFile(full, fullName);
    } catch (error) {
      const isMissing = !isGlob(part) && error instanceof Deno.errors.NotFound;
      if (!isMissing) visitor.onFailure(full, fullName, error);
    }
  }
}
