/**
 * Encodes runs of values as column chunks. The distinct values of the hour become the dictionary;
 * the runs become the codes and the definition levels of the data page.
 *
 * @module
 */
import {
  bitWidth,
  type Bounds,
  ByteWriter,
  encodeChunk,
  type EncodedChunk,
  writeLevels,
  type WriterCodec,
  writeRun,
} from "../parquet/mod.ts";
import { compareTexts, type Kind, type ValueSet } from "../telemetry/mod.ts";
import type { Runs } from "./grid.ts";

/** The code of a run of nulls. */
const NULL = -1;

/** Longer texts are not stored as bounds, because footers are read more often than pages. */
const MAX_BOUND_BYTES = 256;

const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

/** Encodes one column at a time, and reuses its buffers for all columns. */
export class RunEncoder {
  readonly #chunk = new ByteWriter();
  readonly #plain = new ByteWriter();
  readonly #page = new ByteWriter();
  /** Each run's code. */
  readonly #codes: Int32Array;
  /** The distinct values by code. */
  readonly #distinct: Float64Array;
  /** Open-addressing hash table of code + 1, 0 where free. */
  readonly #slots: Int32Array;
  /** The bounds of a numeric column, as numbers and as bytes. */
  readonly #bounds = new Float64Array(2);
  readonly #boundBytes: Bounds = [
    new Uint8Array(this.#bounds.buffer, 0, 8),
    new Uint8Array(this.#bounds.buffer, 8, 8),
  ];
  readonly #rows: number;
  readonly #values: ValueSet;
  readonly #codec: WriterCodec;

  /**
   * Makes an encoder for columns of `rows` rows.
   *
   * @param values The texts of the value ids in text columns.
   */
  constructor(rows: number, values: ValueSet, codec: WriterCodec) {
    this.#codes = new Int32Array(rows);
    this.#distinct = new Float64Array(rows);
    this.#slots = new Int32Array(2 << Math.ceil(Math.log2(rows)));
    this.#rows = rows;
    this.#values = values;
    this.#codec = codec;
  }

  /** Encodes a column; the chunk's bytes are valid until the next one is encoded. */
  encode(runs: Runs, kind: Kind): EncodedChunk {
    const count = this.#findDistinct(runs);
    const nullCount = this.#writePage(runs, count);
    const pages = {
      dictionary: count > 0 ? { bytes: this.#plainValues(count, kind), count } : undefined,
      data: this.#page.getBytes(),
      numValues: this.#rows,
      nullCount,
      bounds: this.#boundsOf(count, kind),
    };
    return encodeChunk(pages, this.#codec, this.#chunk);
  }

  /**
   * Assigns codes to the distinct values, in order of their first runs; returns how many there are.
   */
  #findDistinct(runs: Runs): number {
    const codes = this.#codes;
    const distinct = this.#distinct;
    const slots = this.#slots;
    const mask = slots.length - 1;
    slots.fill(0);
    let count = 0;
    for (let i = 0; i < runs.length; i++) {
      const value = runs.values[i]!;
      if (value !== value) {
        codes[i] = NULL;
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

  /** The smallest and the largest of the distinct values, none of which is NaN. */
  #boundsOf(count: number, kind: Kind): Bounds | undefined {
    if (count === 0) return undefined;
    return kind === "numeric" ? this.#numericBounds(count) : this.#textBounds(count);
  }

  #numericBounds(count: number): Bounds {
    let min = Infinity;
    let max = -Infinity;
    for (let code = 0; code < count; code++) {
      const value = this.#distinct[code]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    // As parquet.thrift requires, because readers differ in whether -0 is less than 0.
    this.#bounds[0] = min === 0 ? -0 : min;
    this.#bounds[1] = max === 0 ? 0 : max;
    return this.#boundBytes;
  }

  #textBounds(count: number): Bounds | undefined {
    const values = this.#values;
    const distinct = this.#distinct;
    let min = distinct[0]!;
    let max = distinct[0]!;
    for (let code = 1; code < count; code++) {
      const id = distinct[code]!;
      if (compareTexts(values, id, min) < 0) min = id;
      if (compareTexts(values, id, max) > 0) max = id;
    }
    const bytesOf = (id: number) => values.bytes.subarray(values.starts[id], values.starts[id + 1]);
    return boundsWithin(bytesOf(min), bytesOf(max));
  }

  #plainValues(count: number, kind: Kind): Uint8Array<ArrayBuffer> {
    const { bytes, starts } = this.#values;
    const plain = this.#plain;
    const distinct = this.#distinct;
    plain.clear();
    for (let code = 0; code < count; code++) {
      const value = distinct[code]!;
      if (kind === "numeric") plain.appendFloat64(value);
      else {
        const from = starts[value]!;
        const to = starts[value + 1]!;
        plain.appendUint32(to - from);
        plain.appendBytes(bytes.subarray(from, to));
      }
    }
    return plain.getBytes();
  }

  /** Writes the data page: definition levels, then codes. Returns the number of nulls. */
  #writePage(runs: Runs, count: number): number {
    const page = this.#page;
    const codes = this.#codes;
    page.clear();
    let nullCount = 0;
    writeLevels(page, () => {
      for (let i = 0, from = 0; i < runs.length;) {
        const isNull = codes[i] === NULL;
        while (i < runs.length && (codes[i] === NULL) === isNull) i++;
        const end = runs.ends[i - 1]!;
        writeRun(page, end - from, isNull ? 0 : 1, 1);
        if (isNull) nullCount += end - from;
        from = end;
      }
    });
    if (count > 0) {
      const width = bitWidth(count);
      page.appendUint8(width);
      for (let i = 0, from = 0; i < runs.length; i++) {
        const end = runs.ends[i]!;
        if (codes[i] !== NULL) writeRun(page, end - from, codes[i]!, width);
        from = end;
      }
    }
    return nullCount;
  }
}

function boundsWithin(min: Uint8Array, max: Uint8Array): Bounds | undefined {
  return min.length <= MAX_BOUND_BYTES && max.length <= MAX_BOUND_BYTES ? [min, max] : undefined;
}

/** Encodes a required column that holds one text in all rows. */
export function encodeConstant(text: string, rows: number, codec: WriterCodec): EncodedChunk {
  const dictionary = new ByteWriter(256);
  const page = new ByteWriter(256);
  const bytes = new TextEncoder().encode(text);
  dictionary.appendUint32(bytes.length);
  dictionary.appendBytes(bytes);
  page.appendUint8(1);
  writeRun(page, rows, 0, 1);
  return encodeChunk({
    dictionary: { bytes: dictionary.getBytes(), count: 1 },
    data: page.getBytes(),
    numValues: rows,
    nullCount: 0,
    bounds: boundsWithin(bytes, bytes),
  }, codec);
}

/**
 * Encodes the timestamps of an hour in microseconds. They are PLAIN: DELTA_BINARY_PACKED would need
 * only a few bytes, but Spark before 3.3 and Iceberg can't read it.
 *
 * @param hour The start of the hour in seconds since the epoch.
 */
export function encodeTimes(
  hour: number,
  rows: number,
  interval: number,
  codec: WriterCodec,
): EncodedChunk {
  const times = new BigInt64Array(rows);
  for (let i = 0; i < rows; i++) times[i] = BigInt(hour + i * interval) * 1_000_000n;
  const data = new Uint8Array(times.buffer);
  const bounds = [data.subarray(0, 8), data.subarray(-8)] as const;
  return encodeChunk({ data, numValues: rows, nullCount: 0, bounds }, codec);
}
