/**
 * SQL that converts timestamps, values and tags of other forms to the exporter's form. It is
 * applied only to the distinct values of a column.
 *
 * @module
 */
import { MESSAGE_SOURCE } from "./tags.ts";
import { EARLIEST, LATEST } from "./timestamps.ts";

/** How a column is read. */
export interface ColumnForm {
  /**
   * An expression for the value of a row, null if it has none; grouped by to find distinct values.
   */
  key: string;
  /** An expression that converts the value `raw`; null if it can't be interpreted. */
  meaning: string;
  /** An expression for the column as text, as recorded for a rejected row. */
  text: string;
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Binds `value` to `name` in `body`, so that it is computed once. */
function bind(name: string, value: string, body: string): string {
  return `list_transform([${value}], lambda ${name}: ${body})[1]`;
}

const INTEGER = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/;
const TEXT = /^(VARCHAR|JSON|ENUM\b.*)$/;
const DATETIME = /^(DATE|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/;
const DECIMAL = /^DECIMAL\b/;

/** How many zeros convert seconds, milliseconds, microseconds, nanoseconds to nanoseconds. */
const UNITS = [9, 6, 3, 0];

/** Finds the unit of an integer by its magnitude; 0 if no unit puts it between 2000 and 2100. */
function byMagnitude(integer: string, nanoseconds: (zeros: number) => string): string {
  const cases = UNITS.map((zeros) => {
    const scale = "0".repeat(9 - zeros);
    const range = `between ${EARLIEST}${scale} and ${LATEST}${scale}`;
    return `when ${integer} ${range} then ${nanoseconds(zeros)}`;
  });
  return `case ${cases.join(" ")} else 0 end`;
}

/** Converts an integer to nanoseconds since the epoch. */
function fromInteger(integer: string): string {
  return byMagnitude(integer, (zeros) => `${integer} * 1${"0".repeat(zeros)}`);
}

/**
 * Converts decimal digits to nanoseconds since the epoch; excess digits are cut off, not rounded.
 */
function fromDecimal(text: string): string {
  const fraction = (zeros: number) =>
    zeros === 0 ? "" : ` + rpad(d.fraction[:${zeros}], ${zeros}, '0')::bigint`;
  const scaled = byMagnitude(
    "whole",
    (zeros) => `whole * 1${"0".repeat(zeros)}${fraction(zeros)}`,
  );
  const parts = String.raw`regexp_extract(${text}, '^([+-]?)0*(\d+)\.?(\d*)$',
    ['sign', 'whole', 'fraction'])`;
  const whole = bind("whole", "coalesce(try_cast(d.whole as hugeint), 0)", scaled);
  return bind("d", parts, `case when d.sign = '-' then 0 else ${whole} end`);
}

/** ISO 8601 with or without separators, with `T` or a blank, with or without a zone. */
const ISO = String.raw`^(\d{4})-?(\d\d)-?(\d\d)` +
  String.raw`(?:[Tt ]([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d)(?:[.,](\d+))?)?)? ?` +
  String.raw`(?:Z|z|UTC|GMT|([+-])([01]\d|2[0-3]):?([0-5]\d)?:?([0-5]\d)?(?:\[[^\]]*\])?)?$`;
const ISO_PARTS = ["y", "mo", "d", "h", "mi", "s", "fraction", "sign", "oh", "om", "os"];

/** Converts ISO 8601 text to nanoseconds since the epoch; without a zone, it is UTC. */
function fromIso(text: string): string {
  const parts = `regexp_extract(${text}, ${quoted(ISO)}, [${ISO_PARTS.map(quoted)}])`;
  const number = (part: string) => `coalesce(try_cast(t.${part} as bigint), 0)`;
  const two = (part: string) => `coalesce(nullif(t.${part}, ''), '00')`;
  const local = `try_cast(t.y || '-' || t.mo || '-' || t.d || ' ' ||
    ${two("h")} || ':' || ${two("mi")} || ':' || ${two("s")} as timestamp)`;
  const offset = `(${number("oh")} * 3600 + ${number("om")} * 60 + ${number("os")})`;
  return bind(
    "t",
    parts,
    `epoch_us(${local})::hugeint * 1000 + rpad(t.fraction[:9], 9, '0')::bigint
      - (case when t.sign = '-' then -1 else 1 end) * ${offset}::hugeint * 1000000000`,
  );
}

/** Converts text to nanoseconds since the epoch: a number of any unit, or ISO 8601. */
function fromText(text: string): string {
  const is = (pattern: string) => `regexp_full_match(${text}, ${quoted(pattern)})`;
  return String.raw`case
    when ${is(String.raw`\d{1,20}`)} then ${fromInteger(`${text}::hugeint`)}
    when ${is(String.raw`[+-]?\d+\.?\d*`)} then ${fromDecimal(text)}
    when ${is(String.raw`[+-]?\d+\.?\d*[eE][+-]?\d+`)}
      then coalesce(${fromDecimal(`try_cast(${text} as decimal(38, 9))::varchar`)}, 0)
    when regexp_matches(${text}, ${quoted(ISO)}) then ${fromIso(text)} end`;
}

/**
 * How a column of timestamps is read. A value becomes nanoseconds since the epoch, or 0 if it is a
 * number out of range in every unit.
 *
 * @throws {Error} If its type is not supported.
 */
export function timestampForm(type: string): ColumnForm {
  // Some writers put the smallest integer for none, which has no text as a datetime.
  const [column, text] = ['"timestamp"', 'try("timestamp"::varchar)'];
  if (INTEGER.test(type)) {
    return { key: column, meaning: fromInteger("raw::hugeint"), text };
  }
  if (type === "TIMESTAMP_NS") return { key: `epoch_ns(${column})`, meaning: "raw", text };
  if (DATETIME.test(type)) {
    // Nanoseconds in 64 bits end in 2262, before what many writers put for "never".
    return { key: `epoch_us(${column})`, meaning: "raw::hugeint * 1000", text };
  }
  if (TEXT.test(type) || DECIMAL.test(type) || type === "DOUBLE") {
    return { key: `trim(${text})`, meaning: fromText("raw"), text };
  }
  const reason = type === "FLOAT"
    ? "float32, which can't hold an epoch"
    : `${type}, not an epoch, a datetime or text`;
  throw new Error(`has a column 'timestamp' of type ${reason}`);
}

/**
 * Checks the meaning of a timestamp: nanoseconds, -1 if it can't be interpreted, or 0 if it is
 * before 2000 or after 2100.
 */
export function instantOf(meaning: string): string {
  const range = `between ${EARLIEST}000000000 and ${LATEST}000000000`;
  return bind(
    "m",
    meaning,
    `case when m is null then -1 when m ${range} then m else 0 end::bigint`,
  );
}

/**
 * How a column of payload types is read.
 *
 * @throws {Error} If its type is not supported.
 */
export function payloadForm(type: string): ColumnForm {
  if (!TEXT.test(type)) throw new Error(`has a column 'payload_type' of type ${type}, not text`);
  const key = "payload_type::varchar";
  return { key, meaning: "raw", text: key };
}

/** A float64 as its shortest text, with an exponent below 1e-5 and from 1e16 on. */
const NUMBER_TEXT = String.raw`case
  when t in ('nan', '-nan') then 'NaN'
  when t like '%e-05'
    then regexp_replace(regexp_replace(t, '^(-?)(\d)\.?(\d*)e-05$', '\10.0000\2\3'), '^-0', '-0')
  else regexp_replace(t, 'e([+-])0(\d)$', 'e\1\2') end`;

/**
 * How a column of values is read. A float32 is written with all the digits of the equal float64,
 * not as its own shortest text.
 *
 * @throws {Error} If its type is not supported.
 */
export function valueForm(type: string): ColumnForm {
  if (type === "FLOAT" || type === "DOUBLE") {
    // 0 and -0 are equal, but not the same text.
    const number = `{number: "value"::double, negative: signbit("value")}`;
    const key = `case when "value" is not null then ${number} end`;
    const meaning = bind("t", "raw.number::varchar", NUMBER_TEXT);
    return { key, meaning, text: `"value"::double::varchar` };
  }
  if (!TEXT.test(type) && !INTEGER.test(type) && !DECIMAL.test(type) && type !== "BOOLEAN") {
    throw new Error(`has a column 'value' of type ${type}, neither text nor a number`);
  }
  const key = '"value"::varchar';
  return { key, meaning: "raw", text: key };
}

/** A JSON string, number or boolean as text; otherwise null. */
function scalar(json: string): string {
  return String.raw`case json_type(${json})
    when 'VARCHAR' then ${json}->>'$' when 'BOOLEAN' then ${json}->>'$'
    when 'ARRAY' then null when 'OBJECT' then null when 'NULL' then null
    else regexp_replace(${json}->>'$', '\.0$', '') end`;
}

/**
 * The pairs in JSON: a list of pairs, a list of objects with two fields, or the fields of an
 * object.
 */
function pairsOfJson(json: string): string {
  const pair = `case
    when json_type(e) = 'ARRAY' and json_array_length(e) = 2
      then [${scalar("json_extract(e, '$[0]')")}, ${scalar("json_extract(e, '$[1]')")}]
    when json_type(e) = 'OBJECT' and len(json_keys(e)) = 2
        and not list_has_any(json_keys(e), ['phase', 'module'])
      then case when json_keys(e) = ['value', 'key']
        then [${scalar("json_extract(e, '$.*')[2]")}, ${scalar("json_extract(e, '$.*')[1]")}]
        else [${scalar("json_extract(e, '$.*')[1]")}, ${scalar("json_extract(e, '$.*')[2]")}] end
    end`;
  const fields = `list_filter(list_zip(json_keys(${json}), json_extract(${json}, '$.*')),
    lambda f: json_type(f[2]) <> 'NULL')`;
  return `case json_type(${json})
    when 'ARRAY' then list_transform(json_extract(${json}, '$[*]'), lambda e: ${pair})
    when 'OBJECT' then list_transform(${fields}, lambda f: [f[1], ${scalar("f[2]")}]) end`;
}

/** A row with more tags is malformed, because the reader of day files does not support it. */
const MAX_TAGS = 1_000;

/** Checks pairs: null if one is not a key and a value. No pairs become one pair that is ignored. */
function checked(pairs: string): string {
  return bind(
    "pairs",
    pairs,
    `case when len(pairs) = 0 then [[${quoted(MESSAGE_SOURCE)}, '']]
      when len(pairs) > ${MAX_TAGS} then null
      when len(list_filter(pairs, lambda p:
        p is null or len(p) <> 2 or p[1] is null or p[2] is null)) = 0 then pairs end`,
  );
}

/** The pairs in text: JSON, or a dict, map or list as Python or DuckDB prints it. */
function pairsOfText(text: string): string {
  const words = { None: "null", True: "true", False: "false" };
  const json = Object.entries(words).reduce(
    (made, [word, literal]) =>
      String.raw`regexp_replace(${made}, '([:,\[] *)${word}([,}\]])', '\1${literal}\2', 'g')`,
    `replace(${text}, '''', '"')`,
  );
  // What a backslash escapes, such as a quote, would be another in JSON.
  const other = bind(
    "j",
    json,
    `case when json_valid(j) and not contains(${text}, '\\')
    then ${pairsOfJson("j::json")} end`,
  );
  return `case
    when json_valid(${text}) then ${pairsOfJson(`${text}::json`)}
    when not contains(${text}, '"') then coalesce(${other}, try_cast(${text} as varchar[][]),
      list_transform(map_entries(try_cast(${text} as map(varchar, varchar))),
        lambda m: [m.key, m.value])) end`;
}

/** The parts of a database type that are used here. */
export interface NestedType {
  /** Its name in SQL. */
  toString(): string;
  /** The type of the elements, if it is a list. */
  valueType?: NestedType;
  /** The type of the keys, if it is a map. */
  keyType?: NestedType;
  /** The types of the fields, if it is a struct. */
  entryTypes?: readonly NestedType[];
}

/** Whether values of a type can be a key or a value of a tag. */
function isScalar(type: NestedType): boolean {
  const name = type.toString();
  return TEXT.test(name) || INTEGER.test(name) || DECIMAL.test(name) ||
    /^(DOUBLE|FLOAT|BOOLEAN)$/.test(name);
}

/** Whether values of a type are pairs. */
function arePairs({ valueType, keyType, entryTypes }: NestedType): boolean {
  if (keyType !== undefined) return isScalar(keyType) && isScalar(valueType!);
  if (entryTypes !== undefined) return entryTypes.every(isScalar);
  const inner = valueType?.valueType;
  if (inner !== undefined && valueType!.keyType === undefined) return isScalar(inner);
  const fields = valueType?.entryTypes;
  return fields !== undefined && fields.length === 2 && fields.every(isScalar);
}

/**
 * How a column of tags is read. A value becomes a list of [key, value] lists.
 *
 * @throws {Error} If its type is not supported.
 */
export function tagsForm(type: NestedType): ColumnForm {
  const name = type.toString();
  if (TEXT.test(name)) {
    const key = "tags::varchar";
    return { key, meaning: checked(pairsOfText("raw")), text: key };
  }
  if (!arePairs(type)) {
    throw new Error(
      `has a column 'tags' of type ${name}, not pairs: a list of lists or structs of two, a map, ` +
        "a struct or JSON text",
    );
  }
  const text = "to_json(tags)::varchar";
  return { key: "tags", meaning: checked(pairsOfJson("to_json(raw)")), text };
}
