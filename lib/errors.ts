/**
 * What is wrong with a call or a file, and whether it may be otherwise in a minute.
 *
 * @module
 */

/** Thrown for a wrong call; the message names the flag, what was given and what is allowed. */
export class UsageError extends Error {
  /** Its name. */
  override name = "UsageError";
}

/** Thrown for what may be otherwise in a minute. */
export class TemporaryError extends Error {
  /** Its name. */
  override name = "TemporaryError";
}

/** Thrown for a file that is sound but of a shape that the fast reader leaves to the general one. */
export class NeedsImport extends Error {
  /** The name that tells it from a broken file. */
  override name = "NeedsImport";
}

/** Whether an error says something of the system, not of a file's content. */
export function isTemporary(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return error instanceof TemporaryError || /^E[A-Z]+$/.test(String(code)) ||
    /\(os error \d+\)/.test(String(message));
}

/** What is wrong with a file, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "is gone, or a link to nowhere";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read: permission denied";
  return error instanceof Error ? error.message : String(error);
}
