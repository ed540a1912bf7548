/**
 * Finds the records of a JSON lines file, and the values of the four columns in each. Values are
 * kept as they are written: `JSON.parse` would round numbers and reorder tags.
 *
 * @module
 */
import { COLUMN_NAMES } from "./layout.ts";
import { type Parsed, REJECTED } from "./malformed.ts";
import type { TextFormat } from "./text_format.ts";

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN, CLOSE, OPEN_ARRAY, CLOSE_ARRAY] = [123, 125, 91, 93];
const NEWLINE = 10;
const NAMES = COLUMN_NAMES.map((name) => new TextEncoder().encode(`"${name}"`));

/** Why a row is rejected if its field of a column is a list or an object, by column. */
const NESTED = [REJECTED.unreadable, REJECTED.payload, REJECTED.nested];

/** Creates the format of JSON lines, for one file. */
export function jsonRecords(): TextFormat {
  const spans = new Int32Array(COLUMN_NAMES.length * 2);
  let isArray: boolean | null = null; // known from the first line
  return {
    spans,
    lines: 1,
    next(bytes, from, end) {
      const newline = bytes.subarray(from, end).indexOf(NEWLINE);
      const stop = newline < 0 ? end : from + newline;
      isArray ??= bytes[skipSpace(bytes, from, stop)] === OPEN_ARRAY;
      if (findMembers(bytes, from, stop, spans)) return Math.min(stop + 1, end);
      return isArray ? REJECTED.array : REJECTED.json;
    },
    fieldOf,
  };
}

/** Returns the next position that is not white space. */
function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++;
  return at;
}

/** Returns the position after the closing quote of a string, or -1 if it has none. */
function skipString(bytes: Uint8Array, at: number, end: number): number {
  for (at++; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** Returns the position after a value, or -1 if it does not end. */
function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = skipString(bytes, at, end);
      if (at < 0 || depth === 0) return at;
    } else if (byte === OPEN || byte === OPEN_ARRAY) {
      depth++;
      at++;
    } else if (byte === CLOSE || byte === CLOSE_ARRAY) {
      if (depth === 0) return at;
      at++;
      if (--depth === 0) return at;
    } else if (depth === 0 && (byte === COMMA || byte <= 32)) return at;
    else at++;
  }
  return -1;
}

/** Stores the spans of the members that are columns. Returns false if the line is not an object. */
function findMembers(bytes: Uint8Array, from: number, end: number, spans: Int32Array): boolean {
  spans.fill(0);
  let at = skipSpace(bytes, from, end);
  if (bytes[at] !== OPEN || at >= end) return false;
  at = skipSpace(bytes, at + 1, end);
  if (bytes[at] === CLOSE) return skipSpace(bytes, at + 1, end) === end;
  for (;;) {
    if (at >= end || bytes[at] !== QUOTE) return false;
    const name = at;
    at = skipString(bytes, at, end);
    if (at < 0) return false;
    const column = columnOf(bytes, name, at);
    at = skipSpace(bytes, at, end);
    if (at >= end || bytes[at] !== COLON) return false;
    const start = skipSpace(bytes, at + 1, end);
    at = skipValue(bytes, start, end);
    if (at <= start) return false;
    if (column >= 0) {
      spans[column * 2] = start;
      spans[column * 2 + 1] = at;
    } else if (!isJson(lossy.decode(bytes.subarray(start, at)))) return false;
    at = skipSpace(bytes, at, end);
    if (at >= end) return false;
    if (bytes[at] === CLOSE) return skipSpace(bytes, at + 1, end) === end;
    if (bytes[at] !== COMMA) return false;
    at = skipSpace(bytes, at + 1, end);
  }
}

const lossy = new TextDecoder();

/** Whether a value is JSON, or NaN or Infinity, which Python and others write. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/-?(?:NaN|Infinity)/g, "0"));
    return true;
  } catch {
    return false;
  }
}

/** The index of the column with a quoted name, or -1. */
function columnOf(bytes: Uint8Array, from: number, end: number): number {
  return NAMES.findIndex((name) => {
    if (name.length !== end - from) return false;
    let i = 0;
    while (i < name.length && name[i] === bytes[from + i]) i++;
    return i === name.length;
  });
}

/** Converts a value to a field: a number as it is written, a string without quotes. */
function fieldOf(json: string, column: number): Parsed<string> | null {
  if (json === "" || json === "null") return null;
  // Python and others write these, though JSON does not have them.
  if (COLUMN_NAMES[column] === "value" && /^(NaN|-?Infinity)$/.test(json)) return { value: json };
  const isNested = json.startsWith("{") || json.startsWith("[");
  if (isNested) {
    return COLUMN_NAMES[column] === "tags" ? { value: json } : { reason: NESTED[column]! };
  }
  try {
    const value: unknown = JSON.parse(json);
    const text = typeof value === "string" ? value : json;
    return text.isWellFormed() ? { value: text } : { reason: REJECTED.encoding };
  } catch {
    return { reason: REJECTED.json };
  }
}
