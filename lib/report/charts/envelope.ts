/**
 * Long spans on few pixels: of each pixel column the first, the least, the greatest and the last
 * value. A line through them covers the very pixels that a line through all rows would (M4: Jugel
 * et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
 *
 * @module
 */
import pl from "nodejs-polars";

/** A point of a line; null breaks it. */
export interface Point {
  /** Which line: the number of its series. */
  series: number;
  /** The start of the pixel column, UTC. */
  time: Date;
  /** The value. */
  value: number | null;
}

/** The span of a frame on pixel columns, in milliseconds since the epoch. */
export interface Axis {
  /** The first row. */
  from: number;
  /** The end of the last row. */
  to: number;
  /** How long a row is. */
  row: number;
  /** How long a pixel column is: a whole number of rows. */
  step: number;
}

/** What all columns of a frame have in common. */
export interface Rows {
  /** Each row's instant in milliseconds since the epoch. */
  times: Float64Array;
  /** Each row's series. */
  series: Uint32Array;
  /** The places that series are of, by number. */
  places: readonly { phase: string; module: string }[];
}

const MILLISECONDS = pl.col("timestamp").cast(pl.Datetime("ms")).cast(pl.Int64);

const cache = new WeakMap<pl.DataFrame, Rows>();

/** Looks at a frame's rows: a series for each module. A frame is looked at once. */
export function rowsOf(frame: pl.DataFrame): Rows {
  const known = cache.get(frame);
  if (known !== undefined) return known;
  const codes = frame.select(
    MILLISECONDS.cast(pl.Float64).alias("ms"),
    ...["phase", "module"].map((name) =>
      pl.col(name).cast(pl.Categorical).cast(pl.UInt32).alias(name)
    ),
  );
  const column = (name: string) => codes.getColumn(name).toTypedArray();
  const [phases, modules] = [column("phase") as Uint32Array, column("module") as Uint32Array];
  const series = new Uint32Array(frame.height);
  const numbers = new Map<number, number>();
  const places: { phase: string; module: string }[] = [];
  const text = (name: string, row: number) => String(frame.getColumn(name).get(row));
  for (let i = 0; i < series.length; i++) {
    const key = phases[i]! * 2 ** 26 + modules[i]!;
    let number = i > 0 && phases[i] === phases[i - 1] && modules[i] === modules[i - 1]
      ? series[i - 1]
      : numbers.get(key);
    if (number === undefined) {
      number = places.push({ phase: text("phase", i), module: text("module", i) }) - 1;
      numbers.set(key, number);
    }
    series[i] = number;
  }
  const found = { times: column("ms") as Float64Array, series, places };
  cache.set(frame, found);
  return found;
}

const extracted = new WeakMap<pl.DataFrame, Map<string, Float64Array>>();

/** The values of columns; NaN for null. They are taken out of a frame once. */
export function valuesOf(frame: pl.DataFrame, names: readonly string[]): Float64Array[] {
  const known = extracted.get(frame) ?? new Map<string, Float64Array>();
  extracted.set(frame, known);
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) {
    const filled = missing.map((name) =>
      pl.col(name).cast(pl.Float64).fillNull(pl.lit(NaN)).alias(name)
    );
    const columns = frame.select(...filled);
    for (const name of missing) {
      known.set(name, columns.getColumn(name).toTypedArray() as Float64Array);
    }
  }
  return names.map((name) => known.get(name)!);
}

/** Enough rows to see how far apart they lie. */
const SOME_ROWS = 1000;

/**
 * Divides a span by pixel columns; null if there are no rows.
 *
 * @param span What to show, in milliseconds since the epoch, at least that of the rows.
 */
export function axisOf(
  times: Float64Array,
  pixels: number,
  span?: readonly [from: number, to: number],
): Axis | null {
  if (times.length === 0) return null;
  let [row, from, to] = [Infinity, Infinity, -Infinity];
  const first = times.slice(0, SOME_ROWS).sort();
  for (let i = 1; i < first.length; i++) {
    if (first[i]! > first[i - 1]!) row = Math.min(row, first[i]! - first[i - 1]!);
  }
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  if (row === Infinity) row = 3_600_000;
  to += row;
  if (span !== undefined) [from, to] = [Math.min(from, span[0]), Math.max(to, span[1])];
  return { from, to, row, step: row * Math.max(1, Math.ceil((to - from) / row / pixels)) };
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
    // By way of the nearer extreme: what goes one way all the time is two points then.
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
      // What is longer than a pixel column is seen as a gap, wherever it begins.
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
