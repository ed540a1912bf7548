/**
 * Finds the records of a CSV file (RFC 4180). A record that does not parse strictly is reported by
 * its first line, and reading continues with the next line.
 *
 * @module
 */

import { REJECTED } from "./malformed.ts";
import { COLUMN_NAMES, MORE, type RecordFormat } from "./text_format.ts";

const QUOTE = 34, NEWLINE = 10, RETURN = 13;
const MAX_LISTED_COLUMNS = 10;
/** The separators of fields that are recognised. */
const SEPARATORS = [",", ";", "\t", "|"];

/**
 * Creates the format of a CSV file; the separator is the one that finds the most columns.
 *
 * @param header The header line.
 * @throws {Error} If the header lacks a column, or has one twice.
 */
export function csvRecords(header: string): RecordFormat {
  const candidates = SEPARATORS.map((separator) => ({
    separator,
    names: splitLine(header, separator),
  }));
  const known = (names: readonly string[]) =>
    COLUMN_NAMES.filter((name) => names.includes(name)).length;
  const { separator, names } = candidates.reduce((best, other) =>
    known(other.names) > known(best.names) ? other : best
  );
  const missing = COLUMN_NAMES.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const found = names.slice(0, MAX_LISTED_COLUMNS).join("', '");
    throw new Error(`has no column '${missing.join("', '")}'; it has '${found}'`);
  }
  const twice = COLUMN_NAMES.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw new Error(`has more than one column '${twice}'`);
  const slots = Int8Array.from(names, (name) => (COLUMN_NAMES as readonly string[]).indexOf(name));
  return new CsvRecords(separator.charCodeAt(0), slots);
}

/** Splits a header line into names, without quotes. */
function splitLine(line: string, separator: string): string[] {
  const field = new RegExp(
    `[${separator}]( *"(?:[^"]|"")*" *(?=$|[${separator}])|[^${separator}]*)`,
    "g",
  );
  const fields = [...(separator + line).matchAll(field)];
  return fields.map(([, field = ""]) => (unquote(field.trim()) ?? "").trim());
}

/** The text of a field; null if it is empty and not quoted. */
function unquote(field: string): string | null {
  if (field === "") return null;
  if (!field.startsWith('"')) return field;
  return field.slice(1, -1).replaceAll('""', '"');
}

/** Finds records with fields for `slots`, each the index of a column or -1. */
class CsvRecords implements RecordFormat {
  spans = new Int32Array(COLUMN_NAMES.length * 2);
  lines = 1;
  constructor(private readonly separator: number, private readonly slots: Int8Array) {}

  next(bytes: Uint8Array, from: number, end: number, isLast: boolean): number | string {
    const { separator, slots, spans } = this;
    const count = slots.length;
    this.lines = 1;
    let at = from;
    for (let field = 0;; field++) {
      const start = at;
      if (at < end && bytes[at] === QUOTE) {
        for (at++;; at++) {
          for (let sign = bytes[at]; at < end && sign !== QUOTE; sign = bytes[++at]) {
            if (sign === NEWLINE) this.lines++;
          }
          if (at + 1 >= end && !isLast) return MORE;
          if (at >= end) return REJECTED.openQuote;
          if (bytes[++at] !== QUOTE || at >= end) break; // two quotes stand for one
        }
      } else {
        for (let sign = bytes[at]; at < end && sign !== separator && sign !== NEWLINE;) {
          sign = bytes[++at];
        }
      }
      if (at >= end && !isLast) return MORE;
      let stop = at;
      const isEnd = at >= end || bytes[at] === NEWLINE;
      const isQuoted = stop > start && bytes[start] === QUOTE;
      if (isQuoted) {
        const isReturn = bytes[at] === RETURN && at < end;
        if (isReturn && at + 1 >= end && !isLast) return MORE;
        if (isReturn && (at + 1 >= end || bytes[at + 1] === NEWLINE)) at++;
        else if (!isEnd && bytes[at] !== separator) return REJECTED.openQuote;
      } else if (isEnd && stop > start && bytes[stop - 1] === RETURN) stop--;
      if (field >= count) return REJECTED.tooMany;
      const slot = slots[field]!;
      if (slot >= 0) {
        spans[slot * 2] = start;
        spans[slot * 2 + 1] = stop;
      }
      if (at >= end || bytes[at] === NEWLINE) {
        return field + 1 < count ? REJECTED.tooFew : Math.min(at + 1, end);
      }
      at++;
    }
  }

  fieldOf(text: string): string | null {
    return unquote(text);
  }
}
