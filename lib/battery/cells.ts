/**
 * Compares the cells of a module with each other: deviations from their median, and the spread.
 *
 * @module
 */
import type { Deviation, LoadDeviation, ModuleDay } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { type NamedRuns, roundTo } from "./runs.ts";

/** The fewest rows whose median means anything. */
export const LEAST_ROWS = 60;

/** Values, each with the number of rows that have it. */
export interface Weighted {
  /** The values. */
  values: Float64Array<ArrayBuffer>;
  /** How many rows have each value. */
  weights: Int32Array<ArrayBuffer>;
  /** How many values there are. */
  length: number;
  /** How many rows there are. */
  total: number;
}

/** Buffers that a worker reuses to compare cells. */
export interface CellBuffers {
  /** For each stretch, the deviation of each cell and then the spread, in mV; NaN for unknown. */
  deviations: Float64Array<ArrayBuffer>;
  /** For each stretch, how many of its rows are in each class of load. */
  loads: Int32Array<ArrayBuffer>;
  /** Values of which the median is computed. */
  ranked: Weighted;
}

/** Creates the buffers. */
export function createCellBuffers(): CellBuffers {
  const ranked = { values: new Float64Array(0), weights: new Int32Array(0), length: 0, total: 0 };
  return { deviations: new Float64Array(0), loads: new Int32Array(0), ranked };
}

/** The figures of a module's cells. */
export type CellFigures = Pick<ModuleDay, "cellsFilled" | "spreadRows" | "restSpread" | "cells">;

/**
 * Compares the cells of a module in every row in which at least three quarters of them are known.
 *
 * @param load The class of each row by its current: 1 at rest, 2 positive, 3 negative; see `loadOf`.
 * @param rows How many rows the module's hour files have.
 */
export function compareCells(
  cells: readonly NamedRuns[],
  load: Runs,
  rows: number,
  buffers: CellBuffers,
): CellFigures {
  const count = cells.length;
  const { complete, stretches, totals } = findStretches(cells, load, buffers);
  const { deviations, ranked } = buffers;
  const rank = (at: number, kind: number, ofSize: boolean = false) =>
    gather(buffers, stretches, kind, (i) => {
      const value = deviations[i * (count + 1) + at]!;
      return ofSize ? Math.abs(value) : value;
    });
  const deviationOf = (cell: number, kind: number): Deviation | null => {
    const rows = totals[kind] === 0 ? 0 : rank(cell, kind);
    return rows === 0 ? null : { rows, median: roundTo(medianOf(ranked), 3) };
  };
  const underLoad = (cell: number, kind: number): LoadDeviation | null => {
    const deviation = deviationOf(cell, kind);
    if (deviation === null) return null;
    rank(cell, kind, true);
    const p95 = roundTo(pick(ranked, Math.ceil(0.95 * deviation.rows) - 1), 3);
    return { ...deviation, p95 };
  };
  const spreadRows = rank(count, 1);
  return {
    cellsFilled: count === 0 ? null : complete / rows,
    spreadRows,
    restSpread: spreadRows < LEAST_ROWS ? null : roundTo(medianOf(ranked), 3),
    cells: cells.map(({ name }, cell) => ({
      column: name,
      rest: deviationOf(cell, 1),
      positive: underLoad(cell, 2),
      negative: underLoad(cell, 3),
    })),
  };
}

/**
 * Divides the day wherever a cell changes, and compares the cells in each stretch in which enough of
 * them are known.
 *
 * @returns The number of rows in which all cells are known, the number of stretches, and the number
 * of their rows in each class of load.
 */
function findStretches(
  cells: readonly NamedRuns[],
  load: Runs,
  buffers: CellBuffers,
): { complete: number; stretches: number; totals: number[] } {
  const count = cells.length;
  const columns = cells.map(({ runs }) => runs);
  const at = new Int32Array(count);
  const sorted = new Float64Array(count);
  const needed = Math.ceil(count * 0.75);
  const rows = load.ends[load.length - 1] ?? 0;
  const totals = [0, 0, 0, 0];
  let [row, l, complete, stretches] = [0, 0, 0, 0];
  reserveStretches(buffers, count + 1, columns.reduce((sum, { length }) => sum + length, 0));
  const { deviations, loads } = buffers;
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
    if (known === count) complete += end - row;
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
        const first = stretches * (count + 1);
        for (let c = 0; c < count; c++) {
          deviations[first + c] = (columns[c]!.values[at[c]!]! - median) * 1000;
        }
        deviations[first + count] = (sorted[known - 1]! - sorted[0]!) * 1000;
        stretches++;
      }
    }
    row = end;
  }
  return { complete, stretches, totals };
}

/** Makes room for the stretches of a day, each with some deviations. */
function reserveStretches(buffers: CellBuffers, width: number, most: number): void {
  if (buffers.deviations.length < most * width) {
    buffers.deviations = new Float64Array(most * width * 1.5);
  }
  if (buffers.ranked.values.length >= most) return;
  const room = Math.ceil(most * 1.5);
  buffers.loads = new Int32Array(room * 4);
  buffers.ranked.values = new Float64Array(room);
  buffers.ranked.weights = new Int32Array(room);
}

/**
 * Gathers the known values of stretches with rows in a class of load, weighted by those rows.
 *
 * @returns The number of rows.
 */
function gather(
  { ranked, loads }: CellBuffers,
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

/** The value of the row at a rank, counted from 0, by quickselect; this reorders the values. */
function pick({ values, weights, length }: Weighted, rank: number): number {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j, k, less, equal] = [low, low, high, 0, 0];
    // Three parts: less than the pivot, equal to it, greater than it.
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
