/**
 * Finds the records of a CSV file (RFC 4180), whose separator need not be a comma, and whose quoted
 * fields may have blanks around them.
 *
 * CSV parsers, DuckDB's among them, let a field with an unclosed quote run on to the next quote,
 * however far away. Here, only the line with that quote is lost.
 *
 * @module
 */
import { checkColumns } from "../parquet/mod.ts";
import { COLUMN_NAMES } from "./layout.ts";
import { REJECTED } from "./malformed.ts";
import type { TextFormat } from "./text_format.ts";

const QUOTE = 34, NEWLINE = 10, RETURN = 13, BLANK = 32;
/** The separators that are recognised. */
const SEPARATORS = [",", ";", "\t", "|"];

/**
 * Creates the format of a CSV file. Its separator is the one by which the header has most columns.
 *
 * @param header The header line.
 * @throws {Error} If the header lacks a column, or has one twice.
 */
export function csvRecords(header: string): TextFormat {
  const candidates = SEPARATORS.map((separator) => ({
    separator,
    names: splitHeader(header, separator),
  }));
  const known = (names: readonly string[]) =>
    COLUMN_NAMES.filter((name) => names.includes(name)).length;
  const { separator, names } = candidates.reduce((best, other) =>
    known(other.names) > known(best.names) ? other : best
  );
  checkColumns(names, COLUMN_NAMES);
  const columns = Int8Array.from(
    names,
    (name) => (COLUMN_NAMES as readonly string[]).indexOf(name),
  );
  return new CsvRecords(separator.charCodeAt(0), columns);
}

/** Splits a header line into names, without quotes. */
function splitHeader(line: string, separator: string): string[] {
  const field = new RegExp(
    `[${separator}]( *"(?:[^"]|"")*" *(?=$|[${separator}])|[^${separator}]*)`,
    "g",
  );
  const fields = [...(separator + line).matchAll(field)];
  return fields.map(([, field = ""]) => unquote(field.trim()).trim());
}

function unquote(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}

/** Finds records with a field for each of `columns`: the index of a column, or -1. */
class CsvRecords implements TextFormat {
  readonly spans = new Int32Array(COLUMN_NAMES.length * 2);
  lines = 1;
  constructor(private readonly separator: number, private readonly columns: Int8Array) {}

  next(bytes: Uint8Array, from: number, end: number): number | string {
    const { separator, columns, spans } = this;
    this.lines = 1;
    for (let field = 0, at = from;; field++, at++) {
      const quote = endOfBlanks(bytes, at, end);
      // After blanks, which are part of a plain field, only a quote that closes opens a field.
      const isQuoted = quote < end && bytes[quote] === QUOTE &&
        (quote === at || closesOnLine(bytes, quote, end, separator));
      if (isQuoted) at = quote;
      const start = at;
      at = isQuoted ? this.#endOfQuoted(bytes, at, end) : endOfPlain(bytes, at, end, separator);
      if (at < 0) return REJECTED.openQuote;
      let stop = at;
      if (isQuoted) {
        at = endOfBlanks(bytes, at, end);
        // The line may end in a carriage return and a newline.
        if (at < end && bytes[at] === RETURN && (at + 1 >= end || bytes[at + 1] === NEWLINE)) at++;
        const isClosed = at >= end || bytes[at] === NEWLINE || bytes[at] === separator;
        // A quote in a later line probably opens a field there.
        if (!isClosed) return this.lines > 1 ? REJECTED.openQuote : REJECTED.afterQuote;
      }
      const isLast = at >= end || bytes[at] === NEWLINE;
      if (!isQuoted && isLast && stop > start && bytes[stop - 1] === RETURN) stop--;
      if (field >= columns.length) return REJECTED.tooMany;
      const column = columns[field]!;
      if (column >= 0) {
        spans[column * 2] = start;
        spans[column * 2 + 1] = stop;
      }
      if (isLast) return field + 1 < columns.length ? REJECTED.tooFew : Math.min(at + 1, end);
    }
  }

  /** Returns the position after the closing quote of the field at `at`, or -1 if it has none. */
  #endOfQuoted(bytes: Uint8Array, at: number, end: number): number {
    for (at++; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > QUOTE) continue; // as most are
      if (byte === NEWLINE) this.lines++;
      // Two quotes stand for one.
      else if (byte === QUOTE && (++at >= end || bytes[at] !== QUOTE)) return at;
    }
    return -1;
  }

  fieldOf(span: string): { value: string } | null {
    return span === "" ? null : { value: unquote(span) };
  }
}

/** Returns the position of the next byte that is not a blank. */
function endOfBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === BLANK) at++;
  return at;
}

/** Whether the field whose quote is at `at` ends on the same line. */
function closesOnLine(bytes: Uint8Array, at: number, end: number, separator: number): boolean {
  let isOpen = true;
  for (at++; at < end && bytes[at] !== NEWLINE; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) isOpen = !isOpen;
    else if (!isOpen && byte === separator) return true;
    else if (!isOpen && byte !== BLANK && byte !== RETURN) return false;
  }
  return !isOpen;
}

/** Returns the position after a field without quotes. */
function endOfPlain(bytes: Uint8Array, at: number, end: number, separator: number): number {
  while (at < end && bytes[at] !== separator && bytes[at] !== NEWLINE) at++;
  return at;
}
