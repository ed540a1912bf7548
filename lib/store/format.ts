/**
 * The format of all records.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/** A larger one is of a newer version, and not touched. */
export const FORMAT = 4;

/**
 * Refuses what a newer version has written.
 *
 * @throws {UsageError} If that is so.
 */
export function checkFormat(path: string, record: { format?: unknown; version?: unknown }): void {
  if (Number(record?.format) > FORMAT) {
    throw new UsageError(
      `--output: ${path} is of the newer version ${record.version}: use that, or another folder`,
    );
  }
}
