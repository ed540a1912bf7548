/**
 * How the columns of a parquet file are read, by their types in DuckDB.
 *
 * @module
 */
import type { DuckDBType } from "@duckdb/node-api";
import { instantOf, parseInstant } from "./instants.ts";
import { checkColumns } from "../parquet/mod.ts";
import { COLUMN_NAMES } from "./layout.ts";
import { type Parsed, REJECTED } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import { parseTags } from "./tags_text.ts";

/** How a column is read. */
export interface ColumnForm<T> {
  /** An SQL expression for the field of a row, null if it has none. */
  key: string;
  /** Why a row without a field is rejected. */
  missing: string;
  /** An SQL expression that converts the field `raw` to what is fetched. */
  fetched: string;
  /** Parses what is fetched. */
  parse(fetched: unknown): Parsed<T>;
  /** The text of what is fetched, as it is kept for a rejected row. */
  textOf(fetched: unknown): string;
}

/** How the four columns are read. */
export interface Forms {
  /** Nanoseconds since the epoch. */
  timestamp: ColumnForm<bigint>;
  /** Payload types. */
  payload_type: ColumnForm<string>;
  /** Values. */
  value: ColumnForm<string>;
  /** Tags. */
  tags: ColumnForm<Tags>;
}

const INTEGER = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;
const TEXT = /^(VARCHAR|JSON|ENUM\b.*)$/;
const DATETIME = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/;
const DECIMAL = /^DECIMAL\b/;

/**
 * How the columns of a file are read.
 *
 * @param nanosecondsOf Converts timestamps, if they are numbers of a unit that is known.
 * @throws {Error} If one is missing, or of a type that can't be understood.
 */
export function formsOf(
  types: ReadonlyMap<string, DuckDBType>,
  nanosecondsOf?: (number: bigint) => bigint,
): Forms {
  checkColumns([...types.keys()], COLUMN_NAMES);
  const [timestamp, payload, value, tags] = COLUMN_NAMES.map((name) => types.get(name)!);
  return {
    timestamp: timestampForm(String(timestamp), nanosecondsOf),
    payload_type: payloadForm(String(payload)),
    value: valueForm(String(value)),
    tags: tagsForm(tags!),
  };
}

/** Reads a column as text. */
function textForm<T>(
  column: string,
  missing: string,
  parse: (text: string) => Parsed<T>,
): ColumnForm<T> {
  return {
    key: `"${column}"`,
    missing,
    fetched: "raw::varchar",
    parse: (text) => parse(text as string),
    textOf: String,
  };
}

function timestampForm(
  type: string,
  nanosecondsOf?: (number: bigint) => bigint,
): ColumnForm<bigint> {
  const form = textForm("timestamp", REJECTED.timestamp, parseInstant);
  const datetimeForm = (key: string, toNanoseconds: (fetched: bigint) => bigint) => ({
    ...form,
    key,
    fetched: "raw",
    parse: (fetched: unknown) => instantOf(toNanoseconds(fetched as bigint)),
    textOf: (fetched: unknown) => datetimeText(toNanoseconds(fetched as bigint)),
  });
  if (nanosecondsOf !== undefined) return datetimeForm('"timestamp"::hugeint', nanosecondsOf);
  if (type === "TIMESTAMP_NS") return datetimeForm('epoch_ns("timestamp")', (time) => time);
  // Nanoseconds in 64 bits end in 2262, before what many writers put down for "never".
  if (DATETIME.test(type)) return datetimeForm('epoch_us("timestamp")', (time) => time * 1000n);
  if (INTEGER.test(type) || TEXT.test(type) || DECIMAL.test(type) || type === "DOUBLE") return form;
  const reason = type === "FLOAT"
    ? "float32, which can't hold an epoch"
    : `${type}, not an epoch, a datetime or text`;
  throw new Error(`has a column 'timestamp' of type ${reason}`);
}

/** A datetime in ISO 8601, or in nanoseconds if its year is out of the range of `Date`. */
function datetimeText(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${nanoseconds} ns` : date.toISOString();
}

function payloadForm(type: string): ColumnForm<string> {
  if (TEXT.test(type)) return textForm("payload_type", REJECTED.payload, (value) => ({ value }));
  throw new Error(`has a column 'payload_type' of type ${type}, not text`);
}

function valueForm(type: string): ColumnForm<string> {
  const form = textForm("value", REJECTED.value, (value) => ({ value }));
  if (type === "FLOAT" || type === "DOUBLE") {
    // 0 and -0 are equal, but not the same text.
    const number = `{number: "value"::double, negative: signbit("value")}`;
    return {
      ...form,
      key: `case when "value" is not null then ${number} end`,
      fetched: "raw.number",
      parse: (number) => ({ value: numberText(number as number) }),
      textOf: (number) => numberText(number as number),
    };
  }
  if (TEXT.test(type) || INTEGER.test(type) || DECIMAL.test(type) || type === "BOOLEAN") {
    return form;
  }
  throw new Error(`has a column 'value' of type ${type}, neither text nor a number`);
}

/**
 * The shortest text of a float64, with an exponent below 1e-5 and from 1e16 on. A float32 gets all
 * digits of the float64 that equals it.
 */
function numberText(number: number): string {
  if (!Number.isFinite(number)) return String(number).replace("Infinity", "inf");
  const size = Math.abs(number);
  if (size >= 1e16 || size < 1e-5 && size > 0) return number.toExponential();
  const text = Object.is(number, -0) ? "-0" : String(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function tagsForm(type: DuckDBType): ColumnForm<Tags> {
  const name = type.toString();
  const form = textForm("tags", REJECTED.tags, parseTags);
  if (TEXT.test(name)) return form;
  if (arePairs(type)) return { ...form, key: 'to_json("tags")::varchar' };
  throw new Error(
    `has a column 'tags' of type ${name}, not pairs: a list of lists or structs of two, a map, ` +
      "a struct or JSON text",
  );
}

/** Whether values of a type can be a key or a value of a tag. */
function isScalar(type: DuckDBType): boolean {
  const name = type.toString();
  return TEXT.test(name) || INTEGER.test(name) || DECIMAL.test(name) ||
    /^(DOUBLE|FLOAT|BOOLEAN)$/.test(name);
}

/** Whether values of a type are pairs. */
function arePairs(type: DuckDBType): boolean {
  if ("keyType" in type) return isScalar(type.keyType) && isScalar(type.valueType);
  if ("entryTypes" in type) return type.entryTypes.every(isScalar);
  if (!("valueType" in type)) return false;
  const { valueType: pair } = type;
  if ("entryTypes" in pair) return pair.entryTypes.length === 2 && pair.entryTypes.every(isScalar);
  return "valueType" in pair && !("keyType" in pair) && isScalar(pair.valueType);
}
