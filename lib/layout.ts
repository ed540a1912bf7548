/**
 * Where a day file's four columns lie, from its footer alone.
 *
 * @module
 */
import { type FileMetaData, parquetMetadata, type SchemaElement } from "hyparquet";
import { type Chunk, openPages } from "./pages.ts";
import { Unsupported } from "./codes.ts";
import { DAY, magnitude, secondsIn, type TimeUnit } from "./time.ts";

/** The columns that are read, in the order that everything about them keeps. */
export const COLUMNS = ["timestamp", "payload_type", "value", "tags"] as const;

/** What the fast reader must know of a file. */
export interface Layout {
  /** How many rows there are. */
  rows: number;
  /** The first second that has a reading, since the epoch. */
  first: number;
  /** The last second that has a reading. */
  last: number;
  /** The starts of the days that have readings, where the span says too little. */
  days?: number[];
  /** What the timestamps count. */
  unit: TimeUnit;
  /** The four columns' chunks. */
  chunks: Chunk[];
  /** The definition level of a tag text that is there. */
  tagsLevel: number;
}

/** Reads some bytes of a file. */
export type ReadBytes = (offset: number, size: number) => Uint8Array<ArrayBuffer>;

/** Footers are about 3.5 kB; this much is read at once. */
const FOOTER = 8192;

/** Statistics as the plain numbers that are stored, whatever a column's logical type. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  stringFromBytes: () => "",
  dateFromDays: () => 0,
};

/** Reads a parquet file's footer. */
function readFooter(read: ReadBytes, size: number): FileMetaData {
  if (size < 12) throw new Error(size === 0 ? "is empty" : `is no parquet file (${size} bytes)`);
  let tail = read(size - Math.min(size, FOOTER), Math.min(size, FOOTER));
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.getUint32(tail.length - 4, true) !== 0x31524150) {
    throw new Error("is no parquet file (it does not end in PAR1), or is cut short");
  }
  const length = view.getUint32(tail.length - 8, true) + 8;
  if (length > size - 4) throw new Error(`claims a footer of ${length} bytes and has ${size}`);
  if (length > tail.length) tail = read(size - length, length);
  // deno-lint-ignore no-explicit-any -- the parsers' types want what nobody needs here
  return parquetMetadata(tail, { geoparquet: false, parsers: PARSERS as any });
}

/**
 * Reads a file's footer, and finds where the four columns lie.
 *
 * @param size The file's size in bytes.
 * @throws {Unsupported} If the general reader must take the file.
 * @throws {Error} If it is no parquet file, a column is missing, or the footer is broken.
 */
export function readLayout(read: ReadBytes, size: number): Layout {
  const metadata = readFooter(read, size);
  const { schema, row_groups: groups } = metadata;
  const places = topLevel(schema);
  for (const name of COLUMNS) if (!places.has(name)) throw new Error(`has no column '${name}'`);
  const elementOf = (name: string) => schema[places.get(name)!]!;
  const [group] = groups;
  if (groups.length !== 1 || group === undefined) throw new Unsupported("several row groups");
  const rows = Number(metadata.num_rows);
  if (rows !== Number(group.num_rows)) throw new Error(`claims ${rows} and ${group.num_rows} rows`);
  if (!(rows > 0)) throw new Unsupported("no rows");

  const tags = tagsLevels(schema, places.get("tags")!);
  const chunks = COLUMNS.map((name): Chunk => {
    const meta = group.columns.find((column) => column.meta_data?.path_in_schema[0] === name)
      ?.meta_data;
    if (meta === undefined) throw new Error(`has no data for the column '${name}'`);
    const [offset, length] = [Number(meta.dictionary_page_offset), meta.total_compressed_size];
    if (!(offset >= 4)) throw new Unsupported(`'${name}' without a dictionary`);
    if (!(Number(length) > 0) || offset + Number(length) > size) {
      throw new Error(`claims bytes for '${name}' that are not there`);
    }
    if (meta.codec !== "SNAPPY" && meta.codec !== "UNCOMPRESSED") {
      throw new Unsupported(`'${name}' compressed with ${meta.codec}`);
    }
    if (Number(meta.statistics?.null_count ?? 0) > 0) throw new Unsupported(`nulls in '${name}'`);
    const pages = meta.encoding_stats?.filter((stats) => stats.page_type !== "DICTIONARY_PAGE");
    if (pages?.some((stats) => stats.count !== 1 || !/_DICTIONARY$/.test(stats.encoding))) {
      throw new Unsupported(`'${name}' not in one page of dictionary codes`);
    }
    const element = elementOf(name);
    const values = Number(meta.num_values);
    if (name !== "tags") {
      const type = name === "timestamp" ? "INT64" : "BYTE_ARRAY";
      const isText = type === "INT64" || /^(UTF8|JSON|ENUM)?$/.test(element.converted_type ?? "");
      if (element.type !== type || !isText) {
        throw new Unsupported(
          `'${name}' of type ${element.converted_type ?? element.type ?? "group"}`,
        );
      }
      if (element.repetition_type === "REPEATED") throw new Unsupported(`'${name}' is a list`);
      if (values !== rows) throw new Error(`claims ${values} values of '${name}' in ${rows} rows`);
    }
    return {
      offset,
      size: Number(length),
      codec: meta.codec,
      values,
      levels: element.repetition_type === "OPTIONAL",
    };
  });
  const unit = timeUnit(elementOf("timestamp"));
  const layout = { rows, ...span(metadata, read, chunks[0]!, unit), unit, chunks, tagsLevel: tags };
  // One row of a clock that was reset must not make a file touch the days of twenty years.
  const wide = layout.last - layout.first > LONG_SPAN;
  return wide ? { ...layout, days: daysOf(readDictionary(read, chunks[0]!), unit) } : layout;
}

/** The top-level columns: their index in the flat schema by name. */
function topLevel(schema: readonly SchemaElement[]): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 1; i < schema.length; i = behind(schema, i)) found.set(schema[i]!.name, i);
  return found;
}

/** The index behind an element and all that it contains. */
function behind(schema: readonly SchemaElement[], index: number): number {
  const children = schema[index]?.num_children ?? 0;
  let next = index + 1;
  for (let i = 0; i < children && next < schema.length; i++) next = behind(schema, next);
  return next;
}

/** Checks that `tags` is a list of lists of text; returns the level of a text that is there. */
function tagsLevels(schema: readonly SchemaElement[], at: number): number {
  const path = schema.slice(at, at + 5);
  const repeats = path.map((element) => element.repetition_type);
  const isList = path.length === 5 && path.slice(0, 4).every(({ num_children: n }) => n === 1) &&
    path[4]?.type === "BYTE_ARRAY" && repeats[0] !== "REPEATED" && repeats[1] === "REPEATED" &&
    repeats[2] !== "REPEATED" && repeats[3] === "REPEATED" && repeats[4] !== "REPEATED";
  if (!isList) throw new Unsupported("tags that are no list of lists of text");
  return repeats.filter((repetition) => repetition !== "REQUIRED").length;
}

function timeUnit({ logical_type: logical, converted_type: converted }: SchemaElement): TimeUnit {
  if (logical?.type === "TIMESTAMP") {
    return ({ MILLIS: "ms", MICROS: "us", NANOS: "ns" } as const)[logical.unit];
  }
  if (converted === "TIMESTAMP_MILLIS") return "ms";
  if (converted === "TIMESTAMP_MICROS") return "us";
  if (converted === undefined || converted === "INT_64") return "epoch";
  throw new Unsupported(`timestamps of type ${converted}`);
}

/** The first and the last second, by the footer's statistics or else by the dictionary. */
function span(
  metadata: FileMetaData,
  read: ReadBytes,
  chunk: Chunk,
  unit: TimeUnit,
): { first: number; last: number } {
  const column = metadata.row_groups[0]!.columns.find(({ meta_data: meta }) =>
    meta?.path_in_schema[0] === "timestamp"
  );
  const { min_value, max_value, min, max } = column?.meta_data?.statistics ?? {};
  const [low, high] = [min_value ?? min, max_value ?? max];
  if (typeof low === "bigint" && typeof high === "bigint") {
    const view = new DataView(new ArrayBuffer(16));
    view.setBigInt64(0, low, true);
    view.setBigInt64(8, high, true);
    // Seconds beside milliseconds: the smallest number need not be the earliest instant.
    const mixed = unit === "epoch" && magnitude(Number(low)) !== magnitude(Number(high));
    if (!mixed) return spanOf(view, unit);
  }
  return spanOf(readDictionary(read, chunk), unit);
}

/** Files of more seconds than this are looked at more closely. */
const LONG_SPAN = 3 * DAY;

/** A column's distinct values. */
function readDictionary(read: ReadBytes, chunk: Chunk): DataView {
  const arena = { bytes: new Uint8Array(0), at: 0 };
  const { dictionary } = openPages(read(chunk.offset, chunk.size), chunk, arena);
  return new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.length);
}

function daysOf(view: DataView, unit: TimeUnit): number[] {
  const days = new Set<number>();
  for (let at = 0; at + 8 <= view.byteLength; at += 8) {
    days.add(Math.floor(secondsIn(view, at, unit, 0) / DAY) * DAY);
  }
  return [...days].sort((a, b) => a - b);
}

function spanOf(view: DataView, unit: TimeUnit): { first: number; last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (let at = 0; at + 8 <= view.byteLength; at += 8) {
    const near = Math.floor(secondsIn(view, at, unit, 0));
    // Once more from near by: nanoseconds since 1970 are too fine for a float64.
    const second = near + Math.floor(secondsIn(view, at, unit, near || 0));
    if (second !== second) throw new Unsupported("a timestamp before 2000 or after 2100");
    first = Math.min(first, second);
    last = Math.max(last, second);
  }
  return { first, last };
}
