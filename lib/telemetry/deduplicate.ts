/**
 * From a batch to distinct readings: rows are dealt out by signal, which leaves each signal's in
 * the order of the file, mostly that of time. Equal again at the same instant is a duplicate.
 *
 * @module
 */
import { areEqual, IntBuffer, PairMap, viewOf } from "../parquet/mod.ts";
import type { Batch } from "./batch.ts";
import { type Readings, reserveReadings } from "./series.ts";
import { compareValues, type ValueSet } from "./values.ts";

/** The part of time that readings are wanted of, in seconds since the epoch. */
export interface Window {
  /** The start of the day; times are counted from here. */
  day: number;
  /** The first second wanted. */
  from: number;
  /** The first second no longer wanted. */
  to: number;
}

/** Finds the distinct readings of batches that share dictionaries. */
export class Deduplicator {
  /** The number + 1 of the signal of each code of tags and payload types. */
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
   * Appends a batch's distinct readings in the window, a block for each signal.
   *
   * @param file A number for the file, which the blocks carry.
   */
  add(readings: Readings, batch: Batch, window: Window, file: number): void {
    const { instants, ranks } = rankTimes(batch.times.dictionary, window);
    const wanted = findWanted(batch, ranks, this.#wanted.atLeast(batch.timeRuns.length));
    const rowSignals = this.#findSignals(readings, batch, wanted);
    const count = readings.signals.length;
    /** Where each signal's rows end; before they are dealt out, where they begin. */
    const ends = this.#counts.zeros(count + 1);
    countRows(batch, wanted, rowSignals, ends);
    for (let signal = 0; signal < count; signal++) ends[signal + 1]! += ends[signal]!;
    const total = ends[count]!;
    const dealt = { ranks: this.#ranks.atLeast(total), ids: this.#ids.atLeast(total) };
    dealRows(batch, wanted, rowSignals, ranks, ends, dealt);
    reserveReadings(readings, total);
    for (let signal = 0, from = 0; signal < count; from = ends[signal++]!) {
      if (ends[signal] === from) continue;
      sortByRank(dealt, from, ends[signal]!);
      appendBlock(readings, signal, dealt, from, ends[signal]!, instants, file);
    }
  }

  /** Finds the signal of each wanted row. */
  #findSignals(readings: Readings, batch: Batch, wanted: Int32Array): Int32Array {
    const { rows, timeRuns: { ends, length }, payloads, tags, tagOrigins } = batch;
    const rowSignals = this.#rowSignals.atLeast(rows);
    const [lists, types] = [tags.codes, payloads.codes];
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
        const [list, type] = [lists[row]!, types[row]!];
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

/** The instants in a window in order, and of each time its rank among them, or -1. */
function rankTimes(
  times: Float64Array,
  { day, from, to }: Window,
): { instants: Float64Array; ranks: Int32Array } {
  const instants = new Float64Array(times.length);
  const ranks = new Int32Array(times.length).fill(-1);
  // Mostly codes are in the order of time already.
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

/** The codes in the order of time, without those that no row has. */
function sortedCodes(times: Float64Array): Int32Array {
  const used = Int32Array.from(times.keys()).filter((code) => !Number.isNaN(times[code]));
  return used.sort((a, b) => times[a]! - times[b]!);
}

function isOrdered(numbers: ArrayLike<number>, from = 0, to = numbers.length): boolean {
  for (let i = from + 1; i < to; i++) if (!(numbers[i - 1]! <= numbers[i]!)) return false;
  return true;
}

/**
 * For each run of rows 1 if it is wanted: in the window, and no copy of one of the same instant.
 */
function findWanted(
  { timeRuns: { ends, codes, length }, times, payloads, values, tagOrigins }: Batch,
  ranks: Int32Array,
  wanted: Int32Array,
): Int32Array {
  /** The last run + 1 of each instant that is no copy. */
  const lastOf = new Int32Array(times.dictionary.length);
  const [valueView, payloadView] = [viewOf(values.codes), viewOf(payloads.codes)];
  for (let i = 0, row = 0; i < length; row = ends[i++]!) {
    const [code, size] = [codes[i]!, ends[i]! - row];
    const last = lastOf[code]! - 1;
    const from = last > 0 ? ends[last - 1]! : 0;
    const isCopy = last >= 0 && ends[last]! - from === size && tagOrigins[i] === tagOrigins[last] &&
      areEqual(valueView, from, row, size) && areEqual(payloadView, from, row, size);
    if (!isCopy) lastOf[code] = i + 1;
    wanted[i] = isCopy || ranks[code]! < 0 ? 0 : 1;
  }
  return wanted;
}

/** Counts each signal's wanted rows, in the place after the signal's. */
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

/** Rows by signal: those of each lie together. */
interface Dealt {
  /** The rank of each row's instant. */
  ranks: Int32Array;
  /** Each row's value. */
  ids: Int32Array;
}

/** Deals the wanted rows out by signal; `places` says where each signal's begin. */
function dealRows(
  { timeRuns: { ends, codes, length }, values }: Batch,
  wanted: Int32Array,
  rowSignals: Int32Array,
  ranks: Int32Array,
  places: Int32Array,
  dealt: Dealt,
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
      dealt.ranks[at] = rank;
      dealt.ids[at] = ids[row]!;
    }
  }
}

/** Orders the rows of one signal by time. */
function sortByRank({ ranks, ids }: Dealt, from: number, to: number): void {
  if (isOrdered(ranks, from, to)) return;
  // Rank and place fit into one number that is exact, as a batch has less than 2^26 rows.
  const keys = new Float64Array(to - from);
  for (let i = from; i < to; i++) keys[i - from] = ranks[i]! * 2 ** 26 + (i - from);
  const old = ids.slice(from, to);
  keys.sort().forEach((key, i) => {
    ranks[from + i] = Math.floor(key / 2 ** 26);
    ids[from + i] = old[key % 2 ** 26]!;
  });
}

/** Appends the distinct readings of one signal as a block; there is room for them. */
function appendBlock(
  readings: Readings,
  signal: number,
  { ranks, ids }: Dealt,
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
  readings.blocks.push(signal, start, at, file);
}

/** Brings the distinct values of one instant to the front, in order; returns how many they are. */
function orderDistinct(values: ValueSet, ids: Int32Array, from: number, to: number): number {
  let i = from + 1;
  while (i < to && ids[i] === ids[from]) i++;
  if (i === to) return 1;
  const found = [...new Set(ids.subarray(from, to))].sort((a, b) => compareValues(values, a, b));
  ids.set(found, from);
  return found.length;
}
