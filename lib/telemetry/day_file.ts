/**
 * Writes day files in the exporter's dialect: one row group, in which every column has a dictionary
 * page and a v1 data page, compressed with snappy. The importer and the sample write such files.
 *
 * @module
 */
import {
  bitWidth,
  type Bounds,
  ByteWriter,
  type Coded,
  encodeChunk,
  type EncodedChunk,
  encodeSchema,
  FileWriter,
  PhysicalType,
  Repetition,
  writeLevels,
  writePacked,
  writeRun,
} from "../parquet/mod.ts";
import type { Tags } from "./tags.ts";
import { VERSION, WRITER } from "../version.ts";

/** The rows of a day file by column. */
export interface FileRows {
  /** Epoch timestamps, of any unit. */
  timestamp: Coded<readonly bigint[]>;
  /** Payload types. */
  payload: Coded<readonly string[]>;
  /** Value texts. */
  value: Coded<readonly string[]>;
  /** Tag lists, none of which may be empty. */
  tags: Coded<readonly Tags[]>;
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
 * Encodes a day file.
 *
 * @returns The bytes of a parquet file.
 */
export function encodeDayFile(
  { timestamp, payload, value, tags }: FileRows,
): Uint8Array<ArrayBuffer> {
  const file = new FileWriter("SNAPPY");
  file.begin(SCHEMA);
  file.add(encodeTimestamps(timestamp));
  file.add(encodeTexts(payload));
  file.add(encodeTexts(value));
  file.add(encodeTags(tags));
  const rows = timestamp.codes.length;
  return file.end({ rows, createdBy: WRITER + VERSION });
}

function encodeTimestamps({ dictionary, codes }: FileRows["timestamp"]): EncodedChunk {
  const values = new ByteWriter();
  for (const value of dictionary) values.appendInt64(value);
  const bounds = new BigInt64Array(2);
  bounds[0] = dictionary.reduce((a, b) => a < b ? a : b);
  bounds[1] = dictionary.reduce((a, b) => a > b ? a : b);
  const bytes = new Uint8Array(bounds.buffer);
  return encodeCoded(values, dictionary.length, allPresent(codes), codes, [
    bytes.subarray(0, 8),
    bytes.subarray(8),
  ]);
}

function encodeTexts({ dictionary, codes }: FileRows["value"]): EncodedChunk {
  return encodeCoded(plainTexts(dictionary), dictionary.length, allPresent(codes), codes);
}

/** Encodes lists of lists of texts without nulls. */
function encodeTags({ dictionary, codes }: FileRows["tags"]): EncodedChunk {
  const words = new Map<string, number>();
  const wordOf = (word: string) => words.getOrInsertComputed(word, () => words.size);
  const lists = dictionary.map((tags) => tags.flat().map(wordOf));
  let count = 0;
  for (let row = 0; row < codes.length; row++) count += lists[codes[row]!]!.length;
  const levels = new Int32Array(count);
  const texts = new Int32Array(count);
  let at = 0;
  for (let row = 0; row < codes.length; row++) {
    const list = lists[codes[row]!]!;
    for (let i = 0; i < list.length; i++, at++) {
      levels[at] = i === 0 ? 0 : i % 2 === 0 ? 1 : 2;
      texts[at] = list[i]!;
    }
  }
  const page = new ByteWriter(count + (1 << 8));
  writeLevels(page, () => writePacked(page, levels, 2));
  writeLevels(page, () => writeRun(page, count, 5, 3));
  return encodeCoded(plainTexts(words.keys()), words.size, page, texts);
}

/** Writes the definition levels of a flat column without nulls. */
function allPresent({ length }: Int32Array): ByteWriter {
  const page = new ByteWriter();
  writeLevels(page, () => writeRun(page, length, 1, 1));
  return page;
}

function encodeCoded(
  dictionary: ByteWriter,
  count: number,
  page: ByteWriter,
  codes: Int32Array,
  bounds?: Bounds,
): EncodedChunk {
  const width = bitWidth(count);
  page.appendUint8(width);
  writePacked(page, codes, width);
  return encodeChunk({
    dictionary: { bytes: dictionary.getBytes(), count },
    data: page.getBytes(),
    numValues: codes.length,
    nullCount: 0,
    bounds,
  }, "SNAPPY");
}

function plainTexts(texts: Iterable<string>): ByteWriter {
  const out = new ByteWriter();
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    out.appendUint32(bytes.length);
    out.appendBytes(bytes);
  }
  return out;
}
