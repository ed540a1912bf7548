/**
 * Divides imported rows into day files.
 *
 * @module
 */
import { encodeDayFile } from "./day_file.ts";
import type { RejectedRow } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import { DAY } from "./timestamps.ts";

/** Receives the results of an import. */
export interface ImportSink {
  /** Receives a day file with readings of one day. */
  put(bytes: Uint8Array<ArrayBuffer>): void;
  /** Receives a malformed row. */
  reject(row: RejectedRow): void;
}

/** A dictionary-coded column. */
export interface Coded<T> {
  /** One index per row. */
  codes: Int32Array;
  /** The distinct values. */
  dictionary: readonly T[];
}

/** Rows without the malformed ones. */
export interface ReadingRows {
  /** How many there are. */
  rows: number;
  /** Nanoseconds since the epoch. */
  timestamp: Coded<bigint>;
  /** Payload types. */
  payload: Coded<string>;
  /** Values. */
  value: Coded<string>;
  /** Tag lists, none of which is empty. */
  tags: Coded<Tags>;
}

const NANOSECONDS_PER_DAY = BigInt(DAY) * 1_000_000_000n;

/** Encodes rows as one day file per day, the earliest day first. */
export function* encodeByDay(
  { rows, timestamp, payload, value, tags }: ReadingRows,
): Generator<Uint8Array<ArrayBuffer>> {
  const dayOf = timestamp.dictionary.map((time) => Number(time / NANOSECONDS_PER_DAY));
  const days = [...new Set(dayOf)].sort((a, b) => a - b);
  if (days.length === 1) return yield encodeDayFile({ timestamp, payload, value, tags });
  const places = new Map(days.map((day, place) => [day, place]));
  const placeOf = Int32Array.from(dayOf, (day) => places.get(day)!);
  // A counting sort by day: first the bounds of each day's rows, then the order of the rows.
  const starts = new Int32Array(days.length + 1);
  for (let row = 0; row < rows; row++) starts[placeOf[timestamp.codes[row]!]! + 1]!++;
  for (let place = 0; place < days.length; place++) starts[place + 1]! += starts[place]!;
  const [next, order] = [starts.slice(), new Int32Array(rows)];
  for (let row = 0; row < rows; row++) order[next[placeOf[timestamp.codes[row]!]!]!++] = row;
  for (let place = 0; place < days.length; place++) {
    const dayRows = order.subarray(starts[place], starts[place + 1]);
    if (dayRows.length === 0) continue;
    yield encodeDayFile({
      timestamp: pick(timestamp, dayRows),
      payload: pick(payload, dayRows),
      value: pick(value, dayRows),
      tags: pick(tags, dayRows),
    });
  }
}

/** Selects rows of a column, and keeps only the dictionary entries that they use. */
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
