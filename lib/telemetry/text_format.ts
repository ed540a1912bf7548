/**
 * What the text formats have in common: the columns, and the interface that finds the records of a
 * file.
 *
 * @module
 */

import { COLUMNS } from "./layout.ts";

/** The names of the columns that are read. */
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

/** What {@linkcode RecordFormat.next} returns if a record continues after the bytes read so far. */
export const MORE: -1 = -1;

/** A field: its text, null if it is missing, or why its row is rejected. */
export type Field = string | null | { reason: string };

/** Finds the records of a text file. */
export interface RecordFormat {
  /** Start and end of each column's field in the last record; equal if it has none. */
  spans: Int32Array;
  /** How many lines the last record has. */
  lines: number;
  /**
   * Finds the record at `from`; returns where the next one begins, {@linkcode MORE}, or why the line
   * is not a record.
   */
  next(bytes: Uint8Array, from: number, end: number, isLast: boolean): number | string;
  /** Converts the raw text of a column, given by its index, to a field; empty if there is none. */
  fieldOf(text: string, column: number): Field;
}
