/**
 * Permissions of Deno that would be missed only in the middle of a run.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/**
 * Asks for the right to start worker processes; where Deno can't ask, it has to be given.
 *
 * @throws {UsageError} If the process may not; the message has the flag to give.
 */
export function checkPermissions(): void {
  const command = Deno.execPath();
  if (Deno.permissions.requestSync({ name: "run", command }).state === "granted") return;
  throw new UsageError(
    `Cannot start worker processes: give --allow-run, or --allow-run="${command}",sync`,
  );
}
