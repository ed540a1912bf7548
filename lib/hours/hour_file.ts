/**
 * Encodes the columns of an hour of a module as a parquet file.
 *
 * @module
 */
import { parquetMetadata } from "hyparquet/src/metadata.js";
import {
  type EncodedChunk,
  encodeSchema,
  FileWriter,
  PhysicalType,
  Repetition,
  type Schema,
  type SchemaElement,
} from "../parquet/mod.ts";
import { FIXED_COLUMNS, type SignalColumn, type ValueSet } from "../telemetry/mod.ts";
import { VERSION, WRITER } from "../version.ts";
import { createRuns, cutRuns, type Runs } from "./grid.ts";
import type { TableOptions } from "./options.ts";
import { encodeConstant, encodeTimes, RunEncoder } from "./run_encoder.ts";

/** A column of a module's hour files, with the values of a day. */
export interface FilledColumn extends SignalColumn {
  /** All rows of the day. */
  runs: Runs;
  /** Whether other modules may have the same column with the same values. */
  shared: boolean;
}

/** One hour of one module. */
export interface HourTable {
  /** The start of the hour in seconds since the epoch. */
  hour: number;
  /** The hour's first row, counted from the start of the day. */
  firstRow: number;
  /** The module's phase. */
  phase: string;
  /** The module. */
  module: string;
  /** The signals' columns in the order of the file. */
  columns: readonly FilledColumn[];
}

/** The bytes of an hour file, which are valid until the next one is encoded. */
export type HourBytes = Uint8Array<ArrayBuffer>;

/** Parquet's names of codecs. */
const CODECS = { none: "UNCOMPRESSED", snappy: "SNAPPY", zstd: "ZSTD" } as const;

/** Turns a table into the bytes of a file. */
export type EncodeHour = (table: HourTable) => HourBytes | Promise<HourBytes>;

/**
 * Makes the fast encoder for one day. It keeps the chunks that hours or modules have in common.
 *
 * @param values The texts of the value ids in text columns.
 */
export function createHourEncoder(
  { interval, compression }: Pick<TableOptions, "interval" | "compression">,
  values: ValueSet,
): (table: HourTable) => HourBytes {
  const rows = 3600 / interval;
  const codec = CODECS[compression as keyof typeof CODECS]; // the others need Polars
  const file = new FileWriter(codec);
  const encoder = new RunEncoder(rows, values, codec);
  const hourRuns = createRuns(rows);
  const times = new Map<number, EncodedChunk>();
  const constants = new Map<string, EncodedChunk>();
  const sharedChunks = new Map<Runs, Map<number, EncodedChunk>>();
  const schemas = new Map<string, Schema>();
  let nullChunk: EncodedChunk | undefined;

  const encodeRuns = ({ runs, kind }: FilledColumn, firstRow: number): EncodedChunk => {
    cutRuns(runs, firstRow, firstRow + rows, hourRuns);
    const isNull = hourRuns.length === 1 && Number.isNaN(hourRuns.values[0]);
    if (!isNull) return encoder.encode(hourRuns, kind);
    return nullChunk ??= copyOf(encoder.encode(hourRuns, kind)); // a fifth of all chunks
  };
  const encodeColumn = (column: FilledColumn, firstRow: number): EncodedChunk => {
    if (!column.shared) return encodeRuns(column, firstRow);
    return sharedChunks.getOrInsertComputed(column.runs, () => new Map())
      .getOrInsertComputed(firstRow, () => copyOf(encodeRuns(column, firstRow)));
  };
  const constant = (text: string) =>
    constants.getOrInsertComputed(text, () => encodeConstant(text, rows, codec));

  return ({ hour, firstRow, phase, module, columns }) => {
    const key = JSON.stringify([phase, module]);
    file.begin(schemas.getOrInsertComputed(key, () => schemaOf(columns)));
    file.add(times.getOrInsertComputed(hour, () => encodeTimes(hour, rows, interval, codec)));
    file.add(constant(phase));
    file.add(constant(module));
    for (const column of columns) file.add(encodeColumn(column, firstRow));
    return file.end({ rows, createdBy: WRITER + VERSION, sortedBy: 0 });
  };
}

function copyOf({ bytes, bounds, ...counts }: EncodedChunk): EncodedChunk {
  return {
    ...counts,
    bytes: bytes.slice(),
    bounds: bounds && [bounds[0].slice(), bounds[1].slice()],
  };
}

function schemaOf(columns: readonly SignalColumn[]): Schema {
  const { REQUIRED: required, OPTIONAL: optional } = Repetition;
  const text = { type: PhysicalType.BYTE_ARRAY, logical: "text" } as const;
  return encodeSchema([
    { name: "timestamp", repetition: required, type: PhysicalType.INT64, logical: "timestamp" },
    { name: "phase", repetition: required, ...text },
    { name: "module", repetition: required, ...text },
    ...columns.map(({ name, kind }): SchemaElement => ({
      name,
      repetition: optional,
      ...(kind === "numeric" ? { type: PhysicalType.DOUBLE } : text),
    })),
  ]);
}

/**
 * Reads the footer of an encoded file back with an independent parser.
 *
 * @throws {Error} If the file has other rows or columns than expected, which would be a bug here.
 */
export function checkHourFile(
  bytes: Uint8Array,
  rows: number,
  columns: readonly { name: string }[],
): void {
  const { num_rows: actualRows, schema } = parquetMetadata(bytes, { geoparquet: false });
  const actual = schema.slice(1).map(({ name }) => name);
  // hyparquet's decoder drops a byte order mark.
  const expected = [...FIXED_COLUMNS, ...columns.map(({ name }) => name.replace(/^\ufeff/, ""))];
  if (Number(actualRows) !== rows || expected.join("\0") !== actual.join("\0")) {
    throw new Error(
      `Encoded an hour file with ${actualRows} rows and the columns ${
        String(actual).slice(0, 500)
      }`,
    );
  }
}
