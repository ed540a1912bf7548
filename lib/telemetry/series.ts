/**
 * A day's distinct readings. The reader appends a block of readings for each signal of each file,
 * in order of time. {@linkcode appendSorted} joins the blocks of a signal: it copies blocks that
 * follow one another, and merges blocks that overlap.
 *
 * @module
 */
import { compareValues, ValueSet } from "./values.ts";
import { MESSAGE_SOURCE, type Signal, signalOf, type Tags } from "./tags.ts";
import { DAY } from "./timestamps.ts";

/** Readings in two parallel columns. */
export interface Series {
  /** Seconds since the start of the day, exact to the nanosecond. */
  times: Float64Array<ArrayBuffer>;
  /** Value ids. */
  ids: Int32Array<ArrayBuffer>;
  /** How many readings there are. */
  length: number;
}

/** Tags that are not part of a column's name. */
const PLACE: ReadonlySet<string> = new Set(["phase", "module", MESSAGE_SOURCE]);

/** The readings of a day and of the margin around it. */
export class Readings implements Series {
  times: Float64Array<ArrayBuffer> = new Float64Array(1 << 21);
  ids: Int32Array<ArrayBuffer> = new Int32Array(1 << 21);
  length = 0;
  /** The signals of the readings, by signal number. */
  signals: Signal[] = [];
  /** The blocks of each signal. */
  blocks: Block[][] = [];
  /** Signal numbers by payload type and tags. */
  readonly #numbers = new Map<string, number>();

  /** Makes room for the readings of a day, whose value ids refer to `values`. */
  constructor(readonly values: ValueSet = new ValueSet()) {}

  /**
   * Forgets all readings and signals, but keeps the buffers. Does not clear `values`.
   */
  reset(): void {
    this.length = 0;
    this.signals = [];
    this.blocks = [];
    this.#numbers.clear();
  }

  /** The number of the signal of a payload type and tags; a new signal gets a new number. */
  signalNumber(payload: string, tags: Tags): number {
    const signal = signalOf(payload, tags);
    const { phase, module, reason } = signal;
    // A signal that is rejected may have several phases or modules, all of which tell it apart.
    const isOther = ([key]: Tags[number]) =>
      reason === null ? !PLACE.has(key) : key !== MESSAGE_SOURCE;
    const key = JSON.stringify([payload, phase, module, tags.filter(isOther), reason]);
    return this.#numbers.getOrInsertComputed(key, () => {
      this.blocks.push([]);
      return this.signals.push(signal) - 1;
    });
  }

  /** Forgets the readings from an index on with their blocks, and the signals from a number on. */
  truncate(length: number, signals: number): void {
    this.length = length;
    this.signals.length = this.blocks.length = signals;
    for (const [key, number] of this.#numbers) if (number >= signals) this.#numbers.delete(key);
    for (const blocks of this.blocks) {
      while (blocks.length > 0 && blocks.at(-1)!.start >= length) blocks.pop();
    }
  }
}

/** Makes room for `count` more readings. */
export function reserveReadings(series: Series, count: number): void {
  const needed = series.length + count;
  if (needed <= series.times.length) return;
  const room = Math.max(needed, Math.ceil(series.times.length * 1.5));
  const times = new Float64Array(room);
  const ids = new Int32Array(room);
  times.set(series.times.subarray(0, series.length));
  ids.set(series.ids.subarray(0, series.length));
  Object.assign(series, { times, ids });
}

/** Consecutive readings of a signal, in order. */
export interface Block {
  /** The first reading. */
  start: number;
  /** The reading after the last one. */
  end: number;
  /** The number of the file that they are from. */
  file: number;
}

/** Makes an empty series. */
export function createSeries(): Series {
  return { times: new Float64Array(0), ids: new Int32Array(0), length: 0 };
}

/** Buffers to merge between, which are reused, because allocating is slow. */
const buffers = [createSeries(), createSeries()] as const;

/**
 * Appends the readings of sorted blocks to a series, in order of time and then of value.
 *
 * @param distinct Whether equal readings are joined: true within a signal, false for several
 * signals that share a column.
 */
export function appendSorted(
  to: Series,
  { times, ids }: Series,
  blocks: readonly Omit<Block, "file">[],
  values: ValueSet,
  distinct: boolean = true,
): void {
  const start = to.length;
  reserveReadings(to, blocks.reduce((sum, { start, end }) => sum + end - start, 0));
  const ordered = blocks.toSorted((a, b) => times[a.start]! - times[b.start]!);
  // Mostly this makes one sorted run. A block that overlaps too far begins another one.
  let bounds = [0];
  for (const { start: first, end } of ordered) {
    const overlap = overlapOf(to, start + bounds.at(-1)!, times[first]!, end - first);
    if (overlap === Infinity) bounds.push(to.length - start);
    if (overlap === 0 || overlap === Infinity) appendPart(to, times, ids, first, end);
    else {
      const [both] = buffers;
      both.length = 0;
      reserveReadings(both, overlap + end - first);
      to.length -= overlap;
      appendPart(both, to.times, to.ids, to.length, to.length + overlap);
      appendPart(both, times, ids, first, end);
      merge(both, 0, overlap, both.length, to, values, distinct);
    }
  }
  if (bounds.length === 1) return;
  let [from, into] = buffers;
  for (const series of buffers) {
    series.length = 0;
    reserveReadings(series, to.length - start);
  }
  appendPart(from, to.times, to.ids, start, to.length);
  while (bounds.length > 1) {
    const next: number[] = [];
    into.length = 0;
    for (let i = 0; i < bounds.length; i += 2) {
      next.push(into.length);
      const middle = bounds[i + 1] ?? from.length;
      merge(from, bounds[i]!, middle, bounds[i + 2] ?? from.length, into, values, distinct);
    }
    bounds = next;
    [from, into] = [into, from];
  }
  to.length = start;
  appendPart(to, from.times, from.ids, 0, from.length);
}

/**
 * How many readings at the end of a series, but not before `from`, are at or after a time. Infinity
 * if they are over four times as many as the next block has: merging that many for every block
 * would take too long.
 */
function overlapOf({ times, length }: Series, from: number, time: number, block: number): number {
  const most = 4 * block;
  let overlap = 0;
  while (length - overlap > from && times[length - overlap - 1]! >= time) {
    if (++overlap > most) return Infinity;
  }
  return overlap;
}

/** Appends readings. Mostly they are few, for which a loop is faster than `set`. */
function appendPart(
  to: Series,
  times: Float64Array,
  ids: Int32Array,
  from: number,
  end: number,
): void {
  const { times: toTimes, ids: toIds, length } = to;
  for (let i = from; i < end; i++) toTimes[length + i - from] = times[i]!;
  for (let i = from; i < end; i++) toIds[length + i - from] = ids[i]!;
  to.length += end - from;
}

/** Merges the sorted runs [a, b) and [b, end) of `from`, and appends the result to `to`. */
function merge(
  from: Series,
  a: number,
  b: number,
  end: number,
  to: Series,
  values: ValueSet,
  distinct: boolean,
): void {
  const { times, ids } = from;
  const middle = b;
  let at = to.length;
  while (a < middle || b < end) {
    let order = a === middle ? 1 : b === end ? -1 : times[a]! - times[b]!;
    if (order === 0 && ids[a] !== ids[b]) order = compareValues(values, ids[a]!, ids[b]!);
    const taken = order <= 0 ? a++ : b++;
    if (order === 0 && distinct) b++;
    to.times[at] = times[taken]!;
    to.ids[at++] = ids[taken]!;
  }
  to.length = at;
}

/** The index of the first of `length` sorted numbers that is at least `bound`. */
export function lowerBound(numbers: ArrayLike<number>, length: number, bound: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the readings of the day itself begin and end, without those of the margin. */
export function dayRange({ times, length }: Series): [from: number, to: number] {
  return [lowerBound(times, length, 0), lowerBound(times, length, DAY)];
}
