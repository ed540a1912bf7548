/**
 * Compares each cell with the others of its module: deviations from their median, and the spread.
 *
 * @module
 */
import type { CellDay, Deviation, LoadDeviation } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { type NamedRuns, roundTo } from "./runs.ts";

/** Fewer rows say nothing about a day. */
export const LEAST_ROWS = 60;

/** The figures of a day's cells. */
export interface Cells {
  /** Rows in which all cells are known. */
  whole: number;
  /** Rows at rest with a spread. */
  spreadRows: number;
  /** Their median spread in mV; null under 60 rows. */
  restSpread: number | null;
  /** Each cell's deviations. */
  cells: CellDay[];
}

/** Values, each with the number of rows that have it. */
export interface Weighted {
  /** The values. */
  values: Float64Array<ArrayBuffer>;
  /** How many rows have each. */
  weights: Int32Array<ArrayBuffer>;
  /** How many values there are. */
  length: number;
  /** How many rows there are. */
  total: number;
}

/** Buffers that a worker reuses to compare cells. */
export interface Bench {
  /** The deviations of each cell in mV, stretch after stretch; NaN where it is not known. */
  deviations: Float64Array<ArrayBuffer>;
  /** The spread of each stretch in mV. */
  spreads: Float64Array<ArrayBuffer>;
  /** How many rows of each stretch are of each class of load. */
  loads: Int32Array<ArrayBuffer>;
  /** Values to be ranked. */
  ranked: Weighted;
}

/** Creates the buffers. */
export function createBench(): Bench {
  const ranked = { values: new Float64Array(0), weights: new Int32Array(0), length: 0, total: 0 };
  const [deviations, spreads, loads] = [
    new Float64Array(0),
    new Float64Array(0),
    new Int32Array(0),
  ];
  return { deviations, spreads, loads, ranked };
}

/**
 * Compares the cells of a module in every row in which at least three quarters of them are known.
 *
 * @param load The class of the current: 1 at rest, 2 above, 3 below; see `loadOf`.
 */
export function compareCells(cells: readonly NamedRuns[], load: Runs, bench: Bench): Cells {
  const count = cells.length;
  const { whole, stretches, totals } = findStretches(cells, load, bench);
  const { deviations, spreads, loads, ranked } = bench;
  const rowsOf = (from: Float64Array, at: number, step: number, kind: number, size: boolean) =>
    gather(ranked, loads, stretches, kind, (i) => {
      const value = from[i * step + at]!;
      return size ? Math.abs(value) : value;
    });
  const deviationOf = (cell: number, kind: number): Deviation | null => {
    const rows = totals[kind] === 0 ? 0 : rowsOf(deviations, cell, count, kind, false);
    return rows === 0 ? null : { rows, median: roundTo(medianOf(ranked), 3) };
  };
  const loadOf = (cell: number, kind: number): LoadDeviation | null => {
    const deviation = deviationOf(cell, kind);
    if (deviation === null) return null;
    rowsOf(deviations, cell, count, kind, true);
    const p95 = roundTo(pick(ranked, Math.ceil(0.95 * deviation.rows) - 1), 3);
    return { ...deviation, p95 };
  };
  const spreadRows = rowsOf(spreads, 0, 1, 1, false);
  return {
    whole,
    spreadRows,
    restSpread: spreadRows < LEAST_ROWS ? null : roundTo(medianOf(ranked), 3),
    cells: cells.map(({ name }, cell) => ({
      column: name,
      rest: deviationOf(cell, 1),
      positive: loadOf(cell, 2),
      negative: loadOf(cell, 3),
    })),
  };
}

/**
 * Cuts the day where any cell changes, and compares the cells in each stretch that has enough of
 * them.
 */
function findStretches(
  cells: readonly NamedRuns[],
  load: Runs,
  bench: Bench,
): { whole: number; stretches: number; totals: number[] } {
  const count = cells.length;
  const columns = cells.map(({ runs }) => runs);
  const at = new Int32Array(count);
  const sorted = new Float64Array(count);
  const needed = Math.ceil(count * 0.75);
  const rows = load.ends[load.length - 1] ?? 0;
  const totals = [0, 0, 0, 0];
  let [row, l, whole, stretches] = [0, 0, 0, 0];
  reserveStretches(bench, count, columns.reduce((sum, { length }) => sum + length, 0));
  const { deviations, spreads, loads } = bench;
  while (row < rows) {
    let [end, known] = [rows, 0];
    for (let c = 0; c < count; c++) {
      const { ends, values } = columns[c]!;
      let i = at[c]!;
      if (ends[i]! <= row) at[c] = ++i;
      if (ends[i]! < end) end = ends[i]!;
      const value = values[i]!;
      if (value !== value) continue;
      let k = known++;
      for (; k > 0 && sorted[k - 1]! > value; k--) sorted[k] = sorted[k - 1]!;
      sorted[k] = value;
    }
    if (known === count) whole += end - row;
    if (known >= needed) {
      const base = stretches * 4;
      loads[base + 1] = loads[base + 2] = loads[base + 3] = 0;
      for (let from = row; from < end;) {
        while (load.ends[l]! <= from) l++;
        const until = Math.min(end, load.ends[l]!);
        loads[base + load.values[l]!]! += until - from;
        from = until;
      }
      for (let kind = 1; kind <= 3; kind++) totals[kind]! += loads[base + kind]!;
      if (loads[base + 1]! + loads[base + 2]! + loads[base + 3]! > 0) {
        const middle = known >> 1;
        const median = known % 2 === 1
          ? sorted[middle]!
          : (sorted[middle - 1]! + sorted[middle]!) / 2;
        spreads[stretches] = (sorted[known - 1]! - sorted[0]!) * 1000;
        for (let c = 0; c < count; c++) {
          deviations[stretches * count + c] = (columns[c]!.values[at[c]!]! - median) * 1000;
        }
        stretches++;
      }
    }
    row = end;
  }
  return { whole, stretches, totals };
}

function reserveStretches(bench: Bench, cells: number, most: number): void {
  if (bench.deviations.length < most * cells) {
    bench.deviations = new Float64Array(most * cells * 1.5);
  }
  if (bench.spreads.length >= most) return;
  bench.spreads = new Float64Array(most * 1.5);
  bench.loads = new Int32Array(bench.spreads.length * 4);
  bench.ranked.values = new Float64Array(bench.spreads.length);
  bench.ranked.weights = new Int32Array(bench.spreads.length);
}

/**
 * Collects the known values of stretches that have rows of a class of load, weighted by those rows.
 */
function gather(
  ranked: Weighted,
  loads: Int32Array,
  stretches: number,
  kind: number,
  valueOf: (stretch: number) => number,
): number {
  let [length, total] = [0, 0];
  for (let i = 0; i < stretches; i++) {
    const weight = loads[i * 4 + kind]!;
    if (weight === 0) continue;
    const value = valueOf(i);
    if (value !== value) continue;
    ranked.values[length] = value;
    ranked.weights[length++] = weight;
    total += weight;
  }
  Object.assign(ranked, { length, total });
  return total;
}

/** The median of all rows; for an even number of rows, the mean of the two in the middle. */
function medianOf(ranked: Weighted): number {
  const { total } = ranked;
  const high = pick(ranked, total >> 1);
  return total % 2 === 1 ? high : (pick(ranked, (total >> 1) - 1) + high) / 2;
}

/** The value of the row at a rank from 0, by quickselect; it reorders the values. */
function pick({ values, weights, length }: Weighted, rank: number): number {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j, k, less, equal] = [low, low, high, 0, 0];
    // Three parts: less than the pivot, equal to it, greater.
    while (j <= k) {
      const value = values[j]!;
      if (value < pivot) {
        less += weights[j]!;
        swap(values, weights, i++, j++);
      } else if (value > pivot) swap(values, weights, j, k--);
      else equal += weights[j++]!;
    }
    if (rank < less) high = i - 1;
    else if (rank < less + equal) return pivot;
    else {
      rank -= less + equal;
      low = j;
    }
  }
  return values[low]!;
}

function swap(values: Float64Array, weights: Int32Array, a: number, b: number): void {
  const [value, weight] = [values[a]!, weights[a]!];
  values[a] = values[b]!;
  weights[a] = weights[b]!;
  values[b] = value;
  weights[b] = weight;
}
