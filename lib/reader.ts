/**
 * The fast reader: a day file's four columns become distinct readings by signal, in time order,
 * without a string or an object per row. It relies on how exporters write day files: one row group,
 * every column one dictionary page and one data page, nothing missing.
 *
 * - `timestamp` stays what it is in the file: runs of codes.
 * - `tags` become a signal number a row: see `tagtrie.ts`.
 * - Distinct readings come from a table of [signal][second] that holds the value: equal again is a
 *   duplicate. Read out in order it gives sorted readings.
 *
 * @module
 */
import { COLUMNS, type Layout } from "./layout.ts";
import {
  type Arena,
  createScratch,
  eachText,
  openPages,
  type Pages,
  type Scratch,
} from "./pages.ts";
import {
  checkCodes,
  codeWidth,
  readCodes,
  readRuns,
  type Runs,
  skipAllPresent,
  Unsupported,
} from "./codes.ts";
import { type Readings, reserveReadings } from "./readings.ts";
import { createTagTrie, readSignals, type RowSignals, type TagTrie } from "./tagtrie.ts";
import { DAY, secondsIn } from "./time.ts";
import { compareValues, valueId } from "./values.ts";

/** The part of time that readings are wanted of, in seconds since the epoch. */
export interface Window {
  /** The start of the day; times are counted from here. */
  day: number;
  /** The first second wanted. */
  from: number;
  /** The first second no longer wanted. */
  to: number;
}

/** What the reader keeps between the files of a day, and its buffers between days. */
export interface Reader {
  /** The readings so far. */
  readings: Readings;
  /** Tag lists met. */
  trie: TagTrie;
  /** Room for the uncompressed pages of a file. */
  arena: Arena;
  /** Room for the bytes of a file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Room for codes. */
  scratch: Scratch;
}

/** Makes a reader. */
export function createReader(readings: Readings): Reader {
  return {
    readings,
    trie: createTagTrie(),
    arena: { bytes: new Uint8Array(1 << 20), at: 0 },
    bytes: new Uint8Array(1 << 17),
    scratch: createScratch(),
  };
}

/** The most cells that the table of distinct readings may have; more seconds take more passes. */
const MOST_CELLS = 1 << 22;

/**
 * Reads the readings of one file that lie in a window.
 *
 * @param columns The bytes of the four column chunks: timestamp, payload_type, value, tags.
 * @param file A number for the file, which its blocks carry.
 * @returns How many rows of the file lie on the window's day.
 * @throws {Unsupported} If the general reader must take the file; nothing was added then.
 * @throws {Error} If the bytes are broken; nothing was added then.
 */
export function readFile(
  { readings, trie, arena, scratch }: Reader,
  columns: readonly Uint8Array<ArrayBuffer>[],
  layout: Layout,
  window: Window,
  file: number,
): number {
  const { rows, chunks } = layout;
  arena.at = 0;
  const [time, payload, value, tags] = columns.map((bytes, i) =>
    inColumn(i, () => openPages(bytes, chunks[i]!, arena))
  ) as [Pages, Pages, Pages, Pages];
  // Two repetition levels of two bits make a row at least, whatever the footer claims.
  if (rows > tags.data.length * 2) {
    throw new Error(`${rows} rows claimed, ${tags.data.length} bytes of tags are there`);
  }
  const codesAt = (page: Pages, i: number) =>
    chunks[i]!.levels ? skipAllPresent(page.data, 0, rows, 1) : 0;
  const codesOf = (page: Pages, i: number): Int32Array => {
    const [codes, at] = [scratch(`codes ${i}`, rows + 1), codesAt(page, i)];
    const bits = codeWidth(page.data, at);
    readCodes(page.data, at + 1, page.data.length, bits, rows, codes, false);
    checkCodes(codes, rows, page.entries);
    return codes;
  };
  const times = inColumn(0, () => readTimes(time, layout, window));
  const timeRuns = inColumn(0, () => {
    const room = rows + 8;
    const runs = { ends: scratch("ends", room), codes: scratch("codes 0", room), length: 0 };
    readRuns(time.data, codesAt(time, 0), rows, scratch("run", room), runs);
    checkCodes(runs.codes, runs.length, time.entries);
    return runs;
  });
  const payloads = inColumn(1, () => codesOf(payload, 1));
  const values = inColumn(2, () => codesOf(value, 2));
  const codes = { times: timeRuns, payloads, values };
  const found = inColumn(
    3,
    () => readSignals(trie, readings, payload, codes, tags, layout, scratch),
  );
  const ids = scratch("ids", value.entries);
  inColumn(2, () => {
    eachText(value, (i, from, to) => ids[i] = valueId(readings.values, value.dictionary, from, to));
  });
  readDistinct({ ...times, ...found, readings, scratch, timeRuns, values, ids, window, file });
  let own = 0;
  for (let i = 0, row = 0; i < timeRuns.length; row = timeRuns.ends[i++]!) {
    const second = times.instants[times.ranks[timeRuns.codes[i]!]!]!;
    if (second >= 0 && second < DAY) own += timeRuns.ends[i]! - row;
  }
  return own;
}

/** Says in which column something is wrong. */
function inColumn<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unsupported) throw error;
    throw new Error(`column '${COLUMNS[index]}': ${(error as Error).message}`);
  }
}

interface Times {
  /** The distinct instants of a file in order, in seconds since the start of the day. */
  instants: Float64Array<ArrayBuffer>;
  /** For each dictionary entry, its index among them. */
  ranks: Int32Array<ArrayBuffer>;
}

function readTimes({ dictionary, entries }: Pages, layout: Layout, { day }: Window): Times {
  if (dictionary.length !== entries * 8) throw new Error("a dictionary of broken timestamps");
  const view = new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
  const seconds = new Float64Array(entries);
  for (let i = 0; i < entries; i++) {
    const time = secondsIn(view, i * 8, layout.unit, day);
    if (time !== time) throw new Unsupported("a timestamp before 2000 or after 2100");
    if (time < layout.first - day || time >= layout.last - day + 1) {
      throw new Error("a timestamp outside the span that the footer's statistics give");
    }
    seconds[i] = time;
  }
  const all = seconds.toSorted();
  const rankOf = new Map<number, number>();
  for (const time of all) if (!rankOf.has(time)) rankOf.set(time, rankOf.size);
  return {
    instants: Float64Array.from(rankOf.keys()),
    ranks: Int32Array.from(seconds, (time) => rankOf.get(time)!),
  };
}

interface Rows extends Times, RowSignals {
  readings: Readings;
  scratch: Scratch;
  timeRuns: Runs;
  /** Each row's value, as an index into `ids`. */
  values: Int32Array;
  ids: Int32Array;
  window: Window;
  file: number;
}

/** Appends the distinct readings that lie in the window, in blocks by signal. */
function readDistinct(rows: Rows): void {
  const { readings, scratch, timeRuns, locals, repeats, values, ids, signals, window } = rows;
  const { instants, ranks } = rows;
  const from = instants.findIndex((time) => time >= window.from - window.day);
  const to = instants.findLastIndex((time) => time < window.to - window.day) + 1;
  if (from < 0) return;
  const cells = signals.length * (to - from);
  const isSparse = cells > MOST_CELLS && cells > SPARSE * timeRuns.ends[timeRuns.length - 1]!;
  if (isSparse && to < MOST_RANKS) return sortDistinct(rows, from, to);
  const step = Math.max(1, Math.floor(MOST_CELLS / signals.length));
  for (let low = from; low < to; low += step) {
    const width = Math.min(step, to - low);
    const table = scratch("table", signals.length * width).fill(0, 0, signals.length * width);
    // Where one signal has several values in one second, the cell points here.
    const several: number[][] = [];
    for (let i = 0, row = 0; i < timeRuns.length; i++) {
      const end = timeRuns.ends[i]!;
      const rank = ranks[timeRuns.codes[i]!]! - low;
      if (rank < 0 || rank >= width || repeats[i] === 1) row = end;
      for (; row < end; row++) {
        const cell = locals[row]! * width + rank;
        const entry = ids[values[row]!]! + 1;
        const seen = table[cell]!;
        if (seen === 0) table[cell] = entry;
        else if (seen > 0) {
          if (seen !== entry) table[cell] = -several.push([seen - 1, entry - 1]);
        } else if (!several[-seen - 1]!.includes(entry - 1)) several[-seen - 1]!.push(entry - 1);
      }
    }
    for (const list of several) list.sort((a, b) => compareValues(readings.values, a, b));
    signals.forEach((signal, i) => {
      const cells = table.subarray(i * width, (i + 1) * width);
      appendBlock(readings, signal, cells, instants.subarray(low), several, rows.file);
    });
  }
}

/** A table of more cells a row than this would be walked through mostly in vain. */
const SPARSE = 64;
/** Ranks below this and ids below 2^31 fit into one number that is exact. */
const MOST_RANKS = 2 ** 22;

/** Does the same by sorting each signal's rows: for more signals and instants than rows. */
function sortDistinct(rows: Rows, from: number, to: number): void {
  const { readings, timeRuns, locals, repeats, values, ids, signals, instants, ranks } = rows;
  const keys: number[][] = signals.map(() => []);
  for (let i = 0, row = 0; i < timeRuns.length; i++) {
    const end = timeRuns.ends[i]!;
    const rank = ranks[timeRuns.codes[i]!]!;
    if (rank < from || rank >= to || repeats[i] === 1) row = end;
    for (; row < end; row++) keys[locals[row]!]!.push(rank * 2 ** 31 + ids[values[row]!]!);
  }
  signals.forEach((signal, i) => {
    const sorted = Float64Array.from(keys[i]!).sort();
    reserveReadings(readings, sorted.length);
    const start = readings.length;
    for (let k = 0; k < sorted.length;) {
      const rank = Math.floor(sorted[k]! / 2 ** 31);
      const list: number[] = [];
      for (; k < sorted.length && sorted[k]! < (rank + 1) * 2 ** 31; k++) {
        if (k === 0 || sorted[k] !== sorted[k - 1]) list.push(sorted[k]! - rank * 2 ** 31);
      }
      if (list.length > 1) list.sort((a, b) => compareValues(readings.values, a, b));
      for (const id of list) {
        readings.times[readings.length] = instants[rank]!;
        readings.ids[readings.length++] = id;
      }
    }
    const end = readings.length;
    if (end > start) readings.blocks.push(signal, start, end, rows.file);
  });
}

/** Appends the readings of one signal in one stretch of the table as a block. */
function appendBlock(
  readings: Readings,
  signal: number,
  cells: Int32Array,
  instants: Float64Array,
  several: readonly number[][],
  file: number,
): void {
  const start = readings.length;
  reserveReadings(readings, cells.length);
  let { times, ids } = readings;
  let at = start;
  for (let i = 0; i < cells.length; i++) {
    const entry = cells[i]!;
    if (entry > 0) {
      times[at] = instants[i]!;
      ids[at++] = entry - 1;
    } else if (entry < 0) {
      const list = several[-entry - 1]!;
      readings.length = at;
      reserveReadings(readings, list.length + cells.length - i);
      ({ times, ids } = readings);
      for (const id of list) {
        times[at] = instants[i]!;
        ids[at++] = id;
      }
    }
  }
  readings.length = at;
  if (at > start) readings.blocks.push(signal, start, at, file);
}
