/**
 * The regular grid: readings become rows of a fixed interval, and rows become runs.
 *
 * A row is a bucket of time. Holding a value is not filling cells: it is the length of a run, and
 * a run is what the writer wants. So no dense table of a day is ever built.
 *
 * @module
 */
import { compareTexts, type Kind, lowerBound, type Series, type Values } from "../telemetry/mod.ts";
import type { Aggregate, Fill } from "./options.ts";

/** The rows of one column that have readings, in order. */
export interface Track {
  /** Row numbers, counted in intervals from the start of the day; negative ones lie before it. */
  rows: Int32Array<ArrayBuffer>;
  /** The row's value: a number, or for text a value id. */
  values: Float64Array<ArrayBuffer>;
  /** How many rows there are. */
  length: number;
}

/** Runs of equal values that cover some rows without a hole. */
export interface Spans {
  /** How many rows each run has. */
  lengths: Int32Array<ArrayBuffer>;
  /** Each run's value; NaN stands for null. */
  values: Float64Array<ArrayBuffer>;
  /** How many runs there are. */
  length: number;
}

/** Makes an empty track with room for some rows. */
export function createTrack(room: number = 0): Track {
  return { rows: new Int32Array(room), values: new Float64Array(room), length: 0 };
}

/** Makes room for the runs of `rows` rows. */
export function createSpans(rows: number): Spans {
  return { lengths: new Int32Array(rows), values: new Float64Array(rows), length: 0 };
}

/**
 * Aggregates readings into rows [t, t + interval).
 *
 * Numeric readings are taken in the order of {@linkcode Series}, by time and then by size, so that
 * sums round the same way whatever the order of the input; those that are no number are passed
 * over. The last reading is the one of the latest second, of several in it the greatest: this is
 * what a text signal's row shows under every aggregate.
 *
 * @param interval Seconds in a row.
 * @param track Receives the rows; its buffers grow as needed.
 */
export function aggregate(
  series: Series,
  values: Values,
  kind: "numeric" | "text",
  method: Aggregate,
  interval: number,
  track: Track,
): void {
  const { times, ids, length } = series;
  const { numbers } = values;
  if (track.rows.length < length) Object.assign(track, createTrack(Math.ceil(length * 1.25)));
  const reduce = kind === "text" ? latestText : method === "mean" ? null : REDUCERS[method];
  let at = 0;
  for (let i = 0; i < length;) {
    const row = Math.floor(times[i]! / interval);
    const behind = (row + 1) * interval;
    const from = i;
    let sum = 0;
    let count = 0;
    for (; i < length && times[i]! < behind; i++) {
      const number = numbers[ids[i]!]!;
      if (number !== number) continue;
      sum += number;
      count++;
    }
    if (kind === "numeric" && count === 0) continue;
    track.rows[at] = row;
    track.values[at++] = reduce !== null
      ? reduce(series, values, from, i)
      : Number.isFinite(sum)
      ? sum / count
      : meanOfHuge(finite(series, values, from, i));
  }
  track.length = at;
}

type Reduce = (series: Series, values: Values, from: number, to: number) => number;

const finite = (series: Series, values: Values, from: number, to: number): Float64Array =>
  Float64Array.from(series.ids.subarray(from, to), (id) => values.numbers[id]!)
    .filter((number) => number === number);

/** The mean of numbers whose sum is too large. */
function meanOfHuge(numbers: Float64Array): number {
  return numbers.reduce((mean, number) => mean + number / numbers.length, 0);
}

const REDUCERS: Record<Exclude<Aggregate, "mean">, Reduce> = {
  min: (...readings) => finite(...readings).reduce((a, b) => Math.min(a, b)),
  max: (...readings) => finite(...readings).reduce((a, b) => Math.max(a, b)),
  median: (...readings) => {
    const numbers = finite(...readings).sort();
    const middle = numbers.length >> 1;
    if (numbers.length % 2 === 1) return numbers[middle]!;
    const [a, b] = [numbers[middle - 1]!, numbers[middle]!];
    return Number.isFinite(a + b) ? (a + b) / 2 : a / 2 + b / 2;
  },
  last: ({ times, ids }, { numbers }, from, to) => {
    let [best, second] = [NaN, -Infinity];
    for (let i = from; i < to; i++) {
      const number = numbers[ids[i]!]!;
      if (number !== number) continue;
      if (Math.floor(times[i]!) > second || number > best) best = number;
      second = Math.floor(times[i]!);
    }
    return best;
  },
};

const latestText: Reduce = ({ times, ids }, values, from, to) => {
  let best = ids[to - 1]!;
  const second = Math.floor(times[to - 1]!);
  for (let i = to - 2; i >= from && times[i]! >= second; i--) {
    if (compareTexts(values, ids[i]!, best) > 0) best = ids[i]!;
  }
  return best;
};

/** A row that no day has; a whole number, as all of them are, keeps the arithmetic whole. */
const NEVER = 2 ** 30;

/** A straight line joins numbers; text is held instead. */
export function fillOf(kind: Kind, fill: Fill): Fill {
  return kind === "text" && fill === "linear" ? "hold" : fill;
}

/**
 * Cuts a stretch of rows out of a track and fills what lies between its rows.
 *
 * - `hold`: a row without readings takes the last one that had some, at most `gap` rows back.
 * - `linear`: two rows at most `gap` apart are joined by a straight line.
 * - `none`: a row without readings is null.
 *
 * @param from The first row of the stretch.
 * @param count How many rows it has.
 * @param gap How far a value reaches, in rows.
 * @param spans Receives the runs, which cover all `count` rows.
 */
export function fillRows(
  track: Track,
  from: number,
  count: number,
  fill: Fill,
  gap: number,
  spans: Spans,
): void {
  const { rows, values, length } = track;
  const end = from + count;
  const reach = fill === "hold" ? gap + 1 : 1;
  let i = Math.max(0, lowerBound(rows, length, from) - 1);
  spans.length = 0;
  let row = from; // the first row that is not covered yet
  for (; i < length && rows[i]! < end; i++) {
    const here = rows[i]!;
    const value = values[i]!;
    const next = i + 1 < length ? rows[i + 1]! : NEVER;
    row = putSpan(spans, row, Math.min(end, here), NaN);
    row = putSpan(spans, row, Math.min(end, next, here + reach), value);
    if (fill === "linear" && next - here <= gap) {
      for (let k = Math.max(1, row - here); k < next - here && row < end; k++) {
        row = putSpan(spans, row, here + k + 1, between(value, values[i + 1]!, k / (next - here)));
      }
    }
  }
  putSpan(spans, row, end, NaN);
}

/** A point of the line from `a` to `b`, which may be too far apart for a number. */
function between(a: number, b: number, part: number): number {
  const rise = b - a;
  return Number.isFinite(rise) ? a + rise * part : a * (1 - part) + b * part;
}

/** Adds a run of rows, if there are any; returns the row behind what is covered then. */
function putSpan(spans: Spans, from: number, to: number, value: number): number {
  if (to <= from) return from;
  const { lengths, values, length } = spans;
  // One run where the value goes on; Object.is also keeps 0 and -0 apart, and joins nulls.
  if (length > 0 && Object.is(values[length - 1], value)) lengths[length - 1]! += to - from;
  else {
    values[length] = value;
    lengths[length] = to - from;
    spans.length++;
  }
  return to;
}
