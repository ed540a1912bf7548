/**
 * Rows of an imported file in four dictionary-coded columns: each distinct field is parsed once.
 *
 * @module
 */
import type { Coded } from "../parquet/mod.ts";
import { encodeDayFile } from "./day_file.ts";
import type { Parsed, RejectedRow } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import { NANOSECONDS_PER_DAY } from "./timestamps.ts";

/** A column of a segment. A missing field is one of the distinct fields. */
export interface Column<T> extends Coded<readonly Parsed<T>[]> {
  /** The text of a distinct field, as it is kept for a rejected row. */
  textOf(code: number): string | null;
}

/** Some rows of a file. */
export interface Segment {
  /** How many there are. */
  rows: number;
  /** The line on which each row begins, counted from 1; null if the file has no lines. */
  lines: Float64Array | null;
  /** Nanoseconds since the epoch. */
  timestamp: Column<bigint>;
  /** Payload types. */
  payload: Column<string>;
  /** Values. */
  value: Column<string>;
  /** Tag lists, none of which is empty. */
  tags: Column<Tags>;
}

/** Receives the results of an import. */
export interface ImportSink {
  /** Receives a day file with readings of one day. */
  put(bytes: Uint8Array<ArrayBuffer>): void;
  /** Receives a malformed row. */
  reject(row: RejectedRow): void;
}

/** A segment has at most this many rows, and about this many bytes of distinct text. */
export const MAX_ROWS = 1 << 17, MAX_TEXT = 1 << 26;

/** A day file has at most this many pairs of tags, since its reader takes no larger row groups. */
const MAX_PAIRS = 1 << 24;

/**
 * Rejects the malformed rows of a segment, and writes the others to a day file for each day, the
 * earliest day first. A day whose rows have very many tags gets several files.
 */
export function writeSegment(segment: Segment, sink: ImportSink): void {
  const { rows, timestamp, payload, value, tags } = segment;
  const badTimes = badCodes(timestamp);
  const badPayloads = badCodes(payload);
  const badValues = badCodes(value);
  const badTags = badCodes(tags);
  const dayOf = timestamp.dictionary.map((time) =>
    "value" in time ? Number(time.value / NANOSECONDS_PER_DAY) : NaN
  );
  const days = new Map<number, number[]>();
  let last = NaN;
  let ofDay: number[] = [];
  for (let row = 0; row < rows; row++) {
    const time = timestamp.codes[row]!;
    const isBad = badTimes[time]! | badPayloads[payload.codes[row]!]! |
      badValues[value.codes[row]!]! | badTags[tags.codes[row]!]!;
    if (isBad === 1) {
      sink.reject(rejectedRow(segment, row));
      continue;
    }
    const day = dayOf[time]!;
    if (day !== last) ofDay = days.getOrInsertComputed(day, () => []);
    last = day;
    ofDay.push(row);
  }
  const longest = tags.dictionary.reduce(
    (most, list) => "value" in list ? Math.max(most, list.value.length) : most,
    1,
  );
  const most = Math.floor(MAX_PAIRS / longest);
  for (const [, ofDay] of [...days].sort(([a], [b]) => a - b)) {
    for (let at = 0; at < ofDay.length; at += most) {
      const chosen = ofDay.slice(at, at + most);
      sink.put(encodeDayFile({
        timestamp: selectRows(timestamp, chosen),
        payload: selectRows(payload, chosen),
        value: selectRows(value, chosen),
        tags: selectRows(tags, chosen),
      }));
    }
  }
}

/** For each code, 1 if a row with it is rejected. */
function badCodes({ dictionary }: Column<unknown>): Uint8Array {
  return Uint8Array.from(dictionary, (field) => "reason" in field ? 1 : 0);
}

function rejectedRow({ lines, ...segment }: Segment, row: number): RejectedRow {
  const { timestamp, payload, value, tags } = segment;
  const fields = [timestamp, payload, value, tags].map(({ codes, dictionary }) =>
    dictionary[codes[row]!]!
  );
  const bad = fields.find((field) => "reason" in field) as { reason: string };
  const textIn = ({ codes, textOf }: Column<unknown>) => textOf(codes[row]!);
  return {
    reason: bad.reason,
    timestamp: textIn(timestamp),
    payload_type: textIn(payload),
    value: textIn(value),
    tags: textIn(tags),
    ...lines === null ? {} : { line: lines[row]! },
  };
}

/** Selects rows of a column, and keeps only the distinct values that they use. */
function selectRows<T>({ codes, dictionary }: Column<T>, rows: readonly number[]): Coded<T[]> {
  const newCodes = new Int32Array(dictionary.length).fill(-1);
  const values: T[] = [];
  const picked = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]!]!;
    if (newCodes[code]! < 0) {
      newCodes[code] = values.push((dictionary[code] as { value: T }).value) - 1;
    }
    picked[i] = newCodes[code]!;
  }
  return { dictionary: values, codes: picked };
}
