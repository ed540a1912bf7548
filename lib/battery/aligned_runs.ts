/**
 * Brings several columns to the same rows.
 *
 * @module
 */
import type { Runs } from "../hours/mod.ts";

/** Several columns over a day, as runs of rows in which none of them changes. */
export interface AlignedRuns {
  /** The row after the last one of each run. */
  ends: Int32Array<ArrayBuffer>;
  /** For each column, its value in each run; NaN stands for null. */
  values: Float64Array<ArrayBuffer>[];
  /** How many runs there are. */
  length: number;
}

/** Makes room for no runs; {@linkcode alignRuns} makes more. */
export function createAlignedRuns(): AlignedRuns {
  return { ends: new Int32Array(0), values: [], length: 0 };
}

/**
 * Divides a day into runs that several columns have in common.
 *
 * @param columns Runs that cover all rows of the day; there is at least one.
 * @param out Receives the runs; its buffers grow as needed.
 */
export function alignRuns(columns: readonly Runs[], out: AlignedRuns): void {
  const [{ ends, length }] = columns as [Runs];
  const rows = ends[length - 1]!;
  if (out.ends.length < rows) Object.assign(out, { ends: new Int32Array(rows), values: [] });
  while (out.values.length < columns.length) out.values.push(new Float64Array(out.ends.length));
  out.length = fillRuns(
    columns.map(({ ends }) => ends),
    columns.map(({ values }) => values),
    rows,
    out,
  );
}

function fillRuns(
  ends: readonly Int32Array[],
  values: readonly Float64Array[],
  rows: number,
  out: AlignedRuns,
): number {
  const at = new Int32Array(ends.length); // the run of each column
  let length = 0;
  for (let row = 0; row < rows; length++) {
    let end = rows;
    for (let c = 0; c < at.length; c++) {
      let i = at[c]!;
      if (ends[c]![i]! <= row) at[c] = ++i;
      if (ends[c]![i]! < end) end = ends[c]![i]!;
      out.values[c]![length] = values[c]![i]!;
    }
    out.ends[length] = row = end;
  }
  return length;
}
