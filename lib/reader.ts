/**
 * The fast reader: the row groups of a parquet file become distinct readings by signal, in time
 * order, without a string or an object per row.
 *
 * - `timestamp`, `payload_type` and `value` are codes into distinct values: see `columns.ts`.
 * - `tags` become a signal number a row: see `pairs.ts` and `tagtrie.ts`.
 * - Distinct readings come from a table of [signal][second] that holds the value: equal again is a
 *   duplicate. Read out in order it gives sorted readings.
 *
 * @module
 */
import { findRuns, type Runs, Unsupported } from "./codes.ts";
import { createWords, type Words } from "./columns.ts";
import type { Layout, RowGroup } from "./layout.ts";
import { type Arena, type Chunk, createScratch, type Scratch } from "./pages.ts";
import { type Readings, reserveReadings } from "./readings.ts";
import { dropBad, eachValueText, inColumn, readRows } from "./rows.ts";
import { inStage } from "./stages.ts";
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
  /** Words met. */
  words: Words;
}

/** Makes a reader. */
export function createReader(readings: Readings): Reader {
  return {
    readings,
    trie: createTagTrie(),
    arena: { bytes: new Uint8Array(1 << 20), at: 0 },
    bytes: new Uint8Array(1 << 17),
    scratch: createScratch(),
    words: createWords(),
  };
}

/** The most cells that the table of distinct readings may have; more seconds take more passes. */
const MOST_CELLS = 1 << 22;

/** Hands out the bytes of some chunks; they may lie where the ones before lay. */
export type ReadChunks = (chunks: readonly Chunk[]) => Uint8Array<ArrayBuffer>[];

/**
 * Reads the readings of one file that lie in a window.
 *
 * @param file A number for the file, which its blocks carry.
 * @returns How many rows of the file lie on the window's day.
 * @throws {Unsupported} If the file must be scanned, or the general reader must take it; nothing
 * was added then.
 * @throws {Error} If the bytes are broken; nothing was added then.
 */
export function readFile(
  reader: Reader,
  read: ReadChunks,
  layout: Layout,
  window: Window,
  file: number,
): number {
  const { readings } = reader;
  const before = [readings.length, readings.blocks.length] as const;
  const from = Math.min(window.from, window.day);
  const to = Math.max(window.to, window.day + DAY);
  let own = 0;
  let common = layout.tags.form === "lists";
  try {
    for (const group of layout.groups) {
      if (group.last < from || group.first >= to) continue;
      const columns = read(group.chunks);
      const attempt = () => readGroup(reader, columns, layout, group, window, file, common);
      try {
        own += attempt();
      } catch (error) {
        if (!common || !(error instanceof Unsupported)) throw error;
        common = false;
        own += attempt();
      }
    }
  } catch (error) {
    [readings.length, readings.blocks.length] = before;
    throw error;
  }
  return own;
}

function readGroup(
  reader: Reader,
  columns: readonly Uint8Array<ArrayBuffer>[],
  layout: Layout,
  group: RowGroup,
  window: Window,
  file: number,
  common: boolean,
): number {
  const { readings, trie, arena, scratch } = reader;
  const { unit } = layout;
  arena.at = 0;
  const isTime = (view: DataView, at: number) => !Number.isNaN(secondsIn(view, at, unit, 0));
  const all = readRows(columns, layout, group, reader, isTime, common);
  if (all.bad !== null && layout.scanned === undefined) throw new Unsupported("rows that are none");
  // Whose tags a pair is tells its level, which common tags are not held against yet.
  if (all.bad !== null && common) throw new Unsupported("rows that are none among common tags");
  const rows = dropBad(all);
  const room = rows.count + 1;
  const runs = { ends: scratch("ends", room), codes: scratch("runs", room), length: 0 };
  findRuns(rows.times, rows.count, runs);
  // First the tags: if they are not common after all, more rows are to be dropped.
  const found = inColumn(3, () => readSignals(trie, readings, rows, runs, scratch));
  const times = inColumn(0, () => readTimes(rows.stamps, runs, layout, group, window));
  const ids = scratch("ids", rows.distinct.size);
  inColumn(2, () => {
    eachValueText(rows.distinct, layout.leaves[2]!, (bytes, from, to, code) => {
      ids[code] = valueId(readings.values, bytes, from, to);
    });
  });
  const { values } = rows;
  const placed = {
    ...times,
    ...found,
    readings,
    scratch,
    timeRuns: runs,
    values,
    ids,
    window,
    file,
  };
  inStage("distinct", () => readDistinct(placed));
  let own = 0;
  for (let i = 0, row = 0; i < runs.length; row = runs.ends[i++]!) {
    const second = times.instants[times.ranks[runs.codes[i]!]!]!;
    if (second >= 0 && second < DAY) own += runs.ends[i]! - row;
  }
  return own;
}

interface Times {
  /** The distinct instants of a row group in order, in seconds since the start of the day. */
  instants: Float64Array<ArrayBuffer>;
  /** For each timestamp, its index among them. */
  ranks: Int32Array<ArrayBuffer>;
}

function readTimes(
  stamps: DataView,
  runs: Runs,
  { unit }: Layout,
  { first, last }: RowGroup,
  { day }: Window,
): Times {
  const seconds = new Float64Array(stamps.byteLength / 8).fill(NaN);
  for (let i = 0; i < runs.length; i++) {
    const code = runs.codes[i]!;
    if (!Number.isNaN(seconds[code]!)) continue;
    const time = seconds[code] = secondsIn(stamps, code * 8, unit, day);
    if (time < first - day || time >= last - day + 1) {
      throw new Error("a timestamp outside the span that the footer's statistics give");
    }
  }
  const rankOf = new Map<number, number>();
  for (const time of seconds.toSorted()) if (!rankOf.has(time)) rankOf.set(time, rankOf.size);
  rankOf.delete(NaN); // not used by any row: it is the last
  return {
    instants: Float64Array.from(rankOf.keys()),
    ranks: Int32Array.from(seconds, (time) => rankOf.get(time) ?? -1),
  };
}

interface Placed extends Times, RowSignals {
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
function readDistinct(rows: Placed): void {
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
function sortDistinct(rows: Placed, from: number, to: number): void {
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
