/**
 * Rows that were read from any file, as day files.
 *
 * @module
 */
import { encodeDayFile } from "./day_file.ts";
import type { RejectedRow } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import { DAY } from "./timestamps.ts";

/** Receives what becomes of a file's rows. */
export interface ImportSink {
  /** Receives a day file with readings of one day. */
  put(bytes: Uint8Array<ArrayBuffer>): void;
  /** Receives a row that is not a reading. */
  reject(row: RejectedRow): void;
}

/** A column: for each row an index into what it may say. */
export interface Coded<T> {
  /** One index per row. */
  codes: Int32Array;
  /** The distinct values. */
  dictionary: readonly T[];
}

/** Rows that are readings. */
export interface ReadingRows {
  /** How many there are. */
  rows: number;
  /** Nanoseconds since the epoch. */
  timestamp: Coded<bigint>;
  /** Payload types. */
  payload: Coded<string>;
  /** Values. */
  value: Coded<string>;
  /** Tags, none of them empty. */
  tags: Coded<Tags>;
}

const NANOSECONDS_PER_DAY = BigInt(DAY) * 1_000_000_000n;

/** Encodes rows as day files, the earliest day first. */
export function* encodeByDay(
  { rows, timestamp, payload, value, tags }: ReadingRows,
): Generator<Uint8Array<ArrayBuffer>> {
  const dayOf = timestamp.dictionary.map((time) => Number(time / NANOSECONDS_PER_DAY));
  const days = [...new Set(dayOf)].sort((a, b) => a - b);
  if (days.length === 1) return yield encodeDayFile({ timestamp, payload, value, tags });
  const places = new Map(days.map((day, place) => [day, place]));
  const placeOf = Int32Array.from(dayOf, (day) => places.get(day)!);
  // A counting sort: where each day's rows begin, and then the rows by day.
  const starts = new Int32Array(days.length + 1);
  for (let row = 0; row < rows; row++) starts[placeOf[timestamp.codes[row]!]! + 1]!++;
  for (let place = 0; place < days.length; place++) starts[place + 1]! += starts[place]!;
  const [next, order] = [starts.slice(), new Int32Array(rows)];
  for (let row = 0; row < rows; row++) order[next[placeOf[timestamp.codes[row]!]!]!++] = row;
  for (let place = 0; place < days.length; place++) {
    const own = order.subarray(starts[place], starts[place + 1]);
    if (own.length === 0) continue;
    yield encodeDayFile({
      timestamp: pick(timestamp, own),
      payload: pick(payload, own),
      value: pick(value, own),
      tags: pick(tags, own),
    });
  }
}

/** Some rows of a column, with what they say alone. */
function pick<T>({ codes, dictionary }: Coded<T>, rows: Int32Array): Coded<T> {
  const codeOf = new Int32Array(dictionary.length).fill(-1);
  const [found, picked] = [[] as T[], new Int32Array(rows.length)];
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]!]!;
    if (codeOf[code]! < 0) codeOf[code] = found.push(dictionary[code]!) - 1;
    picked[i] = codeOf[code]!;
  }
  return { dictionary: found, codes: picked };
}
