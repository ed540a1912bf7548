/**
 * The rows of a frame of hour files as typed arrays.
 *
 * @module
 */
import pl from "nodejs-polars";

/** A stretch of time, in milliseconds since the epoch. */
export interface Span {
  /** Its start: of a frame the first row. */
  from: number;
  /** Its end: of a frame that of the last row. */
  to: number;
}

/** The span of a frame on pixel columns, in milliseconds. */
export interface Axis extends Span {
  /** How long a row is. */
  row: number;
  /** How long a pixel column is: a whole number of rows. */
  step: number;
}

/** What all columns of a frame share. */
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

/** The rows of a frame with a series for each module; computed once per frame. */
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

/** The values of columns; NaN for null. They are taken out one by one: a frame may be large. */
export function valuesOf(frame: pl.DataFrame, names: readonly string[]): Float64Array[] {
  return names.map((name) =>
    frame.select(pl.col(name).cast(pl.Float64).fillNull(pl.lit(NaN)).alias(name))
      .getColumn(name).toTypedArray() as Float64Array
  );
}

/** How many rows to look at for the step between them. */
const ROWS_FOR_STEP = 1000;

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
  const first = times.slice(0, ROWS_FOR_STEP).sort();
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
