/**
 * Writes day files in the shape of the real ones: one row group, every column one dictionary page
 * and one v1 data page, snappy. The sample data are written so, and so are the copies that the
 * general reader makes of whatever the fast reader does not take.
 *
 * @module
 */
import {
  bitWidth,
  type EncodedChunk,
  Encoding,
  type FooterColumn,
  MAGIC,
  putByte,
  putBytes,
  putDataPage,
  putDictionaryPage,
  putFooter,
  putInt64,
  putRun,
  putSchema,
  putSized,
  putUint32,
  putVarint,
  reserve,
  type Sink,
  sink,
  Type,
  written,
} from "../parquet/mod.ts";
import type { Tags } from "./tags.ts";
import { VERSION } from "../version.ts";

/** One column: its distinct values, and for each row which of them it holds. */
export interface Coded<T> {
  /** The distinct values. */
  dictionary: readonly T[];
  /** For each row, an index into them. */
  codes: readonly number[];
}

/** The rows of a day file by column. */
export interface DayRows {
  /** Epoch timestamps, of any unit. */
  timestamp: Coded<bigint>;
  /** Payload types. */
  payload: Coded<string>;
  /** Value texts. */
  value: Coded<string>;
  /** Tag lists; an empty one can't be written. */
  tags: Coded<Tags>;
}

/**
 * Encodes a day file.
 *
 * @returns The bytes of a parquet file.
 */
export function encodeDayFile(
  { timestamp, payload, value, tags }: DayRows,
): Uint8Array<ArrayBuffer> {
  const file = sink();
  putBytes(file, MAGIC);
  const columns: FooterColumn[] = [];
  const add = (path: string[], type: number, chunk: EncodedChunk) => {
    columns.push({ path, type, offset: file.at, chunk });
    putBytes(file, chunk.bytes);
  };
  add(["timestamp"], Type.int64, encodeFlat(timestamp, putInt64, timeBounds(timestamp)));
  add(["payload_type"], Type.text, encodeFlat(payload, putPlainText));
  add(["value"], Type.text, encodeFlat(value, putPlainText));
  add(["tags", "list", "element", "list", "element"], Type.text, encodeTags(tags));
  const schema = sink();
  putSchema(schema, [
    { name: "timestamp", repetition: 1, type: Type.int64 },
    { name: "payload_type", repetition: 1, type: Type.text, logical: "text" },
    { name: "value", repetition: 1, type: Type.text, logical: "text" },
    { name: "tags", repetition: 1, children: 1, logical: "list" },
    { name: "list", repetition: 2, children: 1 },
    { name: "element", repetition: 1, children: 1, logical: "list" },
    { name: "list", repetition: 2, children: 1 },
    { name: "element", repetition: 1, type: Type.text, logical: "text" },
  ]);
  const rows = timestamp.codes.length;
  putFooter(file, written(schema), rows, columns, "snappy", `hourgrid version ${VERSION}`);
  return written(file);
}

function encodeFlat<T>(
  { dictionary, codes }: Coded<T>,
  putValue: (out: Sink, value: T) => void,
  bounds?: EncodedChunk["bounds"],
): EncodedChunk {
  const page = sink();
  putSized(page, () => putRun(page, codes.length, 1, 1)); // all present
  return encodeChunk(dictionary, putValue, page, codes, codes.length, bounds);
}

/** The levels of a list of lists of text with nothing missing: see `common.ts`. */
function encodeTags({ dictionary, codes }: Coded<Tags>): EncodedChunk {
  const words = new Map<string, number>();
  const wordOf = (word: string) => words.getOrInsertComputed(word, () => words.size);
  const lists = dictionary.map((tags) => tags.flat().map(wordOf));
  const [levels, texts]: [number[], number[]] = [[], []];
  for (const code of codes) {
    lists[code]!.forEach((word, i) => {
      levels.push(i === 0 ? 0 : i % 2 === 0 ? 1 : 2);
      texts.push(word);
    });
  }
  const page = sink();
  putSized(page, () => putPacked(page, levels, 2));
  putSized(page, () => putRun(page, texts.length, 5, 3));
  return encodeChunk([...words.keys()], putPlainText, page, texts, texts.length);
}

function encodeChunk<T>(
  dictionary: readonly T[],
  putValue: (out: Sink, value: T) => void,
  page: Sink,
  codes: readonly number[],
  values: number,
  bounds?: EncodedChunk["bounds"],
): EncodedChunk {
  const [chunk, plain] = [sink(), sink()];
  for (const value of dictionary) putValue(plain, value);
  let raw = putDictionaryPage(chunk, written(plain), dictionary.length, "snappy");
  const dataAt = chunk.at;
  const width = bitWidth(dictionary.length);
  putByte(page, width);
  putPacked(page, codes, width);
  raw += putDataPage(chunk, written(page), values, Encoding.dictionary, "snappy");
  return { bytes: written(chunk), dataAt, raw, values, nulls: 0, ...(bounds && { bounds }) };
}

function timeBounds({ dictionary }: Coded<bigint>): [min: Uint8Array, max: Uint8Array] {
  const bounds = new BigInt64Array(2);
  bounds[0] = dictionary.reduce((a, b) => a < b ? a : b);
  bounds[1] = dictionary.reduce((a, b) => a > b ? a : b);
  const bytes = new Uint8Array(bounds.buffer);
  return [bytes.subarray(0, 8), bytes.subarray(8)];
}

/** Writes codes as one bit-packed run: groups of 8 codes, the lowest bits first. */
function putPacked(out: Sink, codes: readonly number[], width: number): void {
  const groups = Math.ceil(codes.length / 8);
  putVarint(out, ((groups << 1) | 1) >>> 0);
  reserve(out, groups * width);
  const { bytes, at } = out;
  bytes.fill(0, at, at + groups * width);
  codes.forEach((code, i) => {
    for (let bit = i * width, left = code; left > 0; bit++, left >>>= 1) {
      if (left & 1) bytes[at + (bit >>> 3)]! |= 1 << (bit & 7);
    }
  });
  out.at += groups * width;
}

function putPlainText(out: Sink, text: string): void {
  const bytes = new TextEncoder().encode(text);
  putUint32(out, bytes.length);
  putBytes(out, bytes);
}
