/**
 * Compares the cells of a module with each other: deviations from their median, and the spread.
 *
 * @module
 */
import { type AlignedRuns, alignRuns, createAlignedRuns } from "./aligned_runs.ts";
import type { CellDay, Deviation, LoadDeviation, ModuleDay } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { LOADS } from "./flow.ts";
import { createWeighted, valueAtRank, type Weighted, weightedMedian } from "./median.ts";
import { type DayColumn, roundTo } from "./runs.ts";

/** The fewest rows whose median means anything. */
export const LEAST_ROWS = 60;

/**
 * How many of a module's cells must be known in a row for their median to mean anything: three
 * quarters.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leastKnown } from "./cells.ts";
 * assert.deepEqual([1, 2, 4, 14].map(leastKnown), [1, 2, 3, 11]);
 * ```
 */
export function leastKnown(cells: number): number {
  return Math.ceil(cells * 0.75);
}

/** The cell whose median deviation at rest is largest in size; null if none has 60 rows. */
export function weakestCell(
  cells: readonly CellDay[],
): { column: string; deviation: number } | null {
  let weakest: { column: string; deviation: number } | null = null;
  for (const { column, rest } of cells) {
    if (rest === null || rest.rows < LEAST_ROWS) continue;
    if (weakest === null || Math.abs(rest.median) > Math.abs(weakest.deviation)) {
      weakest = { column, deviation: rest.median };
    }
  }
  return weakest;
}

/** Buffers that are reused for every module, because allocating is slow. */
const buffers = {
  /** The voltage of each cell, and then the load. */
  aligned: createAlignedRuns(),
  /** The spread of each run in mV. */
  spreads: new Float64Array(0),
  /** The runs in the order of their loads. */
  order: new Int32Array(0),
  /** Values of which the median is computed. */
  ranked: createWeighted(0),
};

/** The figures of a module's cells. */
export type CellFigures = Pick<ModuleDay, "cellsFilled" | "spreadRows" | "restSpread" | "cells">;

/**
 * Compares the cells of a module: their deviations in every row in which at least three quarters of
 * them are known, and their spread in every row in which any is known.
 *
 * @param load The load of each row; see `loadOf`.
 * @param rows How many rows the module's hour files have.
 */
export function compareCells(
  cells: readonly DayColumn[],
  load: Runs,
  rows: number,
): CellFigures {
  if (cells.length === 0) return { cellsFilled: null, spreadRows: 0, restSpread: null, cells: [] };
  const { aligned } = buffers;
  alignRuns([...cells.map(({ runs }) => runs), load], aligned);
  reserve(aligned.ends.length);
  const { ranked } = buffers;
  const { ends, values, length } = aligned;
  const completeRows = toDeviations(aligned, cells.length, buffers.spreads);
  const byLoad = groupByLoad(values[cells.length]!, length, buffers.order);
  const deviationOf = (cell: number, load: number): Deviation | null => {
    gather(ranked, values[cell]!, ends, byLoad, load);
    if (ranked.total === 0) return null;
    return { rows: ranked.total, median: roundTo(weightedMedian(ranked), 3) };
  };
  const underLoad = (cell: number, load: number): LoadDeviation | null => {
    const deviation = deviationOf(cell, load);
    if (deviation === null) return null;
    for (let i = 0; i < ranked.length; i++) ranked.values[i] = Math.abs(ranked.values[i]!);
    const p95 = roundTo(valueAtRank(ranked, Math.ceil(0.95 * deviation.rows) - 1), 3);
    return { ...deviation, p95 };
  };
  gather(ranked, buffers.spreads, ends, byLoad, LOADS.rest);
  return {
    cellsFilled: completeRows / rows,
    spreadRows: ranked.total,
    restSpread: ranked.total < LEAST_ROWS ? null : roundTo(weightedMedian(ranked), 3),
    cells: cells.map(({ name }, cell) => ({
      column: name,
      rest: deviationOf(cell, LOADS.rest),
      positive: underLoad(cell, LOADS.positive),
      negative: underLoad(cell, LOADS.negative),
    })),
  };
}

/** Makes the buffers long enough for a number of runs. */
function reserve(runs: number): void {
  if (buffers.spreads.length >= runs) return;
  buffers.spreads = new Float64Array(runs);
  buffers.order = new Int32Array(runs);
  buffers.ranked = createWeighted(runs);
}

/**
 * Replaces the voltages of runs by deviations in mV, and computes the spreads; NaN where too few
 * cells are known.
 *
 * @returns The number of rows in which all cells are known.
 */
function toDeviations(
  { ends, values, length }: AlignedRuns,
  count: number,
  spreads: Float64Array,
): number {
  const loads = values[count]!;
  const needed = leastKnown(count);
  // The cells by voltage, unknown ones last. The order hardly changes from run to run, so
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
    if (loads[i] === 0) continue;
    spreads[i] = known === 0 ? NaN : (sorted[known - 1]! - sorted[0]!) * 1000;
    const median = known < needed ? NaN : (sorted[(known - 1) >> 1]! + sorted[known >> 1]!) / 2;
    for (let c = 0; c < count; c++) values[c]![i] = (values[c]![i]! - median) * 1000;
  }
  return completeRows;
}

/** Runs by load: those of load `l` are `order[starts[l]]` to `order[starts[l + 1] - 1]`. */
interface RunsByLoad {
  order: Int32Array;
  starts: Int32Array;
}

/** How many loads there are: those of `LOADS`, and 0. */
const LOAD_COUNT = Object.keys(LOADS).length + 1;

/** Groups runs by their load, and keeps the order of those with the same load. */
function groupByLoad(loads: Float64Array, length: number, order: Int32Array): RunsByLoad {
  const starts = new Int32Array(LOAD_COUNT + 1);
  for (let i = 0; i < length; i++) starts[loads[i]! + 1]!++;
  for (let load = 0; load < LOAD_COUNT; load++) starts[load + 1]! += starts[load]!;
  const places = starts.slice();
  for (let i = 0; i < length; i++) order[places[loads[i]!]!++] = i;
  return { order, starts };
}

/** Gathers the known values under a load, weighted by their rows. */
function gather(
  ranked: Weighted,
  values: Float64Array,
  ends: Int32Array,
  { order, starts }: RunsByLoad,
  load: number,
): void {
  let length = 0;
  let total = 0;
  for (let k = starts[load]!; k < starts[load + 1]!; k++) {
    const i = order[k]!;
    const value = values[i]!;
    if (value !== value) continue;
    const rows = ends[i]! - (i === 0 ? 0 : ends[i - 1]!);
    ranked.values[length] = value;
    ranked.weights[length++] = rows;
    total += rows;
  }
  ranked.length = length;
  ranked.total = total;
}
