/**
 * Reads parquet files of other forms through DuckDB, in two scans. The first one finds the distinct
 * fields of each column, the second one replaces fields by codes. So each distinct field is fetched
 * and parsed only once per segment.
 *
 * @module
 */
import type { DuckDBType } from "@duckdb/node-api";
import {
  type Database,
  type ImportLimits,
  literalPath,
  NotUtf8,
  openDatabase,
  quoted,
} from "./duckdb.ts";
import { type ColumnForm, type Forms, formsOf } from "./column_forms.ts";
import { COLUMN_NAMES } from "./layout.ts";
import { copyWithPlainTimestamps } from "./plain_timestamps.ts";
import { type Column, MAX_ROWS, MAX_TEXT, type Segment } from "./segment.ts";

/**
 * Reads a parquet file.
 *
 * @throws {Error} If it is broken, or a column is missing or of a type that can't be understood.
 */
export async function* readParquet(path: string, limits: ImportLimits): AsyncGenerator<Segment> {
  // Without a temporary folder, the import is a dry run: microseconds are exact enough for it.
  const copy = limits.temporary === null ? null : copyWithPlainTimestamps(path, limits.temporary);
  using database = await openDatabase(copy?.path ?? path, limits);
  const file = quoted(literalPath(copy?.path ?? path));
  const columns = await columnsOf(database, file);
  const forms = formsOf(
    new Map(columns.entries().map(([name, { type }]) => [name, type])),
    copy?.nanosecondsOf,
  );
  const fields = COLUMN_NAMES.map((name) => `${columns.get(name)!.reference} as "${name}"`);
  const source = `(select ${fields}, file_row_number as n from ${tableOf(file)})`;
  await encode(database, source, forms);
  const [[all], [found]] = await database.query(
    `select (select count(*) from ${source}), (select count(*) from readings)`,
  ) as [[bigint], [bigint]];
  if (all !== found) throw new Error("is not valid parquet: rows are missing");
  const tables = {
    timestamp: await fieldTable(database, "timestamp", forms.timestamp),
    payload_type: await fieldTable(database, "payload_type", forms.payload_type),
    value: await fieldTable(database, "value", forms.value),
    tags: await fieldTable(database, "tags", forms.tags),
  };
  for (let from = 0; from < found; from += MAX_ROWS) {
    yield* segments(database, tables, from, Math.min(from + MAX_ROWS, Number(found)));
  }
}

/** The rows of a file, given its path as an SQL literal, as the database names its columns. */
function tableOf(file: string): string {
  return `read_parquet(${file}, binary_as_string = true, hive_partitioning = false)`;
}

/**
 * The columns of a file by their names, with their types and how SQL refers to them: the database
 * renames columns whose names differ only in upper or lower case.
 */
async function columnsOf(
  database: Database,
  file: string,
): Promise<Map<string, { type: DuckDBType; reference: string }>> {
  const [names, children] = await database.query(
    `select name, coalesce(num_children, 0) from parquet_schema(${file})`,
  ) as [string[], bigint[]];
  const found = new Map<string, { type: DuckDBType; reference: string }>();
  let at = 1; // after the root
  for (const [renamed, type] of await database.typesOf(tableOf(file))) {
    const reference = `"${renamed.replaceAll('"', '""')}"`;
    found.getOrInsert(names[at]!, { type, reference });
    for (let left = 1; left > 0; left--) left += Number(children[at++]);
  }
  return found;
}

/**
 * For each column, creates a table of the distinct fields that is named like the column; and then
 * the table `readings` of their codes, in the order of the file.
 */
async function encode(database: Database, source: string, forms: Forms): Promise<void> {
  const keys = ["n"];
  const joins: string[] = [];
  for (const [column, { key }] of Object.entries(forms)) {
    const name = `"${column}"`;
    await database.query(`create table ${name} as
      select raw, (row_number() over (order by raw) - 1)::integer as code
      from (select distinct ${key} as raw from ${source})`).catch((error) => {
      if (!(error instanceof NotUtf8)) throw error;
      throw new Error(
        `${error.message} in column '${column}': convert that to UTF-8, ` +
          "or the file to CSV, of which only such lines are rejected",
      );
    });
    keys.push(`${key} as ${name}`);
    joins.push(`join ${name} on ${name}.raw is not distinct from input.${name}`);
  }
  const codes = Object.keys(forms).map((column) => `"${column}".code as "${column}"`);
  await database.query(`create table readings as select ${codes}
    from (select ${keys} from ${source}) as input ${joins.join(" ")} order by n`);
}

/** The table of a column's distinct fields. */
interface FieldTable<T> {
  /** Counts the bytes of the fields that some rows use and that have not been fetched yet. */
  sizeIn(rows: string): Promise<number>;
  /** Makes a column of the codes of some rows: fetches and parses the fields that they use. */
  columnOf(rows: string, codes: Int32Array): Promise<Column<T>>;
}

/** A table is fetched only once if it has at most this many bytes, and fields for one segment. */
const MAX_SHARED = MAX_TEXT / 4;

async function fieldTable<T>(
  database: Database,
  column: string,
  form: ColumnForm<T>,
): Promise<FieldTable<T>> {
  const fetch = async (fields: string) => {
    const [known = [], fetched = []] = await database.query(
      `select code, ${form.fetched} from ${fields} order by code`,
    );
    const placeOf = placeIn(known as number[]);
    const dictionary = fetched.map((field) =>
      field === null ? { reason: form.missing } : form.parse(field)
    );
    const textOf = (place: number) => fetched[place] === null ? null : form.textOf(fetched[place]);
    return (codes: Int32Array): Column<T> => ({ codes: codes.map(placeOf), dictionary, textOf });
  };
  const measure = async (fields: string) => {
    const [[count], [size]] = await database.query(
      `select count(*), coalesce(sum(strlen(raw::varchar)), 0) from ${fields}`,
    ) as [[bigint], [bigint]];
    return { count: Number(count), size: Number(size) };
  };
  const { count, size } = await measure(`"${column}"`);
  if (count <= MAX_ROWS && size <= MAX_SHARED) {
    const columnOf = await fetch(`"${column}"`);
    return {
      sizeIn: () => Promise.resolve(0),
      columnOf: (_, codes) => Promise.resolve(columnOf(codes)),
    };
  }
  const used = (rows: string) => `"${column}" where code in (select "${column}" from ${rows})`;
  return {
    sizeIn: async (rows) => (await measure(used(rows))).size,
    columnOf: async (rows, codes) => (await fetch(used(rows)))(codes),
  };
}

/** The tables of all columns. */
type Tables = {
  [Name in keyof Forms]: Forms[Name] extends ColumnForm<infer T> ? FieldTable<T> : never;
};

/** Reads rows as one segment, or as two halves if they have too much text for one. */
async function* segments(
  database: Database,
  tables: Tables,
  from: number,
  to: number,
): AsyncGenerator<Segment> {
  const rows = `readings where rowid >= ${from} and rowid < ${to}`;
  let size = 0;
  for (const table of Object.values(tables)) size += await table.sizeIn(rows);
  if (size > MAX_TEXT && to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    yield* segments(database, tables, from, middle);
    return yield* segments(database, tables, middle, to);
  }
  const [times, payloads, values, tags] = await database.integers(
    `select "timestamp", payload_type, "value", tags from ${rows}`,
    to - from,
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  yield {
    rows: to - from,
    lines: null,
    timestamp: await tables.timestamp.columnOf(rows, times),
    payload: await tables.payload_type.columnOf(rows, payloads),
    value: await tables.value.columnOf(rows, values),
    tags: await tables.tags.columnOf(rows, tags),
  };
}

/** Makes a function that returns the index of a code in a sorted list. */
function placeIn(codes: readonly number[]): (code: number) => number {
  const [first, last] = [codes[0]!, codes.at(-1)!];
  if (last - first + 1 === codes.length) return (code) => code - first;
  const places = new Map(codes.map((code, place) => [code, place]));
  return (code) => places.get(code)!;
}
