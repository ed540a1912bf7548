/**
 * Draws long spans on few pixels, by the first, least, greatest and last value of each pixel column.
 * A line through them covers exactly the pixels that a line through all rows would (Jugel et al.,
 * "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
 *
 * @module
 */
import { extremesIn } from "../../battery/mod.ts";
import { type Axis, rowLength } from "./module_rows.ts";

/** A point of a line. */
export interface Point {
  /** The start of the pixel column, in milliseconds since the epoch. */
  time: number;
  /** The value; null breaks the line. */
  value: number | null;
}

/**
 * Reduces values to at most four points per pixel column.
 *
 * @param times When each row begins, in order.
 * @param values A value for each row; NaN for none.
 * @returns Points in order of time; a null stands for a gap longer than a pixel column.
 */
export function envelope(times: Float64Array, values: Float64Array, axis: Axis): Point[] {
  const line: Point[] = [];
  const add = (time: number, value: number) => {
    const before = line.at(-2);
    const last = line.at(-1);
    // Of a run of equal values, only the ends are needed.
    const isRun = before?.value === value || last?.time === time;
    if (last?.value === value && isRun) last.time = time;
    else line.push({ time, value });
  };
  const pixelAt = (row: number) => Math.floor((times[row]! - axis.from) / axis.step);
  let known = -1; // the last row that has a value
  for (let start = 0, end = 0; start < values.length; start = end) {
    const pixel = pixelAt(start);
    while (end < values.length && pixelAt(end) === pixel) end++;
    const column = values.subarray(start, end);
    const { least, greatest } = extremesIn(column);
    if (least === -1) continue;
    const first = column.findIndex((value) => value === value);
    const last = column.findLastIndex((value) => value === value);
    // A gap that is longer than a pixel column, and than a row, breaks the line wherever it begins.
    const gap = known === -1 ? 0 : times[start + first]! - times[known]!;
    if (gap > axis.step && gap > rowLength(times, known)) {
      line.push({ time: line.at(-1)!.time + axis.step, value: null });
    }
    for (const at of [first, Math.min(least, greatest), Math.max(least, greatest), last]) {
      add(axis.from + pixel * axis.step, column[at]!);
    }
    known = start + last;
  }
  return line;
}
