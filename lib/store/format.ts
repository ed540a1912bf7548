/**
 * The format of all records.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/** The format that this version writes. Records of a later format are not touched. */
export const FORMAT = 7;

/**
 * Checks that a record was not written by a newer version.
 *
 * @throws {UsageError} If it was.
 */
export function checkFormat(path: string, record: { format?: unknown; version?: unknown }): void {
  if (Number(record?.format) > FORMAT) {
    throw new UsageError(
      `--output: ${path} is of the newer version ${record.version}: use that, or another folder`,
    );
  }
}
