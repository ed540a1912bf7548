/**
 * Why a row is rejected, and what is kept of it.
 *
 * @module
 */

/** What a field says, or why its row is rejected. */
export type Parsed<T> = { value: T } | { reason: string };

/** A rejected row, with its columns as text. */
export interface RejectedRow {
  /** Why it was rejected. */
  reason: string;
  /** The timestamp. */
  timestamp: string | null;
  /** The payload type. */
  payload_type: string | null;
  /** The value. */
  value: string | null;
  /** The tags, as JSON. */
  tags: string | null;
  /** The number of its line in a text file, counted from 1. */
  line?: number;
  /** The line itself, if it is not a record. */
  text?: string;
}

/** A rejected row with its file. */
export interface Rejected extends RejectedRow {
  /** The input file's name. */
  file: string;
}

/** The reasons why a row is malformed. */
export const REJECTED = {
  timestamp: "a row without a timestamp",
  unreadable: "a timestamp that can't be read",
  range: "a timestamp before 2000 or after 2100",
  payload: "a row without a payload_type",
  value: "a row without a value",
  nested: "a value that is neither text nor a number",
  tags: "a row without tags",
  malformed: "tags that are malformed",
  tooFew: "a line with too few fields",
  tooMany: "a line with too many fields",
  openQuote: "a line with an open quote",
  afterQuote: "a line with text after a closing quote",
  tooLong: "a line longer than 1 MB",
  encoding: "a line that is not UTF-8",
  json: "a line that is not a JSON object",
  array: "a JSON array, where each line must be an object",
} as const;
