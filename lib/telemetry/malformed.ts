/**
 * Why a row is rejected, and what is kept of it.
 *
 * @module
 */

/** Counts by reason. */
export type Counts = Record<string, number>;

/** A row that is no reading, or a reading that was refused, as text. */
export interface RejectedRow {
  /** Why. */
  reason: string;
  /** The timestamp. */
  timestamp: string | null;
  /** The payload type. */
  payload_type: string | null;
  /** The value. */
  value: string | null;
  /** The tags, as JSON. */
  tags: string | null;
}

/** The same, with its file. */
export interface Rejected extends RejectedRow {
  /** The input file's name. */
  file: string;
}

/** Why a row is no reading. */
export const NO_READING = {
  timestamp: "a row without a timestamp",
  range: "a timestamp before 2000 or after 2100",
  payload: "a row without a payload_type",
  value: "a row without a value",
  tags: "a row without tags",
  malformed: "tags that are malformed",
} as const;
