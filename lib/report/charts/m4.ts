/**
 * Draws long spans on few pixels, by the first, least, greatest and last value of each pixel column.
 * A line through them covers exactly the pixels that a line through all rows would (Jugel et al.,
 * "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
 *
 * @module
 */
import type { Axis } from "./module_rows.ts";

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
  const { from, step } = axis;
  const add = (pixel: number, value: number | null) => {
    const time = from + pixel * step;
    const before = line.at(-2);
    const last = line.at(-1);
    // Of a run of equal values, only the ends are needed.
    const isRun = before?.value === value || last?.time === time;
    if (last?.value === value && isRun) last.time = time;
    else line.push({ time, value });
  };
  let pixel = -1;
  let heard = 0;
  let first = 0;
  let least = 0;
  let most = 0;
  let last = 0;
  const flush = () => {
    if (pixel < 0) return;
    add(pixel, first);
    // The nearer extreme comes first, so that a monotonic column needs only two points.
    const isLow = first - least < most - first;
    add(pixel, isLow ? least : most);
    add(pixel, isLow ? most : least);
    add(pixel, last);
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    const time = times[i]!;
    const next = Math.floor((time - from) / step);
    if (next !== pixel) {
      flush();
      // A gap longer than a pixel column breaks the line, wherever it begins.
      if (pixel >= 0 && time - heard > step) add(pixel + 1, null);
      pixel = next;
      first = least = most = value;
    }
    if (value < least) least = value;
    if (value > most) most = value;
    last = value;
    heard = time;
  }
  flush();
  return line;
}
