/**
 * The regular grid: readings are resampled to rows of a fixed interval, and rows become runs.
 *
 * A row is a bucket of time. A held value does not fill cells, but makes a run longer, and a
 * dictionary-coded page stores runs. So no dense table of a day is ever built.
 *
 * @module
 */
import {
  compareTexts,
  type Kind,
  lowerBound,
  type Series,
  type ValueSet,
} from "../telemetry/mod.ts";
import type { TableOptions } from "./options.ts";

/** The rows of one column that have readings, in order. */
export interface RowValues {
  /** Row numbers, counted in intervals from the start of the day; negative before it. */
  rows: Int32Array<ArrayBuffer>;
  /** Each row's value: a number, or for text a value id. */
  values: Float64Array<ArrayBuffer>;
  /** How many rows there are. */
  length: number;
}

/** Consecutive rows as runs of equal values, without gaps. */
export interface Runs {
  /** The row after the last one of each run, counted from the first row of all. */
  ends: Int32Array<ArrayBuffer>;
  /** Each run's value: a number, or for text a value id; NaN stands for null. */
  values: Float64Array<ArrayBuffer>;
  /** How many runs there are. */
  length: number;
}

/** Makes an empty {@linkcode RowValues} with room for some rows. */
export function createRowValues(capacity: number = 0): RowValues {
  return { rows: new Int32Array(capacity), values: new Float64Array(capacity), length: 0 };
}

/** Makes an empty {@linkcode Runs} with room for some runs. */
export function createRuns(capacity: number = 0): Runs {
  return { ends: new Int32Array(capacity), values: new Float64Array(capacity), length: 0 };
}

/**
 * Aggregates readings into rows [t, t + interval).
 *
 * Numeric readings are added in the order of {@linkcode Series}, by time and then by size, so that
 * sums round the same way whatever the order of the input; readings that are not numbers are
 * skipped. The last reading is the greatest one of the latest second. For a text signal, a row is
 * its last reading, whatever the aggregate.
 *
 * @param interval Seconds per row.
 * @param out Receives the rows; its buffers grow as needed.
 */
export function aggregate(
  series: Series,
  values: ValueSet,
  kind: Kind,
  method: TableOptions["aggregate"],
  interval: number,
  out: RowValues,
): void {
  const { times, ids, length } = series;
  const { numbers } = values;
  if (out.rows.length < length) Object.assign(out, createRowValues(Math.ceil(length * 1.25)));
  const { rows, values: results } = out;
  // The mean, which is the default, is computed without a second pass.
  const reduce = kind === "text" ? latestText : method === "mean" ? null : REDUCERS[method];
  let rowCount = 0;
  for (let i = 0; i < length;) {
    const row = Math.floor(times[i]! / interval);
    const rowEnd = (row + 1) * interval;
    const from = i;
    let sum = 0;
    let count = 0;
    do {
      const number = numbers[ids[i]!]!;
      if (number === number) {
        sum += number;
        count++;
      }
      i++;
    } while (i < length && times[i]! < rowEnd);
    if (count === 0 && kind === "numeric") continue;
    rows[rowCount] = row;
    if (reduce !== null) results[rowCount++] = reduce(series, values, from, i);
    else if (count === 1) results[rowCount++] = sum; // most rows have one reading
    else {
      results[rowCount++] = Number.isFinite(sum)
        ? sum / count
        : meanWithoutSum(numbersOf(series, values, from, i));
    }
  }
  out.length = rowCount;
}

type Reduce = (series: Series, values: ValueSet, from: number, to: number) => number;

/** The readings that are numbers. */
const numbersOf = (series: Series, values: ValueSet, from: number, to: number): Float64Array =>
  Float64Array.from(series.ids.subarray(from, to), (id) => values.numbers[id]!)
    .filter((number) => number === number);

/** The mean of numbers whose sum overflows. */
function meanWithoutSum(numbers: Float64Array): number {
  return numbers.reduce((mean, number) => mean + number / numbers.length, 0);
}

const REDUCERS: Record<Exclude<TableOptions["aggregate"], "mean">, Reduce> = {
  min: (...readings) => numbersOf(...readings).reduce((a, b) => Math.min(a, b)),
  max: (...readings) => numbersOf(...readings).reduce((a, b) => Math.max(a, b)),
  median: (...readings) => {
    const numbers = numbersOf(...readings).sort();
    const middle = numbers.length >> 1;
    if (numbers.length % 2 === 1) return numbers[middle]!;
    const [a, b] = [numbers[middle - 1]!, numbers[middle]!];
    return Number.isFinite(a + b) ? (a + b) / 2 : a / 2 + b / 2;
  },
  last: ({ times, ids }, { numbers }, from, to) => {
    let best = NaN;
    let second = -Infinity;
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

/** Sentinel beyond any row. An integer, so that V8 stays in integer arithmetic. */
const NO_ROW = 2 ** 30;

/** How a column is filled. A straight line joins only numbers, so text is held instead. */
export function fillOf(kind: Kind, fill: TableOptions["fill"]): TableOptions["fill"] {
  return kind === "text" && fill === "linear" ? "hold" : fill;
}

/**
 * Fills the rows of a day that have no readings.
 *
 * - `hold`: a row without readings repeats the last row that has some, at most `gap` rows back.
 * - `linear`: two rows at most `gap` apart are joined by a straight line.
 * - `none`: a row without readings is null.
 *
 * @param dayRows How many rows the day has.
 * @param gap The max gap, in rows.
 * @param out Receives runs that cover all rows of the day; its buffers grow as needed.
 */
export function fillRows(
  { rows, values, length: count }: RowValues,
  dayRows: number,
  fill: TableOptions["fill"],
  gap: number,
  out: Runs,
): void {
  const most = fill === "linear" ? dayRows : Math.min(dayRows, 2 * count + 1);
  if (out.ends.length < most) Object.assign(out, createRuns(Math.ceil(most * 1.25)));
  const reach = fill === "hold" ? gap + 1 : 1;
  const { ends, values: filled } = out;
  let length = 0;
  let covered = 0; // the first row that no run covers yet
  // Equal neighbours are one run. Object.is distinguishes 0 from -0, and finds NaN equal to NaN.
  const append = (end: number, value: number) => {
    if (end <= covered) return;
    if (length === 0 || !Object.is(filled[length - 1], value)) filled[length++] = value;
    ends[length - 1] = covered = end;
  };
  for (let i = Math.max(0, lowerBound(rows, count, 0) - 1); i < count; i++) {
    const row = rows[i]!;
    if (row >= dayRows) break;
    const value = values[i]!;
    const next = i + 1 < count ? rows[i + 1]! : NO_ROW;
    append(row, NaN);
    append(Math.min(dayRows, next, row + reach), value);
    if (fill === "linear" && next - row <= gap) {
      for (let k = Math.max(1, covered - row); k < next - row && covered < dayRows; k++) {
        append(row + k + 1, interpolate(value, values[i + 1]!, k / (next - row)));
      }
    }
  }
  append(dayRows, NaN);
  out.length = length;
}

/** A point on the line from `a` to `b`, whose difference may overflow. */
function interpolate(a: number, b: number, share: number): number {
  const rise = b - a;
  return Number.isFinite(rise) ? a + rise * share : a * (1 - share) + b * share;
}

/**
 * Cuts the rows [from, to) out of runs.
 *
 * @param out Receives the runs, whose ends are counted from `from`; it must have room for all rows.
 */
export function cutRuns({ ends, values, length }: Runs, from: number, to: number, out: Runs): void {
  let count = 0;
  for (let i = lowerBound(ends, length, from + 1); i < length; i++) {
    const end = ends[i]!;
    out.values[count] = values[i]!;
    out.ends[count++] = Math.min(end, to) - from;
    if (end >= to) break;
  }
  out.length = count;
}
