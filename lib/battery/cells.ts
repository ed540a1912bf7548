/**
 * Compares the cells of a module with each other: deviations from their median, and the spread.
 *
 * @module
 */
import type { Deviation, LoadDeviation, ModuleDay } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { LOADS } from "./flow.ts";
import { type NamedRuns, roundTo } from "./runs.ts";
import { alignRuns, createSegments, type Segments } from "./segments.ts";

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
  /** The voltage of each cell, and then the load. */
  segments: Segments;
  /** The spread of each segment in mV. */
  spreads: Float64Array<ArrayBuffer>;
  /** Values of which the median is computed. */
  ranked: Weighted;
}

/** Creates the buffers. */
export function createCellBuffers(): CellBuffers {
  const ranked = { values: new Float64Array(0), weights: new Int32Array(0), length: 0, total: 0 };
  return { segments: createSegments(), spreads: new Float64Array(0), ranked };
}

/** The figures of a module's cells. */
export type CellFigures = Pick<ModuleDay, "cellsFilled" | "spreadRows" | "restSpread" | "cells">;

/**
 * Compares the cells of a module in every row in which at least three quarters of them are known.
 *
 * @param load The load of each row; see `loadOf`.
 * @param rows How many rows the module's hour files have.
 */
export function compareCells(
  cells: readonly NamedRuns[],
  load: Runs,
  rows: number,
  buffers: CellBuffers,
): CellFigures {
  const { segments, ranked } = buffers;
  if (cells.length === 0) return { cellsFilled: null, spreadRows: 0, restSpread: null, cells: [] };
  alignRuns([...cells.map(({ runs }) => runs), load], segments);
  reserve(buffers);
  const completeRows = toDeviations(segments, cells.length, buffers.spreads);
  const partUnder = (load: number) => segmentsUnder(load, segments, segments.values[cells.length]!);
  const atRest = partUnder(LOADS.rest);
  const positive = partUnder(LOADS.positive);
  const negative = partUnder(LOADS.negative);
  const deviationOf = (cell: number, part: Part): Deviation | null => {
    gather(ranked, segments.values[cell]!, part);
    if (ranked.total === 0) return null;
    return { rows: ranked.total, median: roundTo(medianOf(ranked), 3) };
  };
  const underLoad = (cell: number, part: Part): LoadDeviation | null => {
    const deviation = deviationOf(cell, part);
    if (deviation === null) return null;
    for (let i = 0; i < ranked.length; i++) ranked.values[i] = Math.abs(ranked.values[i]!);
    const p95 = roundTo(pick(ranked, Math.ceil(0.95 * deviation.rows) - 1), 3);
    return { ...deviation, p95 };
  };
  gather(ranked, buffers.spreads, atRest);
  return {
    cellsFilled: completeRows / rows,
    spreadRows: ranked.total,
    restSpread: ranked.total < LEAST_ROWS ? null : roundTo(medianOf(ranked), 3),
    cells: cells.map(({ name }, cell) => ({
      column: name,
      rest: deviationOf(cell, atRest),
      positive: underLoad(cell, positive),
      negative: underLoad(cell, negative),
    })),
  };
}

function reserve(buffers: CellBuffers): void {
  const { segments: { ends }, ranked } = buffers;
  if (buffers.spreads.length >= ends.length) return;
  buffers.spreads = new Float64Array(ends.length);
  ranked.values = new Float64Array(ends.length);
  ranked.weights = new Int32Array(ends.length);
}

/**
 * Replaces the voltages of segments by deviations in mV, and computes the spreads. Where too few
 * cells are known, the load is set to 0, so that the segment does not count.
 *
 * @returns The number of rows in which all cells are known.
 */
function toDeviations(
  { ends, values, length }: Segments,
  count: number,
  spreads: Float64Array,
): number {
  const loads = values[count]!;
  const needed = Math.ceil(count * 0.75);
  // The cells by voltage, unknown ones last. The order hardly changes from segment to segment, so
  // that an insertion sort takes few steps.
  const order = Int32Array.from({ length: count }, (_, cell) => cell);
  const sorted = new Float64Array(count);
  let completeRows = 0;
  for (let i = 0; i < length; i++) {
    let known = 0;
    for (let c = 0; c < count; c++) {
      const cell = order[c]!;
      const voltage = values[cell]![i]!;
      const rank = voltage === voltage ? voltage : Infinity;
      if (voltage === voltage) known++;
      let k = c;
      for (; k > 0 && sorted[k - 1]! > rank; k--) {
        sorted[k] = sorted[k - 1]!;
        order[k] = order[k - 1]!;
      }
      sorted[k] = rank;
      order[k] = cell;
    }
    if (known === count) completeRows += ends[i]! - (i === 0 ? 0 : ends[i - 1]!);
    if (known < needed) loads[i] = 0;
    if (loads[i] === 0) continue;
    const middle = known >> 1;
    const median = known % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
    for (let c = 0; c < count; c++) values[c]![i] = (values[c]![i]! - median) * 1000;
    spreads[i] = (sorted[known - 1]! - sorted[0]!) * 1000;
  }
  return completeRows;
}

/** Some segments, and how many rows each of them has. */
interface Part {
  segments: number[];
  rows: number[];
}

/** The segments under a load. */
function segmentsUnder(load: number, { ends, length }: Segments, loads: Float64Array): Part {
  const part: Part = { segments: [], rows: [] };
  for (let i = 0; i < length; i++) {
    if (loads[i] !== load) continue;
    part.segments.push(i);
    part.rows.push(ends[i]! - (i === 0 ? 0 : ends[i - 1]!));
  }
  return part;
}

/** Gathers the known values of some segments, weighted by their rows. */
function gather(ranked: Weighted, values: Float64Array, { segments, rows }: Part): void {
  let length = 0;
  let total = 0;
  for (let i = 0; i < segments.length; i++) {
    const value = values[segments[i]!]!;
    if (value !== value) continue;
    ranked.values[length] = value;
    ranked.weights[length++] = rows[i]!;
    total += rows[i]!;
  }
  ranked.length = length;
  ranked.total = total;
}

/** The median of all rows; for an even number of rows, the mean of the two in the middle. */
function medianOf(ranked: Weighted): number {
  const { total } = ranked;
  const high = pick(ranked, total >> 1);
  return total % 2 === 1 ? high : (pick(ranked, (total >> 1) - 1) + high) / 2;
}

/** The value of the row at a rank, counted from 0, by quickselect; this reorders the values. */
function pick({ values, weights, length }: Weighted, rank: number): number {
  let low = 0, high = length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    // Three parts: [low, i) is less than the pivot, [i, j) equal to it, (k, high] greater.
    let i = low, j = low, k = high, less = 0, equal = 0;
    while (j <= k) {
      const value = values[j]!;
      const weight = weights[j]!;
      const other = value < pivot ? i++ : value > pivot ? k-- : j;
      values[j] = values[other]!;
      weights[j] = weights[other]!;
      values[other] = value;
      weights[other] = weight;
      if (value < pivot) less += weight;
      else if (value === pivot) equal += weight;
      if (value <= pivot) j++;
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
