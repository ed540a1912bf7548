import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import {
  bitsOf,
  ByteWriter,
  type Codec,
  encodeChunk,
  type EncodedChunk,
  encodeSchema,
  Encoding,
  FileWriter,
  PhysicalType,
  type SchemaElement,
  writeDataPage,
  writeDictionaryPage,
  writeLevels,
  writeRun,
} from "../../lib/parquet/mod.ts";
import { Unsupported } from "../../lib/errors.ts";
import { fastOutcome, generalOutcome } from "../helpers/reading.ts";
import { inFolder } from "../helpers/support.ts";
import { anyShape, expected, type Shape, type Stored } from "../helpers/tables.ts";

/** How a chunk is cut, and what is left to chance in its pages. */
interface Cut {
  /** How many levels a page holds, again and again. */
  lengths: number[];
  /** How many values the dictionary may have before pages do without. */
  most: number;
  /** Whether runs are written as such, or packed. */
  packed: boolean;
}

/** A column as levels and the values that are there. */
interface Levels {
  repetition: number[];
  definition: number[];
  values: Value[];
}

/** A text, a number of 64 bits, or an instant as nanoseconds. */
type Value = string | bigint | { instant: bigint };

function putHybrid(out: ByteWriter, numbers: number[], bits: number, packed: boolean): void {
  if (packed) {
    const groups = Math.ceil(numbers.length / 8);
    out.appendVarInt((groups << 1) | 1);
    const digits = Array.from(
      { length: groups * 8 },
      (_, i) => bits === 0 ? "" : (numbers[i] ?? 0).toString(2).padStart(bits, "0"),
    );
    const text = digits.reverse().join("");
    for (let end = text.length; end > 0; end -= 8) {
      out.appendUint8(parseInt(text.slice(end - 8, end), 2));
    }
    return;
  }
  for (let i = 0; i < numbers.length;) {
    let end = i;
    while (end < numbers.length && numbers[end] === numbers[i]) end++;
    writeRun(out, end - i, numbers[i]!, bits);
    i = end;
  }
}

function putValue(out: ByteWriter, value: Value): void {
  if (typeof value === "bigint") return out.appendInt64(value);
  if (typeof value === "object") {
    const day = 86_400_000_000_000n;
    const within = ((value.instant % day) + day) % day;
    out.appendInt64(within);
    return out.appendUint32(Number((value.instant - within) / day) + 2_440_588);
  }
  const bytes = new TextEncoder().encode(value);
  out.appendUint32(bytes.length);
  out.appendBytes(bytes);
}

/** A chunk as Arrow writes it: pages of codes while the dictionary grows, then plain ones. */
function encode(
  { repetition, definition, values }: Levels,
  nesting: { repetition: number; definition: number },
  { lengths, most, packed }: Cut,
  codec: Codec,
): EncodedChunk {
  const dictionary: Value[] = [];
  const pages = new ByteWriter();
  let [at, value, raw, isPlain, isCoded] = [0, 0, 0, false, false];
  for (let i = 0; at < definition.length; i++) {
    const end = Math.min(definition.length, at + lengths[i % lengths.length]!);
    const there = definition.slice(at, end).filter((level) => level === nesting.definition).length;
    const here = values.slice(value, value += there);
    const fresh = [...new Set(here)].filter((value) => !dictionary.includes(value));
    isPlain ||= dictionary.length + fresh.length > most;
    if (!isPlain) dictionary.push(...fresh);
    isCoded ||= !isPlain;
    const page = new ByteWriter();
    if (nesting.repetition > 0) {
      const bits = bitsOf(nesting.repetition + 1);
      writeLevels(page, () => putHybrid(page, repetition.slice(at, end), bits, packed));
    }
    const bits = bitsOf(nesting.definition + 1);
    writeLevels(page, () => putHybrid(page, definition.slice(at, end), bits, packed));
    if (isPlain) { for (const value of here) putValue(page, value); }
    else {
      const bits = bitsOf(Math.max(1, dictionary.length));
      page.appendUint8(bits);
      putHybrid(page, here.map((value) => dictionary.indexOf(value)), bits, packed);
    }
    const encoding = isPlain ? Encoding.PLAIN : Encoding.RLE_DICTIONARY;
    raw += writeDataPage(pages, page.getBytes(), end - at, encoding, codec);
    at = end;
  }
  const [chunk, plain] = [new ByteWriter(), new ByteWriter()];
  for (const value of dictionary) putValue(plain, value);
  if (isCoded) {
    raw += writeDictionaryPage(chunk, plain.getBytes(), dictionary.length, codec);
  }
  const dataPageOffset = chunk.length;
  chunk.appendBytes(pages.getBytes());
  const nulls = definition.length - values.length;
  return {
    bytes: chunk.getBytes().slice(),
    dataPageOffset,
    uncompressedSize: raw,
    numValues: definition.length,
    nullCount: nulls,
    bounds: undefined,
  };
}

function flat(values: (Value | null)[]): Levels {
  return {
    repetition: [],
    definition: values.map((value) => value === null ? 0 : 1),
    values: values.filter((value) => value !== null),
  };
}

/** The levels of lists of lists in which all may be missing. */
function nested(rows: Stored["tags"][]): Levels {
  const levels: Levels = { repetition: [], definition: [], values: [] };
  const add = (repetition: number, definition: number) => {
    levels.repetition.push(repetition);
    levels.definition.push(definition);
  };
  for (const tags of rows) {
    if (tags === null || typeof tags === "string") add(0, 0);
    else if (tags.length === 0) add(0, 1);
    else {
      tags.forEach((tag, i) => {
        const first = i === 0 ? 0 : 1;
        if (tag === null) add(first, 2);
        else if (tag.length === 0) add(first, 3);
        else {
          tag.forEach((word, k) => {
            add(k === 0 ? first : 2, word === null ? 4 : 5);
            if (word !== null) levels.values.push(word);
          });
        }
      });
    }
  }
  return levels;
}

const INT96 = 3;

const ELEMENTS: SchemaElement[] = [
  { name: "timestamp", repetition: 1, type: PhysicalType.INT64 },
  { name: "payload_type", repetition: 1, type: PhysicalType.BYTE_ARRAY, logical: "text" },
  { name: "value", repetition: 1, type: PhysicalType.BYTE_ARRAY, logical: "text" },
  { name: "tags", repetition: 1, children: 1, logical: "list" },
  { name: "list", repetition: 2, children: 1 },
  { name: "element", repetition: 1, children: 1, logical: "list" },
  { name: "list", repetition: 2, children: 1 },
  { name: "element", repetition: 1, type: PhysicalType.BYTE_ARRAY, logical: "text" },
];

/** Nanoseconds are written as they were of old, in 96 bits. */
function write({ rows, unit }: Shape, cuts: Cut[], codec: Codec): Uint8Array<ArrayBuffer> {
  const file = new FileWriter(codec);
  file.begin();
  const timeType = unit === "ns" ? INT96 : PhysicalType.INT64;
  const instants = new Map<bigint, Value>();
  const timeOf = (time: bigint) =>
    unit === "ns" ? instants.getOrInsertComputed(time, (): Value => ({ instant: time })) : time;
  const levels = [
    flat(rows.map(({ time }) => time === null ? null : timeOf(time))),
    flat(rows.map(({ payload }) => payload)),
    flat(rows.map(({ text }) => text)),
    nested(rows.map(({ tags }) => tags)),
  ];
  levels.forEach((levels, i) => {
    const nesting = i < 3 ? { repetition: 0, definition: 1 } : { repetition: 2, definition: 5 };
    const path = i < 3 ? [ELEMENTS[i]!.name] : ELEMENTS.slice(3).map(({ name }) => name);
    const type = i === 0 ? timeType : PhysicalType.BYTE_ARRAY;
    file.add(path, type, encode(levels, nesting, cuts[i]!, codec));
  });
  const schema = encodeSchema(
    ELEMENTS.with(0, { name: "timestamp", repetition: 1, type: timeType }),
  );
  return file.end({ schema, rows: rows.length, createdBy: "test" }).slice();
}

const anyCut: fc.Arbitrary<Cut> = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
  most: fc.constantFrom(0, 1, 5, 1_000),
  packed: fc.boolean(),
});

/** Without what only looks like a difference. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("pages of version 1 may end anywhere, and their dictionary midway", async () => {
  const shapes = anyShape.filter(({ form, unit, value }) =>
    form === "lists" && /epoch|ns/.test(unit) && value === "BYTE_ARRAY"
  );
  const cuts = fc.array(anyCut, { minLength: 4, maxLength: 4 });
  const codecs = fc.constantFrom<Codec>("none", "snappy", "zstd");
  await fc.assert(
    fc.asyncProperty(shapes, cuts, codecs, async (shape, cuts, codec) => {
      const bytes = write(shape, cuts, codec);
      assert.deepEqual(plain(fastOutcome(bytes)), plain(expected(shape)));
      if (codec === "zstd" || shape.unit === "ns") return;
      // The file is what was meant: another reader sees the same table.
      const found = await parquetReadObjects({ file: bytes.buffer });
      const table = (rows: Record<string, unknown>[]) =>
        rows.map(({ timestamp, tags, ...rest }) =>
          plain({
            ...rest,
            timestamp: timestamp === null ? null : `${timestamp}`,
            tags: tags ?? null,
          })
        );
      const stored = shape.rows.map(({ time, payload, text, tags }) => ({
        ...{ payload_type: payload, value: text, timestamp: time, tags },
      }));
      assert.deepEqual(table(found), table(stored));
    }),
  );
});

/** A file whose few bytes say that one row comes again and again. */
function constant(rows: number): Uint8Array<ArrayBuffer> {
  const file = new FileWriter("none");
  file.begin();
  const row = { timestamp: 1_720_828_800n, payload_type: "x", value: "1", tags: "[]" };
  for (const [name, value] of Object.entries(row)) {
    const [plain, page] = [new ByteWriter(), new ByteWriter()];
    putValue(plain, value);
    writeLevels(page, () => writeRun(page, rows, 1, 1));
    page.appendUint8(1);
    writeRun(page, rows, 0, 1);
    const dictionary = { bytes: plain.getBytes(), count: 1 };
    const pages = { dictionary, data: page.getBytes(), numValues: rows, nullCount: 0 };
    const type = name === "timestamp" ? PhysicalType.INT64 : PhysicalType.BYTE_ARRAY;
    file.add([name], type, encodeChunk(pages, "none"));
  }
  const schema = encodeSchema([
    ...ELEMENTS.slice(0, 3),
    { name: "tags", repetition: 1, type: PhysicalType.BYTE_ARRAY, logical: "text" },
  ]);
  return file.end({ schema, rows, createdBy: "test" }).slice();
}

Deno.test("few bytes may hold many rows, but not any number of them", () => {
  const { rows, readings } = fastOutcome(constant(1 << 16));
  assert.deepEqual([rows, readings.flat().length], [1 << 16, 1]);
  assert.throws(() => fastOutcome(constant(1 << 25)), Unsupported);
});

Deno.test("instants of 96 bits are read like the general reader does", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    const shapes = anyShape.filter(({ form, unit, value }) =>
      form === "lists" && unit === "ns" && value === "BYTE_ARRAY"
    );
    const cut = { lengths: [1_000], most: 1_000, packed: false };
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const bytes = write(shape, Array(4).fill(cut), "snappy");
        Deno.writeFileSync(path, bytes);
        assert.deepEqual(plain(fastOutcome(bytes)), plain(await generalOutcome(path)));
      }),
      { numRuns: 30 },
    );
  }));
