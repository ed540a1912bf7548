/**
 * What the text formats have in common: how the records of a file are found, and their fields.
 *
 * @module
 */
import type { Parsed } from "./malformed.ts";

/** A format of text files. */
export interface TextFormat {
  /** Start and end of each column's field in the last record; equal if it has none. */
  readonly spans: Int32Array;
  /** How many lines the last record has. */
  readonly lines: number;
  /**
   * Finds the record at `from`; returns where the next one begins, or why the line is not a record.
   *
   * @param end Where the file ends, or where a record that is not too long has ended.
   */
  next(bytes: Uint8Array, from: number, end: number): number | string;
  /**
   * Converts the text of a span to the field's value; returns null if the record has no such field.
   *
   * @param column The index of the field's column.
   */
  fieldOf(span: string, column: number): Parsed<string> | null;
}
