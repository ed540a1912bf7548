/**
 * The general reader: whatever the fast reader does not take (other parquet, CSV) is read by polars
 * and copied into day files that it does take, of one day and at most 200,000 rows each.
 * Rows that are no reading are left out, and kept with the reason.
 *
 * Native code can die of a bad file, so this runs in a child process.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import pl from "nodejs-polars";
import { csvParts } from "./csv.ts";
import { type Coded, encodeDayFile } from "./day_file.ts";
import { NO_READING, type RejectedRow } from "./malformed.ts";
import { COLUMNS } from "./layout.ts";
import { MESSAGE_SOURCE, parseJson, parseTags, type Tags } from "./tags.ts";
import { type Instant, parseInstant, type TimeUnit } from "./timestamps.ts";

/** The most rows that are held at a time, and that a copy has. */
const MOST_ROWS = 200_000;

/** What becomes of a file's rows. */
export interface Copies {
  /** Receives a day file with readings of one day. */
  put(bytes: Uint8Array<ArrayBuffer>): void;
  /** Receives a row that is no reading. */
  reject(row: RejectedRow): void;
}

/**
 * Copies a file.
 *
 * @throws {Error} If it can't be read, or a column is missing or of another type.
 */
export async function copyFile(path: string, copies: Copies): Promise<void> {
  const csv = /\.csv(\.gz)?$/i.test(path);
  for await (const batch of csv ? csvBatches(path) : parquetBatches(path)) {
    copyBatch(batch, copies);
  }
}

/** Some rows by column, as text; what is missing is null. */
interface Batch {
  /** Integers, or in CSV also ISO 8601. */
  timestamp: (string | null)[];
  payload: (string | null)[];
  /** Numbers are in their shortest form. */
  value: (string | null)[];
  /** JSON objects with one member, `tags`. */
  tags: string[];
  unit: TimeUnit;
  /** Whether rows of nulls alone are blank lines, and no rows. */
  blanks: boolean;
}

async function* csvBatches(path: string): AsyncGenerator<Batch> {
  for await (const part of csvParts(path)) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    // Rows with too many fields keep those that the header names.
    const frame = pl.readCSV(bytes, { inferSchemaLength: 0, truncateRaggedLines: true });
    checkColumns(frame.columns);
    for (let from = 0; from < frame.height; from += MOST_ROWS) {
      yield { ...batchOf(frame.slice(from, MOST_ROWS), "epoch"), blanks: true };
    }
  }
}

function* parquetBatches(path: string): Generator<Batch> {
  const scan = pl.scanParquet(path);
  const empty = scan.limit(0).collectSync();
  checkColumns(empty.columns);
  const unit = checkTypes(empty);
  const columns = Object.keys(COLUMNS).map((name) => {
    const [column, type] = [pl.col(name), typeName(empty, name)];
    if (/^[{"]*(List|Datetime)/.test(type)) return column;
    // A float32 is told in full: it is the number that counts, not the shortest text for it.
    return (/^[{"]*Float/.test(type) ? column.cast(pl.Float64) : column).cast(pl.Utf8);
  });
  for (let from = 0;; from += MOST_ROWS) {
    const frame = scan.select(...columns).slice(from, MOST_ROWS).collectSync();
    if (frame.height > 0) yield batchOf(frame, unit);
    if (frame.height < MOST_ROWS) return;
  }
}

function checkColumns(columns: readonly string[]): void {
  const missing = Object.keys(COLUMNS).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new Error(`has no column '${missing.join("', '")}'`);
}

/** Checks that texts can be made of the columns; returns what the timestamps count. */
function checkTypes(frame: pl.DataFrame): TimeUnit {
  const typeOf = (name: string) => typeName(frame, name);
  const expect = (name: string, types: string, wanted: string) => {
    const type = typeOf(name);
    if (new RegExp(`^[{"]*(${types})`).test(type)) return;
    throw new Error(`has a column '${name}' that is not ${wanted}: ${type}`);
  };
  const text = "String|Utf8|Binary|Categorical|Enum";
  expect("timestamp", "U?Int|Float|Datetime", "an integer epoch or a datetime");
  expect("payload_type", text, "text");
  expect("value", `${text}|U?Int|Float|Bool|Decimal`, "text or a number");
  expect("tags", "String|Utf8|Binary|List", "a list of pairs, or JSON text");
  const [, unit] = /^\{"Datetime":\[?"(..)"/.exec(typeOf("timestamp")) ?? [];
  return unit as TimeUnit | undefined ?? "epoch";
}

/** The name of a column's type; binary, which is text without saying so, has none here. */
function typeName(frame: pl.DataFrame, name: string): string {
  try {
    return JSON.stringify(frame.getColumn(name).dtype).replace(/^\{"DataType":(.*)\}$/, "$1");
  } catch {
    return '"Binary"';
  }
}

function batchOf(frame: pl.DataFrame, unit: TimeUnit): Batch {
  const texts = (name: string) => frame.getColumn(name).cast(pl.Utf8).toArray();
  const times = frame.getColumn("timestamp");
  return {
    timestamp: unit === "epoch" ? texts("timestamp") : times.cast(pl.Int64).cast(pl.Utf8).toArray(),
    payload: texts("payload_type"),
    value: texts("value"),
    // Polars writes any nesting as JSON much faster than it hands it over.
    tags: frame.select("tags").writeJSON({ format: "lines" }).toString().split("\n", frame.height),
    unit,
    blanks: false,
  };
}

const NO_TAGS = '{"tags":null}';

/** A column that is being collected: every distinct value once. */
interface Collected<T> extends Coded<T> {
  dictionary: T[];
  codes: number[];
  known: Map<unknown, number>;
}

interface Day {
  timestamp: Collected<bigint>;
  payload: Collected<string>;
  value: Collected<string>;
  tags: Collected<Tags>;
}

function copyBatch(batch: Batch, copies: Copies): void {
  const { timestamp, payload, value, tags, unit, blanks } = batch;
  const days = new Map<number, Day>();
  const instants = new Map<string, Instant | string>();
  const lists = new Map<string, Tags | string>();
  for (let row = 0; row < tags.length; row++) {
    const [time, type, text, json] = [timestamp[row]!, payload[row]!, value[row]!, tags[row]!];
    if (blanks && time === null && type === null && text === null && json === NO_TAGS) continue;
    const instant = time === null
      ? NO_READING.timestamp
      : instants.getOrInsertComputed(time, () => parseInstant(time, unit));
    const list = lists.getOrInsertComputed(json, () => tagsOf(json));
    const reason = typeof instant === "string"
      ? instant
      : type === null
      ? NO_READING.payload
      : text === null
      ? NO_READING.value
      : typeof list === "string"
      ? list
      : null;
    if (reason !== null) {
      const { tags } = parseJson(json) as { tags: unknown };
      const tagsText = tags === null || typeof tags === "string" ? tags : JSON.stringify(tags);
      copies.reject({ reason, timestamp: time, payload_type: type, value: text, tags: tagsText });
      continue;
    }
    const { day, nanoseconds } = instant as Instant;
    const columns = days.getOrInsertComputed(day, () => ({
      timestamp: collected<bigint>(),
      payload: collected<string>(),
      value: collected<string>(),
      tags: collected<Tags>(),
    }));
    collect(columns.timestamp, nanoseconds, nanoseconds);
    collect(columns.payload, type!, type!);
    collect(columns.value, text!, text!);
    collect(columns.tags, json, list as Tags);
  }
  for (const day of days.values()) copies.put(encodeDayFile(day));
}

function collected<T>(): Collected<T> {
  return { dictionary: [], codes: [], known: new Map() };
}

function collect<T>(column: Collected<T>, key: unknown, value: T): void {
  const code = column.known.getOrInsertComputed(key, () => column.dictionary.push(value) - 1);
  column.codes.push(code);
}

/** The tags of a JSON line; a day file can't hold an empty list, so that one names no source. */
function tagsOf(line: string): Tags | string {
  const { tags } = parseJson(line) as { tags: unknown };
  if (tags === null) return NO_READING.tags;
  const found = parseTags(tags);
  return found === null ? NO_READING.malformed : found.length > 0 ? found : [[MESSAGE_SOURCE, ""]];
}
