/**
 * Hour files: runs of values become column chunks, and chunks become a parquet file.
 *
 * A held signal is a run-length code already. The distinct values of the hour are the dictionary
 * page, the runs are the data page's codes, and the runs of nulls its definition levels.
 *
 * @module
 */
import { putBytes, putByte, putFloat64, putUint32, type Sink, sink, written } from "./bytes.ts";
import type { Spans } from "./grid.ts";
import {
  bitWidth,
  type Codec,
  type Element,
  EncodedChunk,
  Encoding,
  MAGIC,
  putDataPage,
  putDictionaryPage,
  putFooter,
  putRun,
  putSchema,
  putSized,
  Type,
} from "./parquet.ts";
import type { Values } from "./values.ts";
import { VERSION } from "./version.ts";

/** A signal's column in an hour file. */
export interface Column {
  /** The column's name. */
  name: string;
  /** What it holds. */
  kind: "numeric" | "text";
}

/** Buffers for encoding, used again for every chunk. */
export interface Encoder {
  /** The chunk. */
  chunk: Sink;
  /** The dictionary page. */
  dictionary: Sink;
  /** The data page. */
  page: Sink;
  /** The codes of the runs. */
  codes: Int32Array<ArrayBuffer>;
  /** Hash table of code + 1, 0 where free. */
  slots: Int32Array<ArrayBuffer>;
  /** The distinct values, by code. */
  distinct: Float64Array<ArrayBuffer>;
}

/** Makes the buffers for chunks of `rows` rows. */
export function createEncoder(rows: number): Encoder {
  return {
    chunk: sink(),
    dictionary: sink(),
    page: sink(),
    codes: new Int32Array(rows),
    slots: new Int32Array(2 << Math.ceil(Math.log2(rows))),
    distinct: new Float64Array(rows),
  };
}

const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

/** Numbers the distinct values of some runs in the order in which they occur. */
function numberValues({ codes, slots, distinct }: Encoder, spans: Spans): number {
  const mask = slots.length - 1;
  slots.fill(0);
  let count = 0;
  for (let i = 0; i < spans.length; i++) {
    const value = spans.values[i]!;
    if (value !== value) {
      codes[i] = -1;
      continue;
    }
    bits[0] = value;
    const hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 15)) & mask;
    let code = slots[slot]! - 1;
    while (code >= 0 && !Object.is(distinct[code], value)) {
      slot = (slot + 1) & mask;
      code = slots[slot]! - 1;
    }
    if (code < 0) {
      distinct[count] = value;
      slots[slot] = ++count;
      code = count - 1;
    }
    codes[i] = code;
  }
  return count;
}

/**
 * Encodes the runs of a column.
 *
 * @returns A chunk whose bytes are valid until the next one is encoded.
 */
export function encodeSpans(
  encoder: Encoder,
  spans: Spans,
  rows: number,
  kind: Column["kind"],
  values: Values,
  codec: Codec,
): EncodedChunk {
  const { chunk, dictionary, page, codes, distinct } = encoder;
  const count = numberValues(encoder, spans);
  chunk.at = dictionary.at = page.at = 0;
  let raw = 0, nulls = 0;
  if (count > 0) {
    for (let code = 0; code < count; code++) {
      if (kind === "numeric") putFloat64(dictionary, distinct[code]!);
      else {
        const [from, to] = [values.starts[distinct[code]!]!, values.starts[distinct[code]! + 1]!];
        putUint32(dictionary, to - from);
        putBytes(dictionary, values.bytes.subarray(from, to));
      }
    }
    raw += putDictionaryPage(chunk, written(dictionary), count, codec);
  }
  const dataAt = chunk.at;
  putSized(page, () => {
    for (let i = 0; i < spans.length;) {
      const present = codes[i]! >= 0;
      let length = 0;
      for (; i < spans.length && codes[i]! >= 0 === present; i++) length += spans.lengths[i]!;
      putRun(page, length, present ? 1 : 0, 1);
      if (!present) nulls += length;
    }
  });
  if (count > 0) {
    const width = bitWidth(count);
    putByte(page, width);
    for (let i = 0; i < spans.length; i++) {
      if (codes[i]! >= 0) putRun(page, spans.lengths[i]!, codes[i]!, width);
    }
  }
  const encoding = count > 0 ? Encoding.dictionary : Encoding.plain;
  raw += putDataPage(chunk, written(page), rows, encoding, codec);
  return { bytes: written(chunk), dataAt, raw, values: rows, nulls };
}

/** A chunk that outlives the encoder's next one. */
export function keep(chunk: EncodedChunk): EncodedChunk {
  return { ...chunk, bytes: chunk.bytes.slice() };
}

/** Encodes a column that holds one text in all rows. */
export function encodeConstant(text: string, rows: number, codec: Codec): EncodedChunk {
  const [chunk, dictionary, page] = [sink(256), sink(256), sink(256)];
  const bytes = new TextEncoder().encode(text);
  putUint32(dictionary, bytes.length);
  putBytes(dictionary, bytes);
  let raw = putDictionaryPage(chunk, written(dictionary), 1, codec);
  const dataAt = chunk.at;
  putByte(page, 1);
  putRun(page, rows, 0, 1);
  raw += putDataPage(chunk, written(page), rows, Encoding.dictionary, codec);
  return { bytes: written(chunk), dataAt, raw, values: rows, nulls: 0, bounds: [bytes, bytes] };
}

/**
 * Encodes the grid of an hour in microseconds, as PLAIN numbers: a constant step would take a few
 * bytes as DELTA_BINARY_PACKED, but Spark before 3.3 and Iceberg can't read that.
 *
 * @param hour The start of the hour in seconds since the epoch.
 */
export function encodeTimes(
  hour: number,
  rows: number,
  interval: number,
  codec: Codec,
): EncodedChunk {
  const [chunk, page] = [sink(1 << 13), new BigInt64Array(rows)];
  for (let i = 0; i < rows; i++) page[i] = BigInt(hour + i * interval) * 1_000_000n;
  const bytes = new Uint8Array(page.buffer);
  const raw = putDataPage(chunk, bytes, rows, Encoding.plain, codec);
  const bounds = [bytes.subarray(0, 8), bytes.subarray(-8)] as const;
  return { bytes: written(chunk), dataAt: 0, raw, values: rows, nulls: 0, bounds };
}

/** A module's columns, and their schema as it stands in its files. */
export interface Table {
  /** The signals' columns, in the order of the file. */
  columns: readonly Column[];
  /** The encoded schema. */
  schema: Uint8Array;
}

/** Prepares the schema of a module's files. */
export function createTable(columns: readonly Column[]): Table {
  const elements: Element[] = [
    { name: "timestamp", repetition: 0, type: Type.int64, logical: "timestamp" },
    { name: "phase", repetition: 0, type: Type.text, logical: "text" },
    { name: "module", repetition: 0, type: Type.text, logical: "text" },
    ...columns.map(({ name, kind }): Element =>
      kind === "numeric"
        ? { name, repetition: 1, type: Type.double }
        : { name, repetition: 1, type: Type.text, logical: "text" }
    ),
  ];
  const out = sink(1 << 12);
  putSchema(out, elements);
  return { columns, schema: written(out) };
}

/** Begins a file: the magic number, then the chunks that follow by {@linkcode addChunk}. */
export function beginFile(file: Sink): void {
  file.at = 0;
  putBytes(file, MAGIC);
}

/** Ends a file whose chunks stand in it at the given offsets. */
export function endFile(
  file: Sink,
  table: Table,
  rows: number,
  chunks: readonly { offset: number; chunk: EncodedChunk }[],
  codec: Codec,
): void {
  const columns = chunks.map(({ offset, chunk }, i) => {
    const column = table.columns[i - 3];
    const name = column?.name ?? ["timestamp", "phase", "module"][i]!;
    const numeric = i === 0 ? Type.int64 : column?.kind === "numeric" ? Type.double : Type.text;
    return { path: [name], type: numeric, offset, chunk };
  });
  putFooter(file, table.schema, rows, columns, codec, `hourgrid version ${VERSION}`);
}
