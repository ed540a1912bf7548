/**
 * Finds the distinct readings of a batch. Rows are grouped by signal in the order of the file,
 * which is mostly that of time. Rows of a signal with the same instant and the same value are
 * duplicates.
 *
 * @module
 */
import { areEqual, IntBuffer, PairMap, viewOf } from "../parquet/mod.ts";
import type { Batch } from "./batch.ts";
import { type Readings, reserveReadings } from "./series.ts";
import { compareValues, type ValueSet } from "./values.ts";

/** The span of time whose readings are wanted, in seconds since the epoch. */
export interface Window {
  /** The start of the day; times are counted from here. */
  day: number;
  /** The first second that is wanted. */
  from: number;
  /** The first second after the window. */
  to: number;
}

/** Finds the distinct readings of batches that share dictionaries. */
export class Deduplicator {
  /** The number + 1 of the signal, by the codes of tags and payload type. */
  #signals = new PairMap();
  readonly #wanted = new IntBuffer();
  readonly #rowSignals = new IntBuffer();
  readonly #counts = new IntBuffer();
  readonly #ranks = new IntBuffer();
  readonly #ids = new IntBuffer();

  /** Forgets all signals, but keeps the buffers. */
  reset(): void {
    this.#signals = new PairMap();
  }

  /**
   * Appends a batch's distinct readings in the window, as one block per signal.
   *
   * @param file A number for the file, which is stored with the blocks.
   */
  add(readings: Readings, batch: Batch, window: Window, file: number): void {
    const { instants, ranks } = rankTimes(batch.times.dictionary, window);
    const wanted = findWanted(batch, ranks, this.#wanted.atLeast(batch.timeRuns.length));
    const rowSignals = this.#findSignals(readings, batch, wanted);
    const count = readings.signals.length;
    /** Where each signal's rows begin in `grouped`; after groupRows(), where they end. */
    const ends = this.#counts.zeros(count + 1);
    countRows(batch, wanted, rowSignals, ends);
    for (let signal = 0; signal < count; signal++) ends[signal + 1]! += ends[signal]!;
    const total = ends[count]!;
    const grouped = { ranks: this.#ranks.atLeast(total), ids: this.#ids.atLeast(total) };
    groupRows(batch, wanted, rowSignals, ranks, ends, grouped);
    reserveReadings(readings, total);
    for (let signal = 0, from = 0; signal < count; from = ends[signal++]!) {
      if (ends[signal] === from) continue;
      sortByRank(grouped, from, ends[signal]!);
      appendBlock(readings, signal, grouped, from, ends[signal]!, instants, file);
    }
  }

  /** Finds the signal of each wanted row. */
  #findSignals(readings: Readings, batch: Batch, wanted: Int32Array): Int32Array {
    const { rows, timeRuns: { ends, length }, payloads, tags, tagOrigins } = batch;
    const rowSignals = this.#rowSignals.atLeast(rows);
    const lists = tags.codes;
    const types = payloads.codes;
    const typeView = viewOf(types);
    let { cells, width } = this.#signals;
    for (let i = 0, row = 0; i < length; i++) {
      const end = ends[i]!;
      if (wanted[i] === 0) {
        row = end;
        continue;
      }
      const origin = tagOrigins[i]!;
      const from = origin > 0 ? ends[origin - 1]! : 0;
      if (origin < i && wanted[origin] === 1 && areEqual(typeView, from, row, end - row)) {
        for (let k = from; row < end; row++) rowSignals[row] = rowSignals[k++]!;
        continue;
      }
      for (; row < end; row++) {
        const list = lists[row]!;
        const type = types[row]!;
        const cell = list * width + type;
        let number = type < width && cell < cells.length ? cells[cell]! : 0;
        if (number === 0) {
          number = this.#learn(readings, batch, list, type);
          ({ cells, width } = this.#signals);
        }
        rowSignals[row] = number - 1;
      }
    }
    return rowSignals;
  }

  #learn(readings: Readings, { payloads, tags }: Batch, list: number, type: number): number {
    const known = this.#signals.get(list, type);
    if (known > 0) return known;
    const number = readings.signalNumber(payloads.dictionary[type]!, tags.dictionary[list]!) + 1;
    this.#signals.set(list, type, number);
    return number;
  }
}

/** The instants in a window in ascending order, and the rank of each time among them, or -1. */
function rankTimes(
  times: Float64Array,
  { day, from, to }: Window,
): { instants: Float64Array; ranks: Int32Array } {
  const instants = new Float64Array(times.length);
  const ranks = new Int32Array(times.length).fill(-1);
  // Mostly, codes are already in order of time.
  const order = isOrdered(times) ? null : sortedCodes(times);
  let count = 0;
  for (let i = 0; i < (order ?? times).length; i++) {
    const code = order === null ? i : order[i]!;
    const time = times[code]!;
    if (!(time >= from - day && time < to - day)) continue;
    if (count === 0 || instants[count - 1] !== time) instants[count++] = time;
    ranks[code] = count - 1;
  }
  return { instants, ranks };
}

/** The codes in order of time, without those that no row uses. */
function sortedCodes(times: Float64Array): Int32Array {
  const used = Int32Array.from(times.keys()).filter((code) => !Number.isNaN(times[code]));
  return used.sort((a, b) => times[a]! - times[b]!);
}

function isOrdered(numbers: ArrayLike<number>, from = 0, to = numbers.length): boolean {
  for (let i = from + 1; i < to; i++) if (!(numbers[i - 1]! <= numbers[i]!)) return false;
  return true;
}

/** For each run of rows, 1 if it is in the window and not a copy of a run of the same instant. */
function findWanted(
  { timeRuns: { ends, codes, length }, times, payloads, values, tagOrigins }: Batch,
  ranks: Int32Array,
  wanted: Int32Array,
): Int32Array {
  /** For each instant, the last run that is not a copy, + 1. */
  const lastOf = new Int32Array(times.dictionary.length);
  const valueView = viewOf(values.codes);
  const payloadView = viewOf(payloads.codes);
  for (let i = 0, row = 0; i < length; row = ends[i++]!) {
    const code = codes[i]!;
    const size = ends[i]! - row;
    const last = lastOf[code]! - 1;
    const from = last > 0 ? ends[last - 1]! : 0;
    const isCopy = last >= 0 && ends[last]! - from === size && tagOrigins[i] === tagOrigins[last] &&
      areEqual(valueView, from, row, size) && areEqual(payloadView, from, row, size);
    if (!isCopy) lastOf[code] = i + 1;
    wanted[i] = isCopy || ranks[code]! < 0 ? 0 : 1;
  }
  return wanted;
}

/** Counts the wanted rows of each signal; `counts[i + 1]` belongs to signal i. */
function countRows(
  { timeRuns: { ends, length } }: Batch,
  wanted: Int32Array,
  rowSignals: Int32Array,
  counts: Int32Array,
): void {
  for (let i = 0, row = 0; i < length; i++) {
    const end = ends[i]!;
    if (wanted[i] === 0) row = end;
    for (; row < end; row++) counts[rowSignals[row]! + 1]!++;
  }
}

/** Rows grouped by signal. */
interface GroupedRows {
  /** The rank of each row's instant. */
  ranks: Int32Array;
  /** The id of each row's value. */
  ids: Int32Array;
}

/**
 * Groups the wanted rows by signal; `places`, where each signal's rows begin, moves to their ends.
 */
function groupRows(
  { timeRuns: { ends, codes, length }, values }: Batch,
  wanted: Int32Array,
  rowSignals: Int32Array,
  ranks: Int32Array,
  places: Int32Array,
  grouped: GroupedRows,
): void {
  const ids = values.codes;
  for (let i = 0, row = 0; i < length; i++) {
    const end = ends[i]!;
    const rank = ranks[codes[i]!]!;
    if (wanted[i] === 0) row = end;
    for (; row < end; row++) {
      const signal = rowSignals[row]!;
      const at = places[signal]!;
      places[signal] = at + 1;
      grouped.ranks[at] = rank;
      grouped.ids[at] = ids[row]!;
    }
  }
}

/** Sorts the rows of one signal by time, and keeps the order of rows with the same time. */
function sortByRank({ ranks, ids }: GroupedRows, from: number, to: number): void {
  if (isOrdered(ranks, from, to)) return;
  // Rank and index fit into one exact number, because a batch has less than 2^26 rows.
  const keys = new Float64Array(to - from);
  for (let i = from; i < to; i++) keys[i - from] = ranks[i]! * 2 ** 26 + (i - from);
  const old = ids.slice(from, to);
  keys.sort();
  for (let i = from; i < to; i++) {
    const key = keys[i - from]!;
    const rank = Math.floor(key / 2 ** 26);
    ranks[i] = rank;
    ids[i] = old[key - rank * 2 ** 26]!;
  }
}

/** Appends the distinct readings of one signal as a block; the buffers have room for them. */
function appendBlock(
  readings: Readings,
  signal: number,
  { ranks, ids }: GroupedRows,
  from: number,
  to: number,
  instants: Float64Array,
  file: number,
): void {
  const start = readings.length;
  let at = start;
  for (let i = from; i < to;) {
    const rank = ranks[i]!;
    let end = i + 1;
    while (end < to && ranks[end] === rank) end++;
    const count = end - i === 1 ? 1 : orderDistinct(readings.values, ids, i, end);
    for (let k = i; k < i + count; k++) {
      readings.times[at] = instants[rank]!;
      readings.ids[at++] = ids[k]!;
    }
    i = end;
  }
  readings.length = at;
  readings.blocks[signal]!.push({ start, end: at, file });
}

/** Moves the distinct values of one instant to the front, in order; returns how many there are. */
function orderDistinct(values: ValueSet, ids: Int32Array, from: number, to: number): number {
  let i = from + 1;
  while (i < to && ids[i] === ids[from]) i++;
  if (i === to) return 1;
  const found = [...new Set(ids.subarray(from, to))].sort((a, b) => compareValues(values, a, b));
  ids.set(found, from);
  return found.length;
}
