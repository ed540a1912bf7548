/**
 * Writes files in the exporter's dialect, divided into pages and runs in any way that is allowed.
 *
 * @module
 */
import fc from "fast-check";
import {
  ByteWriter,
  type EncodedChunk,
  encodeSchema,
  Encoding,
  FileWriter,
  PhysicalType,
  Repetition,
  writeDataPage,
  writeDictionaryPage,
  writeLevels,
  type WriterCodec,
  writeRun,
} from "../../lib/parquet/mod.ts";

/** A row as it is stored. */
export interface StoredRow {
  time: bigint;
  payload: string;
  value: string;
  tags: readonly (readonly [string, string])[];
}

/** How a chunk is divided into pages and runs. */
export interface Cut {
  /** The numbers of levels of its pages, used in turn. */
  lengths: number[];
  /** The size of the dictionary from which on pages are plain. */
  most: number;
  /** Whether codes are bit-packed instead of repeated. */
  packed: boolean;
  /** The same for repetition levels. */
  packedLevels: boolean;
}

/** Any way to divide a chunk. */
export const anyCut: fc.Arbitrary<Cut> = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
  most: fc.constantFrom(0, 1, 5, 1_000, 1_000),
  packed: fc.boolean(),
  packedLevels: fc.boolean(),
});

/** One page per chunk, everything bit-packed. */
export const WHOLE: Cut = { lengths: [1 << 30], most: 1 << 30, packed: true, packedLevels: true };

/** A column as levels and values, without nulls. */
interface Levels {
  repetition: number[];
  values: (string | bigint)[];
}

const bitWidth = (count: number) => 32 - Math.clz32(count - 1);

function putHybrid(out: ByteWriter, numbers: number[], bits: number, packed: boolean): void {
  if (packed) {
    const groups = Math.ceil(numbers.length / 8);
    out.appendVarInt((groups << 1) | 1);
    const bytes = new Uint8Array(groups * bits);
    numbers.forEach((number, i) => {
      for (let k = 0; k < bits; k++) {
        if ((number >>> k) & 1) bytes[(i * bits + k) >>> 3]! |= 1 << ((i * bits + k) & 7);
      }
    });
    return out.appendBytes(bytes);
  }
  for (let i = 0; i < numbers.length;) {
    let end = i;
    while (end < numbers.length && numbers[end] === numbers[i]) end++;
    writeRun(out, end - i, numbers[i]!, bits);
    i = end;
  }
}

function putValue(out: ByteWriter, value: string | bigint): void {
  if (typeof value === "bigint") return out.appendInt64(value);
  const bytes = new TextEncoder().encode(value);
  out.appendUint32(bytes.length);
  out.appendBytes(bytes);
}

/** A chunk as Arrow writes it: pages of codes while the dictionary grows, then plain ones. */
function encode(
  { repetition, values }: Levels,
  maxDefinitionLevel: number,
  { lengths, most, packed, packedLevels }: Cut,
  codec: WriterCodec,
  mangle: (page: Uint8Array) => void,
): EncodedChunk {
  const dictionary = new Map<string | bigint, number>();
  const pages = new ByteWriter();
  let [raw, isPlain] = [0, false];
  for (let i = 0, at = 0; at < values.length; i++) {
    const here = values.slice(at, at + lengths[i % lengths.length]!);
    isPlain ||= new Set([...dictionary.keys(), ...here]).size > most;
    if (!isPlain) here.forEach((value) => dictionary.getOrInsert(value, dictionary.size));
    const page = new ByteWriter();
    if (repetition.length > 0) {
      const levels = repetition.slice(at, at + here.length);
      writeLevels(page, () => putHybrid(page, levels, 2, packedLevels));
    }
    const bits = bitWidth(maxDefinitionLevel + 1);
    writeLevels(page, () => writeRun(page, here.length, maxDefinitionLevel, bits));
    if (isPlain) here.forEach((value) => putValue(page, value));
    else {
      const bits = bitWidth(Math.max(1, dictionary.size));
      page.appendUint8(bits);
      putHybrid(page, here.map((value) => dictionary.get(value)!), bits, packed);
    }
    mangle(page.getBytes());
    const encoding = isPlain ? Encoding.PLAIN : Encoding.RLE_DICTIONARY;
    raw += writeDataPage(pages, page.getBytes(), here.length, encoding, codec);
    at += here.length;
  }
  const [chunk, plain] = [new ByteWriter(), new ByteWriter()];
  for (const value of dictionary.keys()) putValue(plain, value);
  mangle(plain.getBytes());
  if (dictionary.size > 0) {
    raw += writeDictionaryPage(chunk, plain.getBytes(), dictionary.size, codec);
  }
  const dataPageOffset = chunk.length;
  chunk.appendBytes(pages.getBytes());
  const counts = { uncompressedSize: raw, numValues: values.length, nullCount: 0 };
  return { bytes: chunk.getBytes(), dataPageOffset, ...counts };
}

const { OPTIONAL, REPEATED } = Repetition;
const { INT64, BYTE_ARRAY } = PhysicalType;

const SCHEMA = encodeSchema([
  { name: "timestamp", repetition: OPTIONAL, type: INT64 },
  { name: "payload_type", repetition: OPTIONAL, type: BYTE_ARRAY, logical: "text" },
  { name: "value", repetition: OPTIONAL, type: BYTE_ARRAY, logical: "text" },
  { name: "tags", repetition: OPTIONAL, children: 1, logical: "list" },
  { name: "list", repetition: REPEATED, children: 1 },
  { name: "element", repetition: OPTIONAL, children: 1, logical: "list" },
  { name: "list", repetition: REPEATED, children: 1 },
  { name: "element", repetition: OPTIONAL, type: BYTE_ARRAY, logical: "text" },
]);

/**
 * Writes a file of one row group.
 *
 * @param cuts How the chunks of timestamp, payload type, value and tags are divided.
 * @param mangle May change the bytes of pages, before their checksums are computed.
 */
export function writeDialect(
  rows: readonly StoredRow[],
  cuts: readonly Cut[],
  codec: WriterCodec,
  mangle: (page: Uint8Array) => void = () => {},
): Uint8Array<ArrayBuffer> {
  const file = new FileWriter(codec);
  file.begin(SCHEMA);
  const times = rows.map(({ time }) => time);
  const bounds = BigInt64Array.of(
    times.reduce((a, b) => a < b ? a : b),
    times.reduce((a, b) => a > b ? a : b),
  );
  const bytes = new Uint8Array(bounds.buffer);
  const flat = (values: (string | bigint)[]): Levels => ({ repetition: [], values });
  [
    flat(times),
    flat(rows.map(({ payload }) => payload)),
    flat(rows.map(({ value }) => value)),
    {
      repetition: rows.flatMap(({ tags }) => tags.flatMap((_, i) => [i === 0 ? 0 : 1, 2])),
      values: rows.flatMap(({ tags }) => tags.flat()),
    },
  ].forEach((levels, i) => {
    const chunk = encode(levels, i < 3 ? 1 : 5, cuts[i]!, codec, mangle);
    if (i === 0) chunk.bounds = [bytes.subarray(0, 8), bytes.subarray(8)];
    file.add(chunk);
  });
  return file.end({ rows: rows.length, createdBy: "test" }).slice();
}
