/**
 * Hour files: runs of values become column chunks, and chunks become a parquet file.
 *
 * A held signal is a run-length code already. The distinct values of the hour are the dictionary
 * page, the runs are the data page's codes, and the runs of nulls its definition levels.
 *
 * @module
 */
import {
  bitWidth,
  type Codec,
  type Element,
  type EncodedChunk,
  Encoding,
  type FooterColumn,
  MAGIC,
  putByte,
  putBytes,
  putDataPage,
  putDictionaryPage,
  putFloat64,
  putFooter,
  putRun,
  putSchema,
  putSized,
  putUint32,
  type Sink,
  sink,
  Type,
  written,
} from "../parquet/mod.ts";
import type { CatalogueColumn, Kind, Values } from "../telemetry/mod.ts";
import { createSpans, fillOf, fillRows, type Spans, type Track } from "./grid.ts";
import type { TableOptions } from "./options.ts";
import { VERSION } from "../version.ts";

/** Buffers for encoding, used again for every chunk. */
interface Encoder {
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

function createEncoder(rows: number): Encoder {
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
function encodeSpans(
  encoder: Encoder,
  spans: Spans,
  rows: number,
  kind: Kind,
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

/** Encodes a column that holds one text in all rows. */
function encodeConstant(text: string, rows: number, codec: Codec): EncodedChunk {
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
function encodeTimes(
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

/** One hour of one module, ready to be written. */
export interface HourTable {
  /** The start of the hour in seconds since the epoch. */
  hour: number;
  /** The hour's first row, counted from the start of the day. */
  firstRow: number;
  /** The module's phase. */
  phase: string;
  /** The module. */
  module: string;
  /** The signals' columns in the order of the file. */
  columns: readonly HourColumn[];
}

/** A signal's column and where its values come from. */
export interface HourColumn extends CatalogueColumn {
  /** The rows that have readings. */
  track: Track;
  /** Whether other modules have the same column with the same values. */
  shared: boolean;
}

/** Turns a table into the bytes of a file, which are valid until the next call. */
export type WriteHour = (table: HourTable) => Uint8Array<ArrayBuffer>;

/**
 * Makes the fast writer. It keeps what hours and modules have in common, so it serves one day.
 *
 * @param values The texts that tracks of text columns point to.
 */
export function createHourWriter(options: TableOptions, values: Values): WriteHour {
  const rows = 3600 / options.interval;
  const gap = Math.floor(options.maxGap / options.interval);
  const codec = options.compression as Codec;
  const [file, encoder, spans] = [sink(), createEncoder(rows), createSpans(rows)];
  const times = new Map<number, EncodedChunk>();
  const constants = new Map<string, EncodedChunk>();
  const shared = new Map<Track, Map<number, EncodedChunk>>();
  const schemas = new Map<string, Uint8Array>();

  let nothing: EncodedChunk | undefined;

  const encode = (kind: Kind) => encodeSpans(encoder, spans, rows, kind, values, codec);
  const keep = (chunk: EncodedChunk) => ({ ...chunk, bytes: chunk.bytes.slice() });
  const signalChunk = ({ kind, track, shared: isShared }: HourColumn, firstRow: number) => {
    const known = isShared ? shared.getOrInsertComputed(track, () => new Map()) : null;
    const before = known?.get(firstRow);
    if (before !== undefined) return before;
    fillRows(track, firstRow, rows, fillOf(kind, options.fill), gap, spans);
    if (known !== null) return known.getOrInsertComputed(firstRow, () => keep(encode(kind)));
    // A fifth of all columns say nothing for an hour.
    const isNothing = spans.length === 1 && Number.isNaN(spans.values[0]);
    return isNothing ? nothing ??= keep(encode(kind)) : encode(kind);
  };

  return ({ hour, firstRow, phase, module, columns }) => {
    file.at = 0;
    putBytes(file, MAGIC);
    const footer: FooterColumn[] = [];
    const add = (name: string, type: number, chunk: EncodedChunk) => {
      footer.push({ path: [name], type, offset: file.at, chunk });
      putBytes(file, chunk.bytes);
    };
    const constant = (text: string) =>
      constants.getOrInsertComputed(text, () => encodeConstant(text, rows, codec));
    add(
      "timestamp",
      Type.int64,
      times.getOrInsertComputed(hour, () => encodeTimes(hour, rows, options.interval, codec)),
    );
    add("phase", Type.text, constant(phase));
    add("module", Type.text, constant(module));
    for (const column of columns) {
      const type = column.kind === "numeric" ? Type.double : Type.text;
      add(column.name, type, signalChunk(column, firstRow));
    }
    const schema = schemas.getOrInsertComputed(
      JSON.stringify([phase, module]),
      () => encodeSchema(columns),
    );
    putFooter(file, schema, rows, footer, codec, `hourgrid version ${VERSION}`);
    return written(file);
  };
}

function encodeSchema(columns: readonly CatalogueColumn[]): Uint8Array {
  const out = sink(1 << 12);
  putSchema(out, [
    { name: "timestamp", repetition: 0, type: Type.int64, logical: "timestamp" },
    { name: "phase", repetition: 0, type: Type.text, logical: "text" },
    { name: "module", repetition: 0, type: Type.text, logical: "text" },
    ...columns.map(({ name, kind }): Element =>
      kind === "numeric"
        ? { name, repetition: 1, type: Type.double }
        : { name, repetition: 1, type: Type.text, logical: "text" }
    ),
  ]);
  return written(out);
}
