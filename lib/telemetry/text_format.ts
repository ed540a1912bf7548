/**
 * What the text formats have in common: which columns are read, and how a format finds the records
 * of a file.
 *
 * @module
 */

import { COLUMNS } from "./layout.ts";

/** The names of the columns that are read. */
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

/** What {@linkcode RecordFormat.next} gives where no record ends. */
export const BROKEN = {
  /** The record goes on after the bytes at hand. */
  more: -1,
  tooFew: -2,
  tooMany: -3,
  openQuote: -4,
  notJson: -5,
  notUtf8: -6,
} as const;

/** What a field says: its text, null if it is missing, or why its row is rejected. */
export type Field = string | null | { reason: string };

/** Finds the records of a text file. */
export interface RecordFormat {
  /** Start and end of each column's field in the last record; a start of -1 if it has none. */
  spans: Int32Array;
  /** How many lines the last record has. */
  lines: number;
  /** Finds the record at `from`: gives where the next begins, or a number of {@linkcode BROKEN}. */
  next(bytes: Uint8Array, from: number, end: number, isLast: boolean): number;
  /** What a field of a column, given by its index, says. */
  fieldOf(text: string, column: number): Field;
}
