/**
 * Imports parquet files of other forms in two scans. The first finds the distinct values of each
 * column, each of which is interpreted once; the second replaces the rows by codes, and sorts them.
 *
 * @module
 */
import { type Database, type ImportLimits, literalPath, openDatabase } from "./duckdb.ts";
import { encodeByDay, type ImportSink } from "./import_rows.ts";
import {
  type ColumnForm,
  instantOf,
  payloadForm,
  quoted,
  tagsForm,
  timestampForm,
  valueForm,
} from "./import_sql.ts";
import { REJECTED } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import { COLUMN_NAMES } from "./text_format.ts";
import { withoutUtcMark } from "./nanoseconds.ts";
import { MAX_ROWS, MAX_TEXT } from "./text_records.ts";

/**
 * Imports a parquet file.
 *
 * @throws {Error} If it is broken, or a column is missing or of a type that can't be understood.
 */
export async function importParquet(
  path: string,
  limits: ImportLimits,
  sink: ImportSink,
): Promise<void> {
  using database = await openDatabase(path, limits);
  const given = sourceOf(path);
  const types = await database.typesOf(given);
  const forms = formsOf(types);
  const { temporary } = limits;
  const isMarked = String(types.get("timestamp")) === "TIMESTAMP WITH TIME ZONE" &&
    (await database.columns(nanosecondColumns(path))).length > 0;
  // Without a temporary folder, the import is a dry run: microseconds are exact enough for it.
  const isCopied = isMarked && temporary !== null;
  const source = isCopied ? sourceOf(withoutUtcMark(path, temporary)) : given;
  if (isCopied) forms[0] = timestampForm("TIMESTAMP_NS");
  await database.run(...interpret(source, forms));
  const [[all], [good]] = await database.columns(
    `select (select count(*) from ${source}), (select count(*) from readings)`,
  ) as [[bigint], [bigint]];
  let rejected = 0;
  if (all > good) {
    for await (const row of database.texts(rejectedRows(source, forms))) {
      const [reason, timestamp, payload, value, tags] = row as [string, ...(string | null)[]];
      rejected++;
      sink.reject({
        reason,
        timestamp: timestamp!,
        payload_type: payload!,
        value: value!,
        tags: tags!,
      });
    }
  }
  if (Number(all - good) !== rejected) throw new Error("is not valid parquet: rows are missing");
  for (let from = 0; from < good; from += MAX_ROWS) {
    await putRows(database, from, Math.min(from + MAX_ROWS, Number(good)), sink);
  }
}

function sourceOf(path: string): string {
  const file = quoted(literalPath(path));
  return `read_parquet(${file}, binary_as_string = true, hive_partitioning = false)`;
}

/** A query that finds the column `timestamp` if it has nanoseconds. */
function nanosecondColumns(path: string): string {
  return `select name from parquet_schema(${quoted(literalPath(path))})
    where name = 'timestamp' and logical_type like '%NANOS=Nano%'`;
}

type Forms = [timestamp: ColumnForm, payload: ColumnForm, value: ColumnForm, tags: ColumnForm];

function formsOf(types: ReadonlyMap<string, { toString(): string }>): Forms {
  const missing = COLUMN_NAMES.filter((name) => !types.has(name));
  if (missing.length > 0) {
    const found = [...types.keys()].slice(0, 10).join("', '");
    throw new Error(`has no column '${missing.join("', '")}'; it has '${found}'`);
  }
  const [timestamp, payload, value, tags] = COLUMN_NAMES.map((name) => types.get(name)!);
  return [
    timestampForm(String(timestamp)),
    payloadForm(String(payload)),
    valueForm(String(value)),
    tagsForm(tags!),
  ];
}

/** Selects the keys of the columns, as t, p, v and g. */
function keysOf([timestamp, payload, value, tags]: Forms): string {
  return `${timestamp.key} as t, ${payload.key} as p, ${value.key} as v, ${tags.key} as g`;
}

/**
 * The statements that interpret a file. They create the tables `times`, `payloads`, `texts` and
 * `pairs`, which map each key to its meaning and to a code in the order of meanings, and the table
 * `readings` of codes.
 */
function interpret(source: string, forms: Forms): string[] {
  const [timestamp, , value, tags] = forms;
  const keys = keysOf(forms);
  const table = (name: string, key: string, scan: number, meaning: string) => `
    create table ${name} as
    select raw, meaning, (row_number() over (order by meaning) - 1)::integer as code
    from (select raw, ${meaning} as meaning
      from (select ${key} as raw from keys where scan = ${scan} and ${key} is not null))`;
  return [
    `create table keys as
     select grouping(t, p, v, g) as scan, t, p, v, g from (select ${keys} from ${source})
     group by grouping sets ((t), (p), (v), (g))`,
    table("times", "t", 0b0111, instantOf(timestamp.meaning)),
    table("payloads", "p", 0b1011, "raw"),
    table("texts", "v", 0b1101, value.meaning),
    table("pairs", "g", 0b1110, tags.meaning),
    "drop table keys",
    `create table readings as
     select times.code as t, payloads.code as p, texts.code as v, pairs.code as g
     from (select ${keys} from ${source}) as input
     join (from times where meaning > 0) as times on times.raw = t
     join payloads on payloads.raw = p
     join texts on texts.raw = v
     join (from pairs where meaning is not null) as pairs on pairs.raw = g
     order by 1, 4, 2, 3`,
  ];
}

/** A query for the malformed rows: the reason, and the columns as text. */
function rejectedRows(source: string, forms: Forms): string {
  const [timestamp, payload, , tags] = forms.map(({ text }) => text);
  const columns = COLUMN_NAMES.map((name) => `"${name}"`);
  const reason = `case
    when t is null then ${quoted(REJECTED.timestamp)}
    when times.meaning < 0 then ${quoted(REJECTED.unreadable)}
    when times.meaning = 0 then ${quoted(REJECTED.range)}
    when p is null then ${quoted(REJECTED.payload)}
    when v is null then ${quoted(REJECTED.value)}
    when g is null then ${quoted(REJECTED.tags)}
    when pairs.meaning is null then ${quoted(REJECTED.malformed)} end`;
  return `select ${reason} as reason, ${timestamp}, ${payload}, texts.meaning, ${tags}
    from (select ${keysOf(forms)}, ${columns}, file_row_number as n from ${source}) as input
    left join times on times.raw = t
    left join texts on texts.raw = v
    left join pairs on pairs.raw = g
    where reason is not null order by n`;
}

/** Writes readings to day files; splits them in half if they have too much text for one file. */
async function putRows(
  database: Database,
  from: number,
  to: number,
  sink: ImportSink,
): Promise<void> {
  const rows = `readings where rowid >= ${from} and rowid < ${to}`;
  const used = (table: string, code: string) =>
    `${table} where code in (select ${code} from ${rows})`;
  const [[size]] = await database.columns(`select
    (select sum(strlen(meaning)) from ${used("texts", "v")})
    + (select sum(len(meaning::varchar)) from ${used("pairs", "g")})
    + (select sum(strlen(meaning)) from ${used("payloads", "p")})`) as [[bigint]];
  if (size > MAX_TEXT && to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    await putRows(database, from, middle, sink);
    return await putRows(database, middle, to, sink);
  }
  const [t, p, v, g] = await database.integers(`select t, p, v, g from ${rows}`);
  const coded = async <T>(table: string, code: string, codes: Int32Array) => {
    const [all, dictionary] = await database.columns(
      `select code, meaning from ${used(table, code)} order by code`,
    ) as [number[], T[]];
    return { codes: codes.map(placeIn(all)), dictionary };
  };
  const readings = {
    rows: to - from,
    timestamp: await coded<bigint>("times", "t", t!),
    payload: await coded<string>("payloads", "p", p!),
    value: await coded<string>("texts", "v", v!),
    tags: await coded<Tags>("pairs", "g", g!),
  };
  for (const bytes of encodeByDay(readings)) sink.put(bytes);
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
