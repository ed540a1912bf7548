/**
 * Makes random tables, stores them in various forms, and computes what should be read from them.
 *
 * @module
 */
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import type { Encoding, SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import type { RejectedRow } from "../../lib/telemetry/mod.ts";
import type { Outcome } from "../helpers/reading.ts";
import { JULY_13 } from "../helpers/support.ts";

/** A list of tags in which anything may be missing. */
export type TagList = (null | (string | null)[])[];

/** A row as it is stored. */
export interface Stored {
  time: bigint | null;
  payload: string | null;
  value: string | number | bigint | null;
  /** The value as text. */
  text: string | null;
  tags: TagList | string | null;
}

const UNITS = { epoch: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n } as const;
type Unit = keyof typeof UNITS;

/** A table, and how it is stored. */
export interface Shape {
  rows: Stored[];
  unit: Unit;
  /** Units per second of a timestamp that is a plain integer. */
  perSecond: bigint;
  time: "INT32" | "INT64";
  form: "lists" | "structs" | "reversed" | "json";
  value: "BYTE_ARRAY" | "DOUBLE" | "FLOAT" | "INT32" | "INT64";
  /** Whether anything may be missing. */
  nullable: boolean;
  codec: "UNCOMPRESSED" | "SNAPPY" | "ZSTD" | "GZIP";
  pageSize: number;
  rowGroupSize: number;
  statistics: boolean;
  encodings: (Encoding | undefined)[];
}

const WORDS = ["phase", "module", "cell", "message_source", "1", "2", "master", "", "µ🔋"];
const anyWord = fc.constantFrom(...WORDS);
const PLACES: [string, string][][] = [
  [["phase", "1"], ["module", "1"]],
  [["phase", "1"], ["module", "2"], ["message_source", "master"]],
  [["phase", "2"], ["cell", "1"]],
  [["message_source", "slave"]],
  [],
];

/** Mostly valid tags; others lack something or have too much. */
function anyTags(nullable: boolean): fc.Arbitrary<TagList | null> {
  const sound: fc.Arbitrary<TagList> = fc.constantFrom(...PLACES);
  if (!nullable) return sound;
  const part = fc.option(anyWord, { freq: 6 });
  const pair: fc.Arbitrary<TagList[number]> = fc.tuple(anyWord, anyWord);
  const other: fc.Arbitrary<TagList[number]> = fc.option(fc.array(part, { maxLength: 3 }), {
    freq: 4,
  });
  const tag = fc.oneof({ weight: 6, arbitrary: pair }, { weight: 1, arbitrary: other });
  const any: fc.Arbitrary<TagList> = fc.array(tag, { maxLength: 4 });
  const tags = fc.oneof({ weight: 4, arbitrary: sound }, { weight: 1, arbitrary: any });
  return fc.option(tags, { freq: 10 });
}

/** The key and value of each tag, as in structs. */
function asStructs(tags: TagList | null): TagList | null {
  return tags?.map((tag) => tag && [tag[0] ?? null, tag[1] ?? null]) ?? null;
}

const JSON_TEXTS = [
  '{"phase": 1}',
  "[1]",
  "",
  "nonsense",
  '[["phase", 1], ["module", true]]',
  "[]",
];

function anyStored(
  { unit, perSecond, form, value, nullable }: Pick<
    Shape,
    "unit" | "perSecond" | "form" | "value" | "nullable"
  >,
): fc.Arbitrary<Stored> {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
    nullable ? fc.option(arbitrary, { freq: 8 }) : arbitrary;
  const scale = unit === "epoch" ? perSecond : UNITS[unit];
  const inside = fc.bigInt({ min: -3n * scale, max: 30n * scale })
    .map((offset) => BigInt(JULY_13) * scale + offset);
  // Fractions of seconds, and whole seconds, which repeat.
  const whole = fc.integer({ min: JULY_13 - 3, max: JULY_13 + 30 }).map((time) =>
    BigInt(time) * scale
  );
  const time = fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 2, arbitrary: inside },
    { weight: nullable ? 1 : 0, arbitrary: fc.constantFrom(0n, -5n, 946_684_799n, 1n) },
  );
  const shapes = anyTags(nullable);
  const tags: fc.Arbitrary<Stored["tags"]> = form === "lists"
    ? shapes
    : form !== "json"
    ? shapes.map(asStructs)
    : fc.oneof(
      { weight: 6, arbitrary: shapes.map((tags) => tags && JSON.stringify(tags)) },
      { weight: nullable ? 1 : 0, arbitrary: fc.constantFrom(...JSON_TEXTS) },
    );
  return fc.record({
    time: maybe(time),
    payload: maybe(fc.constantFrom("voltage", "state", "µ")),
    valued: maybe(anyValue(value)),
    tags,
  }).map(({ valued, ...rest }) => ({
    ...rest,
    value: valued === null ? null : valued[0],
    text: valued === null ? null : valued[1],
  }));
}

/** Values with their text. */
function anyValue(type: Shape["value"]): fc.Arbitrary<[string | number | bigint, string]> {
  if (type === "BYTE_ARRAY") {
    return fc.constantFrom("1", "1.0", "2.5", "IDLE", "", "🔋", " 7 ").map((text) => [text, text]);
  }
  if (type === "INT32") return fc.integer({ min: -3, max: 99 }).map((n) => [n, String(n)]);
  if (type === "INT64") return fc.bigInt({ min: -3n, max: 2n ** 60n }).map((n) => [n, String(n)]);
  const isSingle = type === "FLOAT";
  return fc.constantFrom<[number, string]>(
    [1, "1.0"],
    [0, "0.0"],
    [-2.5, "-2.5"],
    [1e12, isSingle ? "999999995904.0" : "1000000000000.0"],
    [1e16, isSingle ? "1.0000000272564224e+16" : "1e+16"],
    [0.00001, isSingle ? "9.999999747378752e-6" : "0.00001"],
    [0.0000001, isSingle ? "1.0000000116860974e-7" : "1e-7"],
    [53.85, isSingle ? "53.849998474121094" : "53.85"],
    [NaN, "NaN"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  );
}

export const anyShape: fc.Arbitrary<Shape> = fc.record({
  unit: fc.constantFrom<Unit>("epoch", "ms", "us", "ns"),
  perSecond: fc.constantFrom(1n, 1_000n, 1_000_000n, 1_000_000_000n),
  short: fc.boolean(),
  form: fc.constantFrom<Shape["form"]>("lists", "lists", "structs", "reversed", "json"),
  value: fc.constantFrom<Shape["value"]>(
    ...["BYTE_ARRAY", "BYTE_ARRAY", "DOUBLE", "FLOAT", "INT32", "INT64"] as const,
  ),
  nullable: fc.boolean(),
  codec: fc.constantFrom<Shape["codec"]>("UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP"),
  pageSize: fc.constantFrom(20, 100, 1_000, 1 << 20),
  rowGroupSize: fc.constantFrom(3, 20, 1_000),
  statistics: fc.boolean(),
  encode: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4), fc.nat(4)),
}).chain(({ short, encode, ...shape }) => {
  const isShort = short && shape.unit === "epoch";
  const perSecond = isShort ? 1n : shape.perSecond;
  const full = { ...shape, perSecond, time: isShort ? "INT32" as const : "INT64" as const };
  const encodings = [
    ...[encodingOf(full.time, encode[0]), encodingOf("BYTE_ARRAY", encode[1])],
    ...[encodingOf(full.value, encode[2]), encodingOf("BYTE_ARRAY", encode[3])],
  ];
  return fc.array(anyStored(full), { minLength: 1, maxLength: 60 })
    .map((rows) => ({ ...full, encodings, rows }));
});

function encodingOf(type: string, choice: number): Encoding | undefined {
  const others: Record<string, Encoding[]> = {
    BYTE_ARRAY: ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"],
    INT32: ["DELTA_BINARY_PACKED"],
    INT64: ["DELTA_BINARY_PACKED"],
    FLOAT: ["BYTE_STREAM_SPLIT"],
    DOUBLE: ["BYTE_STREAM_SPLIT"],
  };
  return [undefined, "PLAIN" as const, "RLE_DICTIONARY" as const, ...others[type]!][choice];
}

/** The elements of a schema, one after another. */
function schemaOf({ unit, time, value, form, nullable }: Shape): SchemaElement[] {
  const repetition_type = nullable ? "OPTIONAL" as const : "REQUIRED" as const;
  const text = (name: string, repetition: SchemaElement["repetition_type"] = repetition_type) =>
    ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: repetition }) as const;
  const group = (name: string, children: number, more: Partial<SchemaElement> = {}) =>
    ({ name, num_children: children, repetition_type, ...more }) as SchemaElement;
  const repeated = { repetition_type: "REPEATED" } as const;
  const list = { converted_type: "LIST" } as const;
  const stamp = unit === "epoch" ? {} : {
    logical_type: {
      type: "TIMESTAMP",
      isAdjustedToUTC: false,
      unit: ({ ms: "MILLIS", us: "MICROS", ns: "NANOS" } as const)[unit],
    } as const,
  };
  const number = value === "BYTE_ARRAY"
    ? text("value")
    : { name: "value", type: value, repetition_type } as const;
  const tags: Record<Shape["form"], SchemaElement[]> = {
    json: [text("tags")],
    lists: [
      ...[group("tags", 1, list), group("list", 1, repeated), group("element", 1, list)],
      ...[group("list", 1, repeated), text("element")],
    ],
    structs: [
      ...[group("tags", 1, list), group("list", 1, repeated), group("element", 2)],
      ...[text("key"), text("value")],
    ],
    reversed: [
      ...[group("tags", 1, list), group("list", 1, repeated), group("element", 2)],
      ...[text("value"), text("key")],
    ],
  };
  return [
    { name: "root", num_children: 4 },
    { name: "timestamp", type: time, repetition_type, ...stamp },
    text("payload_type"),
    number,
    ...tags[form],
  ];
}

/** Writes a table with pages of version 2. */
export function write(shape: Shape): Uint8Array {
  const { rows, form, time, codec, encodings, pageSize, rowGroupSize, statistics } = shape;
  const nested = (tags: Stored["tags"]) => {
    if (tags === null || typeof tags === "string" || form === "lists") return tags;
    return tags.map((tag) => tag && { key: tag[0], value: tag[1] });
  };
  const data = {
    timestamp: rows.map((row) =>
      time === "INT32" && row.time !== null ? Number(row.time) : row.time
    ),
    payload_type: rows.map((row) => row.payload),
    value: rows.map((row) => row.value),
    tags: rows.map((row) => nested(row.tags)),
  };
  const columnData = Object.entries(data).map(([name, data], i) => {
    const encoding = encodings[i];
    return { name, data, ...(encoding && { encoding }) };
  });
  const zipped = (zip: (bytes: Uint8Array) => Uint8Array) => (bytes: Uint8Array) =>
    new Uint8Array(zip(bytes));
  return new Uint8Array(parquetWriteBuffer({
    ...{ columnData, schema: schemaOf(shape), pageSize, rowGroupSize, statistics },
    codec,
    compressors: {
      ZSTD: zipped(zstdCompressSync),
      GZIP: zipped(gzipSync),
    },
  }));
}

/** What should be read from a table, computed independently. */
export function expected({ rows, unit, form }: Shape): Outcome {
  const [rejected, readings]: [RejectedRow[], Map<number, Set<string>>] = [[], new Map()];
  let count = 0;
  for (const row of rows) {
    const scale = unit !== "epoch"
      ? UNITS[unit]
      : Object.values(UNITS).find((scale) =>
        row.time !== null && row.time >= 946_684_800n * scale && row.time <= 4_102_444_800n * scale
      );
    const inRange = scale !== undefined && row.time !== null &&
      row.time >= 946_684_800n * scale && row.time <= 4_102_444_800n * scale;
    const pairs = pairsOf(row.tags);
    const reason = row.time === null
      ? "a row without a timestamp"
      : !inRange
      ? "a timestamp before 2000 or after 2100"
      : row.payload === null
      ? "a row without a payload_type"
      : row.text === null
      ? "a row without a value"
      : row.tags === null
      ? "a row without tags"
      : pairs === null
      ? "tags that are malformed"
      : null;
    if (reason !== null) {
      const named = (tag: (string | null)[] | null) =>
        tag &&
        (form === "reversed" ? { value: tag[1], key: tag[0] } : { key: tag[0], value: tag[1] });
      const { tags } = row;
      rejected.push({
        reason,
        timestamp: row.time === null ? null : String(row.time),
        payload_type: row.payload,
        value: row.text,
        tags: tags === null || typeof tags === "string"
          ? tags
          : JSON.stringify(form === "lists" ? tags : tags.map(named)),
      });
      continue;
    }
    count++;
    const day = Number(row.time! / scale! / 86_400n) * 86_400;
    const nanoseconds = row.time! * (1_000_000_000n / scale!) - BigInt(day) * 1_000_000_000n;
    const tag = (wanted: string) => pairs!.findLast(([key]) => key === wanted)?.[1] ?? null;
    const others = pairs!.filter(([key]) => !["phase", "module", "message_source"].includes(key));
    const column = [row.payload, ...others.flat()].join("_");
    if (!readings.has(day)) readings.set(day, new Set());
    readings.get(day)!.add(
      JSON.stringify([
        day + Number(nanoseconds) / 1e9,
        tag("phase"),
        tag("module"),
        column,
        row.text,
      ]),
    );
  }
  const days = [...readings.keys()].sort((a, b) => a - b);
  return {
    rows: count,
    days,
    readings: days.map((day) => [...readings.get(day)!].sort()),
    rejected,
  };
}

function pairsOf(tags: Stored["tags"]): [string, string][] | null {
  if (tags === null) return null;
  let list: unknown = tags;
  if (typeof tags === "string") {
    try {
      list = JSON.parse(tags);
    } catch {
      return null;
    }
  }
  if (typeof list === "object" && list !== null && !Array.isArray(list)) {
    list = Object.entries(list).filter(([, value]) => value !== null); // the fields of an object
  }
  if (!Array.isArray(list)) return null;
  const pairs = list.map((tag) =>
    Array.isArray(tag) && tag.length === 2 ? tag.map(wordOf) : [null]
  );
  return pairs.some((pair) => pair.includes(null)) ? null : pairs as [string, string][];
}

function wordOf(word: unknown): string | null {
  if (typeof word === "number" || typeof word === "boolean") return String(word);
  return typeof word === "string" ? word : null;
}
