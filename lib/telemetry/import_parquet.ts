/**
 * Reads parquet files of other forms through DuckDB in two scans. The first finds the distinct
 * fields of each column, the second replaces the rows by codes. So each distinct field is fetched
 * and interpreted once per segment.
 *
 * @module
 */
import {
  type Database,
  type ImportLimits,
  literalPath,
  NotUtf8,
  openDatabase,
  quoted,
} from "./duckdb.ts";
import { type ColumnForm, type Forms, formsOf } from "./column_forms.ts";
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
  const source = sourceOf(copy?.path ?? path);
  const forms = formsOf(await database.typesOf(source), copy?.nanosecondsOf);
  await encode(database, source, forms);
  const [[all], [found]] = await database.columns(
    `select (select count(*) from ${source}), (select count(*) from readings)`,
  ) as [[bigint], [bigint]];
  if (all !== found) throw new Error("is not valid parquet: rows are missing");
  for (let from = 0; from < found; from += MAX_ROWS) {
    yield* segments(database, forms, from, Math.min(from + MAX_ROWS, Number(found)));
  }
}

function sourceOf(path: string): string {
  const file = quoted(literalPath(path));
  return `read_parquet(${file}, binary_as_string = true, hive_partitioning = false)`;
}

/**
 * For each column, creates a table of the distinct fields that is named like the column; and then
 * the table `readings` of their codes, in the order of the file.
 */
async function encode(database: Database, source: string, forms: Forms): Promise<void> {
  const [keys, joins]: [string[], string[]] = [["file_row_number as n"], []];
  let order = "";
  for (const [column, { key, isNested }] of Object.entries(forms)) {
    const name = `"${column}"`;
    await database.run(`create table ${name} as
      select raw, (row_number() over (order by raw) - 1)::integer as code
      from (select distinct ${key} as raw from ${source})`).catch((error) => {
      if (!(error instanceof NotUtf8)) throw error;
      throw new Error(
        `${error.message} in column '${column}': convert that to UTF-8, ` +
          "or the file to CSV, of which only such lines are rejected",
      );
    });
    // Comparing hashes takes half the time. But some fields have the same, such as null and an empty
    // list, and a join does not keep the order of those.
    const isHashed = isNested && await areDistinct(database, `hash(raw) from ${name}`);
    if (isNested && !isHashed) order = "order by n";
    const match = (field: string) => isHashed ? `hash(${field})` : field;
    keys.push(`${match(key)} as ${name}`);
    joins.push(`join ${name} on ${match(`${name}.raw`)} is not distinct from input.${name}`);
  }
  const codes = Object.keys(forms).map((column) => `"${column}".code as "${column}"`);
  await database.run(`create table readings as select ${codes}
    from (select ${keys} from ${source}) as input ${joins.join(" ")} ${order}`);
}

/** Whether no two fields that are selected are equal. */
async function areDistinct(database: Database, selected: string): Promise<boolean> {
  const [[count], [all]] = await database.columns(
    `select count(distinct field), count(*) from (select ${selected}) as selected (field)`,
  ) as [[bigint], [bigint]];
  return count === all;
}

/** Reads rows as one segment; divides them in half if they have too much text for one. */
async function* segments(
  database: Database,
  forms: Forms,
  from: number,
  to: number,
): AsyncGenerator<Segment> {
  const rows = `readings where rowid >= ${from} and rowid < ${to}`;
  const used = (name: string) => `"${name}" where code in (select "${name}" from ${rows})`;
  const sizes = ["payload_type", "value", "tags"].map((name) =>
    `(select coalesce(sum(strlen(raw::varchar)), 0) from ${used(name)})`
  );
  const [[size]] = await database.columns(`select ${sizes.join(" + ")}`) as [[bigint]];
  if (size > MAX_TEXT && to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    yield* segments(database, forms, from, middle);
    return yield* segments(database, forms, middle, to);
  }
  const names = Object.keys(forms);
  const codes = await database.integers(`select ${names.map((name) => `"${name}"`)} from ${rows}`);
  const column = async <T>(index: number, form: ColumnForm<T>): Promise<Column<T>> => {
    const [all = [], fields = []] = await database.columns(
      `select code, ${form.fetched} from ${used(names[index]!)} order by code`,
    );
    return {
      codes: codes[index]!.map(placeIn(all as number[])),
      meanings: fields.map((field) =>
        field === null ? { reason: form.missing } : form.interpret(field)
      ),
      textOf: (code) => fields[code] === null ? null : form.textOf(fields[code]),
    };
  };
  yield {
    rows: to - from,
    lines: null,
    timestamp: await column(0, forms.timestamp),
    payload: await column(1, forms.payload_type),
    value: await column(2, forms.value),
    tags: await column(3, forms.tags),
  };
}

/** Makes a function that returns the index of a code in a sorted list. */
function placeIn(codes: readonly number[]): (code: number) => number {
  const [first, last] = [codes[0]!, codes.at(-1)!];
  if (last - first + 1 === codes.length) return (code) => code - first;
  return (code) => {
    let [low, high] = [0, codes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (codes[middle]! < code) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
