/**
 * Error types, which errors are worth retrying, and descriptions of errors.
 *
 * @module
 */

/** Thrown for a wrong call; the message names the flag, what was given and what is allowed. */
export class UsageError extends Error {
  /** Its name. */
  override name = "UsageError";
}

/** Thrown if another run may succeed although no input changes. */
export class RetryableError extends Error {
  /** Its name. */
  override name = "RetryableError";
}

/**
 * Thrown for a file that is not in the exporter's dialect, with a short reason. It may be valid,
 * but has to be imported first.
 */
export class NeedsImport extends Error {
  /** Its name. */
  override name = "NeedsImport";
}

/** Thrown when a run ends early: everything that it does stops. */
export class RunEnded extends Error {}

/** Whether an error is about the system (permissions, space, processes), not a file's content. */
export function isRetryable(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return error instanceof RetryableError || /^E[A-Z]+$/.test(String(code)) ||
    /\(os error \d+\)/.test(String(message));
}

/**
 * Describes why a file can't be read.
 *
 * @param path Its path; the description has its mode if that is the reason.
 */
export function describeError(error: unknown, path?: string): string {
  if (error instanceof Deno.errors.NotFound) return "is gone, or a link to nowhere";
  if (error instanceof Deno.errors.PermissionDenied) {
    return `may not be read: permission denied${path === undefined ? "" : describeMode(path)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The mode and owner of a file or folder without permission, if they are known. */
function describeMode(path: string): string {
  try {
    const { mode, uid } = Deno.statSync(path);
    if (mode === null) return "";
    return ` (its mode is ${(mode & 0o7777).toString(8).padStart(3, "0")}, its owner ${uid})`;
  } catch {
    return "";
  }
}

/** Thrown for a path that can't be written, whatever the input. */
export class WriteError extends RetryableError {
  /** Its name. */
  override name = "WriteError";
  /** The path. */
  readonly path: string;
  /** Why. */
  readonly reason: string;

  /**
   * Says what could not be written, and why.
   *
   * @param reason The system's error, or its text.
   * @param verb What could not be done instead.
   */
  constructor(path: string, reason: unknown, verb: string = "write") {
    const text = reason instanceof Error ? reason.message : String(reason);
    const mode = reason instanceof Deno.errors.PermissionDenied ? describeMode(parentOf(path)) : "";
    // Deno's message repeats the operation and the paths.
    const why = text.replace(/( \(os error \d+\)): \w+ .*$/s, "$1") + mode;
    super(`cannot ${verb} ${path}: ${why}`);
    this.path = path;
    this.reason = why;
  }
}

/** The folder in which a name is made, or can't be. */
function parentOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, "") || "/";
}
