/**
 * Decides whether a file is read by the hot path or has to be imported, and describes the files of
 * the hot path.
 *
 * @module
 */
import {
  type Chunk,
  type ColumnType,
  type Footer,
  type ReadBytes,
  readFooter,
} from "../parquet/mod.ts";
import { NeedsImport } from "../errors.ts";
import { DAY, type TimeUnit, unitByMagnitude, wholeSecondIn } from "./timestamps.ts";

/** The columns that are read, in the order that all lists of columns follow. */
export const COLUMNS = {
  timestamp: "int64",
  payload_type: "text",
  value: "text",
  tags: "pairs",
} as const satisfies Record<string, ColumnType>;

/** The name of a column. */
export type ColumnName = keyof typeof COLUMNS;

/** The names of these columns. */
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly ColumnName[];

/** A span of time in whole seconds since the epoch, both ends inclusive. */
export interface Span {
  /** The first second that has a reading. */
  first: number;
  /** The last second that has a reading. */
  last: number;
}

/** A row group, and the time that it spans. */
export interface TimedRowGroup extends Span {
  /** How many rows there are. */
  rows: number;
  /** The chunks of {@linkcode COLUMNS}. */
  chunks: Chunk[];
}

/** What the hot path must know about a file. It is stored as JSON in the record of the file. */
export interface Layout extends Span {
  /** How many rows there are. */
  rows: number;
  /** The unit of the timestamps. */
  unit: TimeUnit;
  /** The row groups. */
  groups: TimedRowGroup[];
}

/** Files that span more seconds are imported, which divides them into one file per day. */
const MAX_SPAN = 3 * DAY;

/**
 * Reads a file's footer, which decides whether the hot path takes the file.
 *
 * @param size The file's size in bytes.
 * @throws {NeedsImport} If the file has to be imported.
 * @throws {Error} If it is not a parquet file, a column is missing, or the footer is broken.
 */
export function readLayout(read: ReadBytes, size: number): Layout {
  const { rows, units: [stored], groups } = readFooter(read, size, COLUMNS);
  const unit = unitOf(stored!);
  if (rows === 0) throw new NeedsImport("no rows");
  const spans = groups.map((group) => statedSpan(group, unit));
  const [first, last] = spans.reduce(
    ([first, last], span) => [Math.min(first, span.first), Math.max(last, span.last)] as const,
    [Infinity, -Infinity] as const,
  );
  // A single row from a reset clock must not make a file belong to the days of twenty years.
  if (last - first > MAX_SPAN) throw new NeedsImport("rows of more than three days");
  const placed = groups.map(({ rows, chunks }, i) => ({ rows, chunks, ...spans[i]! }));
  return { rows, unit, first, last, groups: placed };
}

function unitOf(unit: Footer["units"][number]): TimeUnit {
  return unit === null ? "epoch" : ({ MILLIS: "ms", MICROS: "us", NANOS: "ns" } as const)[unit];
}

/** The first and the last second of a row group according to its statistics. */
function statedSpan({ bounds: [bounds] }: Footer["groups"][number], unit: TimeUnit): Span {
  if (bounds === null || bounds === undefined) {
    throw new NeedsImport("timestamps without minimum and maximum");
  }
  const [low, high] = bounds;
  // If seconds and milliseconds are mixed, the smallest number may not be the earliest instant.
  if (unit === "epoch" && unitByMagnitude(Number(low)) !== unitByMagnitude(Number(high))) {
    throw new NeedsImport("timestamps of different units");
  }
  const view = new DataView(BigInt64Array.of(low, high).buffer);
  const [first, last] = [wholeSecondIn(view, 0, unit), wholeSecondIn(view, 8, unit)];
  if (!(first <= last)) throw new NeedsImport("a timestamp before 2000 or after 2100");
  return { first, last };
}
