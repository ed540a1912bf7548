/**
 * Long spans on few pixels: of each pixel column the first, the least, the greatest and the last
 * value. A line through them covers the very pixels that a line through all rows would (M4: Jugel
 * et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
 *
 * @module
 */
import type { Axis, Rows } from "./frame.ts";

/** A point of a line; null breaks it. */
export interface Point {
  /** Which line: the number of its series. */
  series: number;
  /** The start of the pixel column, UTC. */
  time: Date;
  /** The value. */
  value: number | null;
}

/**
 * Reduces a column to at most four points a pixel column and series.
 *
 * @param rows Those of a series are in order of time.
 * @param values A value for each row; NaN for none.
 * @returns Points by series, in order of time; a null stands for a gap longer than a pixel
 * column.
 */
export function envelope(
  { times, series, places }: Rows,
  values: Float64Array,
  axis: Axis,
): Point[] {
  const lines: Point[][] = places.map(() => []);
  const [first, least, most, last] = Array.from(
    { length: 4 },
    () => new Float64Array(places.length),
  );
  const pixels = new Int32Array(places.length).fill(-1);
  const heard = new Float64Array(places.length);
  const add = (number: number, pixel: number, value: number | null) => {
    const line = lines[number]!;
    const time = new Date(axis.from + pixel * axis.step);
    const [a, b] = [line.at(-2), line.at(-1)];
    // Of equal values only the ends are needed.
    if (a !== undefined && a.value === value && b!.value === value) b!.time = time;
    else line.push({ series: number, time, value });
  };
  const flush = (number: number) => {
    const pixel = pixels[number]!;
    if (pixel < 0) return;
    const [from, low, high, to] = [first!, least!, most!, last!].map((kind) => kind[number]!);
    // Visit the nearer extreme first, so a monotonic column needs two points only.
    const between = from! - low! < high! - from! ? [low!, high!] : [high!, low!];
    for (const value of [from!, ...between, to!]) add(number, pixel, value);
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue;
    const number = series[i]!;
    const pixel = Math.floor((times[i]! - axis.from) / axis.step);
    if (pixel !== pixels[number]) {
      flush(number);
      // A gap longer than a pixel column breaks the line, wherever it begins.
      const isGap = pixels[number]! >= 0 && times[i]! - heard[number]! > axis.step;
      if (isGap) add(number, pixels[number]! + 1, null);
      pixels[number] = pixel;
      first![number] = least![number] = most![number] = value;
    }
    if (value < least![number]!) least![number] = value;
    if (value > most![number]!) most![number] = value;
    last![number] = value;
    heard[number] = times[i]!;
  }
  for (const number of places.keys()) flush(number);
  return lines.flat();
}
