/**
 * Checks Deno permissions that would otherwise be missed only in the middle of a run.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/**
 * Requests the permission to start worker processes.
 *
 * @throws {UsageError} If it is denied, or Deno can't ask for it; the message names the flag.
 */
export function checkPermissions(): void {
  const command = Deno.execPath();
  if (Deno.permissions.requestSync({ name: "run", command }).state === "granted") return;
  throw new UsageError(
    `Cannot start worker processes: give --allow-run, or --allow-run="${command}",sync`,
  );
}
