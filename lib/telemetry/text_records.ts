/**
 * Reads text files as segments of rows, in four dictionary-coded columns. A line that is not a
 * record is rejected with its number, and reading continues with the next line.
 *
 * @module
 */
import { TextSet } from "../parquet/mod.ts";
import { csvRecords } from "./csv_records.ts";
import { jsonRecords } from "./json_lines.ts";
import { parseInstant } from "./instants.ts";
import { REJECTED, type RejectedRow } from "./malformed.ts";
import { parseTags } from "./tags_text.ts";
import { type Column, MAX_ROWS, MAX_TEXT, type Meaning, type Segment } from "./segment.ts";
import { unpack } from "./unpack.ts";
import { COLUMN_NAMES, MORE, type RecordFormat } from "./text_format.ts";

/** The longest record in bytes, so that an open quote does not extend to the end of the file. */
const MAX_RECORD = 1 << 20;
/** How many characters of a rejected line are recorded. */
const MAX_KEPT = 10_000;
const NEWLINE = 10, RETURN = 13;

/** Whether the name of a file says that it is read as text. */
export function isText(path: string): boolean {
  return /\.(csv|jsonl|ndjson)(\.gz|\.zst)?$/i.test(path);
}

/**
 * Reads a text file.
 *
 * @param reject Receives each line that is not a record.
 * @throws {Error} If it can't be read or unpacked, or a column is missing.
 */
export async function* readText(
  path: string,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<Segment> {
  const lossy = new TextDecoder();
  let held = new Uint8Array(1 << 21);
  let [at, length, line, isSkipping] = [0, 0, 1, false];
  let records: RecordFormat | null = /\.csv(\.\w+)?$/i.test(path) ? null : jsonRecords();
  let segment = createSegment();
  const rejectLine = (end: number, reason: string) => {
    const text = lossy.decode(held.subarray(at, end)).replace(/\r?\n$/, "");
    const kept = text.length > MAX_KEPT ? `${text.slice(0, MAX_KEPT)}…` : text;
    const none = { timestamp: null, payload_type: null, value: null, tags: null };
    reject({ reason, ...none, line, text: kept });
  };
  /** Adds the records that are complete in the bytes read so far. */
  const take = (isLast: boolean) => {
    for (; at < length;) {
      if (isSkipping || records === null) {
        const newline = held.subarray(at, length).indexOf(NEWLINE);
        if (newline < 0 && !isLast && !isSkipping) {
          if (length - at <= MAX_RECORD) return;
          throw new Error("is not CSV: its first line is longer than 1 MB");
        }
        const end = newline < 0 ? length : at + newline + 1;
        if (!isSkipping) records = csvRecords(headerOf(held.subarray(at, end)));
        at = end;
        if (newline >= 0) line++;
        if (newline >= 0) isSkipping = false;
        continue;
      }
      if (
        held[at] === NEWLINE || held[at] === RETURN && at + 1 < length && held[at + 1] === NEWLINE
      ) {
        at += held[at] === NEWLINE ? 1 : 2;
        line++;
        continue;
      }
      const found = records.next(held, at, length, isLast);
      const isShort = length - at <= MAX_RECORD;
      if (found === MORE && isShort) return;
      if (typeof found === "number" && found >= 0 && found - at <= MAX_RECORD) {
        try {
          addRow(segment, records.spans, held, line);
        } catch {
          rejectLine(found, REJECTED.encoding);
        }
        line += records.lines;
        at = found;
        continue;
      }
      const newline = held.subarray(at, length).indexOf(NEWLINE);
      if (newline < 0 && isShort && !isLast) return;
      // A long record is rejected even if it is whole: chunks of the file must not matter.
      const reason = typeof found === "string" ? found : REJECTED.tooLong;
      rejectLine(newline < 0 ? length : at + newline + 1, reason);
      isSkipping = true; // to the end of this line
    }
  };
  for await (const chunk of unpack(path)) {
    if (length + chunk.length > held.length) {
      const larger = length - at + chunk.length > held.length / 2;
      const into = larger ? new Uint8Array((length - at + chunk.length) * 2) : held;
      into.set(held.subarray(at, length));
      [held, length, at] = [into, length - at, 0];
    }
    held.set(chunk, length);
    length += chunk.length;
    if (line === 1 && at === 0 && length >= 3) at = afterMark(held);
    take(false);
    if (isFull(segment)) {
      yield finish(segment, records!);
      segment = createSegment();
    }
  }
  // Also of nothing but a byte order mark.
  if (line === 1 && at === length && !isSkipping) throw new Error("is empty");
  take(true);
  if (segment.rows > 0) yield finish(segment, records!);
}

/** Where the text begins: after the byte order mark, if there is one. */
function afterMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function headerOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trimEnd();
  } catch {
    throw new Error("is not UTF-8 text: line 1");
  }
}

/** A segment that is being filled. */
interface Filling {
  rows: number;
  lines: Float64Array;
  codes: Int32Array[];
  texts: TextSet[];
}

function createSegment(): Filling {
  const room = 1 << 12;
  const codes = COLUMN_NAMES.map(() => new Int32Array(room));
  return {
    rows: 0,
    lines: new Float64Array(room),
    codes,
    texts: COLUMN_NAMES.map(() => new TextSet()),
  };
}

function isFull({ rows, texts }: Filling): boolean {
  return rows >= MAX_ROWS || texts.reduce((sum, { starts, size }) => sum + starts[size]!, 0) >
      MAX_TEXT;
}

/**
 * Adds a row.
 *
 * @throws {Error} If one of its texts is not UTF-8.
 */
function addRow(segment: Filling, spans: Int32Array, bytes: Uint8Array, line: number): void {
  const row = segment.rows;
  if (row === segment.lines.length) {
    const lines = new Float64Array(row * 2);
    lines.set(segment.lines);
    segment.lines = lines;
    segment.codes = segment.codes.map((codes) => {
      const grown = new Int32Array(row * 2);
      grown.set(codes);
      return grown;
    });
  }
  const { codes, texts } = segment;
  for (let column = 0; column < codes.length; column++) {
    const [start, end] = [spans[column * 2]!, spans[column * 2 + 1]!];
    codes[column]![row] = texts[column]!.intern(bytes, start, end);
  }
  segment.lines[row] = line;
  segment.rows++;
}

/** Interprets the distinct fields. */
function finish({ rows, lines, codes, texts }: Filling, format: RecordFormat): Segment {
  const column = <T>(
    index: number,
    missing: string,
    interpret: (text: string) => Meaning<T>,
  ): Column<T> => {
    const set = texts[index]!;
    const fields = Array.from({ length: set.size }, (_, id) => format.fieldOf(set.text(id), index));
    return {
      codes: codes[index]!.subarray(0, rows),
      meanings: fields.map((field) =>
        typeof field === "string" ? interpret(field) : field ?? { reason: missing }
      ),
      textOf(code) {
        const field = fields[code]!;
        return typeof field === "string" ? field : null;
      },
    };
  };
  return {
    rows,
    lines,
    timestamp: column(0, REJECTED.timestamp, parseInstant),
    payload: column(1, REJECTED.payload, (value) => ({ value })),
    value: column(2, REJECTED.value, (value) => ({ value })),
    tags: column(3, REJECTED.tags, parseTags),
  };
}
