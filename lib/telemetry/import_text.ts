/**
 * Imports text files. The database interprets their distinct timestamps and tags; payload types and
 * values are taken as they are.
 *
 * @module
 */
import { type Database, type ImportLimits, openDatabase } from "./duckdb.ts";
import { encodeByDay, type ImportSink } from "./import_rows.ts";
import { instantOf, tagsForm, timestampForm } from "./import_sql.ts";
import { REJECTED } from "./malformed.ts";
import type { Tags } from "./tags.ts";
import type { Field } from "./text_format.ts";
import { readText, type Segment } from "./text_records.ts";

/**
 * Imports a text file.
 *
 * @throws {Error} If it can't be read or unpacked, or a column is missing.
 */
export async function importText(
  path: string,
  limits: ImportLimits,
  sink: ImportSink,
): Promise<void> {
  using database = await openDatabase(null, limits);
  for await (const segment of readText(path, sink.reject)) {
    await importSegment(segment, database, sink);
  }
}

/** The meaning of a field, or why a row with it is rejected. */
type Meaning<T> = { value: T } | { reason: string };

async function importSegment(segment: Segment, database: Database, sink: ImportSink) {
  const { rows, lines, columns: [timestamp, payload, value, tags] } = segment;
  const [times, types, values, lists] = [
    await readTimes(timestamp!.fields, database),
    payload!.fields.map((field) => textMeaning(field, REJECTED.payload)),
    value!.fields.map((field) => textMeaning(field, REJECTED.value)),
    await readTags(tags!.fields, database),
  ];
  // Indexed by code + 1, because a missing field has code -1.
  const [badTimes, badTypes] = [badCodes(times), badCodes(types)];
  const [badValues, badLists] = [badCodes(values), badCodes(lists)];
  const kept = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const [t, p, v, g] = [
      timestamp!.codes[row]!,
      payload!.codes[row]!,
      value!.codes[row]!,
      tags!.codes[row]!,
    ];
    if ((badTimes[t + 1]! | badTypes[p + 1]! | badValues[v + 1]! | badLists[g + 1]!) === 0) {
      kept[count++] = row;
      continue;
    }
    const reason = reasonOf(times[t], REJECTED.timestamp) ?? reasonOf(types[p], REJECTED.payload) ??
      reasonOf(values[v], REJECTED.value) ?? reasonOf(lists[g], REJECTED.tags);
    sink.reject({
      reason: reason!,
      timestamp: textOf(timestamp!.fields[t]),
      payload_type: textOf(payload!.fields[p]),
      value: textOf(value!.fields[v]),
      tags: textOf(tags!.fields[g]),
      line: lines[row]!,
    });
  }
  if (count === 0) return;
  const pick = (codes: Int32Array) =>
    count === rows ? codes : kept.subarray(0, count).map((row) => codes[row]!);
  const valuesOf = <T>(meanings: readonly Meaning<T>[], none: T) =>
    meanings.map((meaning) => "value" in meaning ? meaning.value : none);
  const good = {
    rows: count,
    timestamp: { codes: pick(timestamp!.codes), dictionary: valuesOf(times, 0n) },
    payload: { codes: pick(payload!.codes), dictionary: valuesOf(types, "") },
    value: { codes: pick(value!.codes), dictionary: valuesOf(values, "") },
    tags: { codes: pick(tags!.codes), dictionary: valuesOf<Tags>(lists, []) },
  };
  for (const bytes of encodeByDay(good)) sink.put(bytes);
}

/** For each code + 1, whether a row with it is rejected. */
function badCodes(meanings: readonly Meaning<unknown>[]): Uint8Array {
  return Uint8Array.from(
    [null, ...meanings],
    (meaning) => meaning === null || "reason" in meaning ? 1 : 0,
  );
}

/** Why a row with such a field is rejected; null if it is not. */
function reasonOf(meaning: Meaning<unknown> | undefined, missing: string): string | null {
  return meaning === undefined ? missing : "reason" in meaning ? meaning.reason : null;
}

/** A field as it is recorded for a rejected row. */
function textOf(field: Field | undefined): string | null {
  return typeof field === "string" ? field : null;
}

function textMeaning(field: Field, missing: string): Meaning<string> {
  return field === null
    ? { reason: missing }
    : typeof field === "string"
    ? { value: field }
    : field;
}

/** Lets the database evaluate an expression for each text. */
async function evaluate(fields: readonly Field[], meaning: string, database: Database) {
  await database.fill("texts", fields.map(textOf));
  const sql = `select ${meaning} from (select code, trim(raw) as raw from texts) order by code`;
  return (await database.columns(sql))[0] ?? [];
}

async function readTimes(fields: readonly Field[], database: Database): Promise<Meaning<bigint>[]> {
  const found = await evaluate(
    fields,
    instantOf(timestampForm("VARCHAR").meaning),
    database,
  ) as bigint[];
  return fields.map((field, i): Meaning<bigint> => {
    if (typeof field !== "string") return field ?? { reason: REJECTED.timestamp };
    const time = found[i]!;
    if (time > 0n) return { value: time };
    return { reason: time === 0n ? REJECTED.range : REJECTED.unreadable };
  });
}

async function readTags(fields: readonly Field[], database: Database): Promise<Meaning<Tags>[]> {
  const form = tagsForm({ toString: () => "VARCHAR" });
  const found = await evaluate(fields, form.meaning, database) as (Tags | null)[];
  return fields.map((field, i): Meaning<Tags> => {
    if (typeof field !== "string") return field ?? { reason: REJECTED.tags };
    const tags = found[i]!;
    return tags === null ? { reason: REJECTED.malformed } : { value: tags };
  });
}
