/**
 * The fast reader: the row groups of a parquet file become distinct readings by signal, in time
 * order, without a string or an object per row.
 *
 * - `timestamp`, `payload_type` and `value` are codes into distinct values: see `columns.ts`.
 * - `tags` become a signal number a row: see `tagforms.ts`, `tagtrie.ts` and `blocks.ts`.
 * - Both together become distinct readings: see `distinct.ts`.
 *
 * @module
 */
import { readSignals } from "./blocks.ts";
import { type Arena, findRuns, type Runs } from "../parquet/mod.ts";
import { createWords, type Words } from "./columns.ts";
import { readDistinct, type Times, type Window } from "./deduplicate.ts";
import type { Chunk, Layout, RowGroup } from "./layout.ts";
import type { Readings } from "./series.ts";
import { Unsupported } from "../errors.ts";
import { dropBad, eachValueText, inColumn, readRows } from "./rows.ts";
import { createScratch, type Scratch } from "./scratch.ts";
import { createTagTrie, type TagTrie } from "./tagtrie.ts";
import { DAY, secondsIn } from "./timestamps.ts";
import { valueId } from "./values.ts";

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
  readDistinct(placed);
  let own = 0;
  for (let i = 0, row = 0; i < runs.length; row = runs.ends[i++]!) {
    const second = times.instants[times.ranks[runs.codes[i]!]!]!;
    if (second >= 0 && second < DAY) own += runs.ends[i]! - row;
  }
  return own;
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
