/**
 * Error types, which errors are worth retrying, and what an error says in words.
 *
 * @module
 */

/** Thrown for a wrong call; the message names the flag, what was given and what is allowed. */
export class UsageError extends Error {
  /** Its name. */
  override name = "UsageError";
}

/** Thrown for what another run may be able to do although no input changes. */
export class RetryableError extends Error {
  /** Its name. */
  override name = "RetryableError";
}

/** Thrown for a file that is sound but of a shape that the fast reader leaves to the general one. */
export class NeedsImport extends Error {
  /** The name that tells it from a broken file. */
  override name = "NeedsImport";
}

/** Whether an error is about the system (permissions, space, processes), not a file's content. */
export function isRetryable(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return error instanceof RetryableError || /^E[A-Z]+$/.test(String(code)) ||
    /\(os error \d+\)/.test(String(message));
}

/** What is wrong with a file that was to be read, in words. */
export function describeError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "is gone, or a link to nowhere";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read: permission denied";
  return error instanceof Error ? error.message : String(error);
}
