/**
 * The rows of a row group by column, as codes; those that are no reading are found and taken out.
 *
 * @module
 */
import { type Distinct, distinctTexts, eachDistinct, readColumn, rowCodes } from "./columns.ts";
import type { Each } from "./encodings.ts";
import { NO_READING, type RejectedRow } from "./malformed.ts";
import type { Layout, RowGroup } from "./layout.ts";
import { numberText } from "./numbers.ts";
import { checkPages } from "../parquet/mod.ts";
import { type Buffers, FIRST, MISSING, type Pairs } from "./pairs.ts";
import { Unsupported } from "../errors.ts";
import { readTags } from "./tagforms.ts";
import { COLUMNS, type Leaf, type Physical } from "./schema.ts";

/** The rows of a row group. */
export interface Rows {
  /** How many there are. */
  count: number;
  /** Each row's timestamp, as an index into `stamps`. */
  times: Int32Array;
  /** The distinct timestamps, as 64-bit little-endian numbers. */
  stamps: DataView;
  /** Each row's payload type, as an index into `types`. */
  payloads: Int32Array;
  /** The distinct payload types. */
  types: string[];
  /** Each row's value, as a code of `distinct`. */
  values: Int32Array;
  /** The distinct values. */
  distinct: Distinct;
  /** The rows' tags. */
  tags: Pairs;
}

/** The rows of a row group, and those among them that are no reading. */
export interface AllRows extends Rows {
  /** For each row 1 if it is no reading; null if all are. */
  bad: Uint8Array | null;
  /** Says of a row why it is no reading, and what it is instead. */
  describe(row: number): RejectedRow;
}

/** More rows or tags than this in one row group are left to the general reader. */
const MOST_ROWS = 1 << 24, MOST_TAGS = 1 << 26;
/** So many at least must be there for each byte, or else not be too many anyway. */
const PER_BYTE = 64, FREE = 1 << 22;

/**
 * Reads a row group.
 *
 * @param columns The bytes of its chunks.
 * @param isTime Whether a timestamp, at a place in a view, is one.
 * @param common See {@linkcode readTags}.
 * @throws {Unsupported} If the general reader must take the file, or it is not common.
 * @throws {Error} If the bytes are broken.
 */
export function readRows(
  columns: readonly Uint8Array<ArrayBuffer>[],
  layout: Layout,
  group: RowGroup,
  buffers: Buffers,
  isTime: (view: DataView, at: number) => boolean,
  common: boolean,
): AllRows {
  const { leaves } = layout;
  const { rows } = group;
  const { scratch } = buffers;
  const bytes = group.chunks.reduce((sum, { size }) => sum + size, 0);
  const read = (i: number) =>
    inColumn(i, () => {
      const [leaf, chunk, name] = [leaves[i]!, group.chunks[i]!, COLUMNS[i]!];
      const column = readColumn(columns[i]!, chunk, leaf, buffers, name);
      const codes = rowCodes(column, leaf, rows, () => scratch(`${name} rows`, rows));
      return { codes, distinct: column.distinct, whole: column.definition === null };
    });
  const tooMany = group.chunks.some(({ values }) =>
    values > MOST_TAGS || values > FREE + bytes * PER_BYTE
  );
  if (tooMany || rows > MOST_ROWS) {
    // A footer that lies is named before.
    leaves.forEach((leaf, i) =>
      inColumn(Math.min(i, 3), () => checkPages(columns[i]!, group.chunks[i]!, leaf))
    );
    throw new Unsupported("row groups so large");
  }
  const [time, payload, value] = [read(0), read(1), read(2)];
  const tags = inColumn(3, () => readTags(columns.slice(3), layout, group, buffers, common));
  const stamps = inColumn(0, () => readStamps(time.distinct, leaves[0]!));
  const valid = new Uint8Array(stamps.byteLength / 8);
  for (let i = 0; i < valid.length; i++) valid[i] = isTime(stamps, i * 8) ? 1 : 0;
  const whole = time.whole && payload.whole && value.whole && !valid.includes(0);
  const { bad: badTags, textOf } = tags;
  let bad: Uint8Array | null = null;
  for (let row = 0; row < rows && !(whole && badTags === null); row++) {
    const code = time.codes[row]!;
    const isGood = code >= 0 && valid[code] === 1 && payload.codes[row]! >= 0 &&
      value.codes[row]! >= 0 && (badTags === null || badTags[row] === 0);
    if (!isGood) (bad ??= new Uint8Array(rows))[row] = 1;
  }
  const types = inColumn(1, () => distinctTexts(payload.distinct, buffers.words));
  const describe = (row: number): RejectedRow => {
    const [stamp, type, text] = [time.codes[row]!, payload.codes[row]!, value.codes[row]!];
    const reason = stamp < 0
      ? NO_READING.timestamp
      : valid[stamp] === 0
      ? NO_READING.range
      : type < 0
      ? NO_READING.payload
      : text < 0
      ? NO_READING.value
      : badTags?.[row] === MISSING
      ? NO_READING.tags
      : NO_READING.malformed;
    const unsigned = leaves[0]!.type === "uint64" ? "uint64" : "int64";
    return {
      reason,
      timestamp: stamp < 0 ? null : numberText(unsigned, stamps, stamp * 8),
      payload_type: type < 0 ? null : types[type]!,
      value: text < 0 ? null : textsOf()[text]!,
      tags: textOf(row),
    };
  };
  let texts: string[] | null = null;
  const textsOf = () => {
    if (texts !== null) return texts;
    const found: string[] = [];
    eachValueText(value.distinct, leaves[2]!, (bytes, from, to) => {
      found.push(decoder.decode(bytes.subarray(from, to)));
    });
    return texts = found;
  };
  return {
    count: rows,
    times: time.codes,
    stamps,
    payloads: payload.codes,
    types,
    values: value.codes,
    distinct: value.distinct,
    tags,
    bad,
    describe,
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Says in which column something is wrong. */
export function inColumn<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unsupported) throw error;
    throw new Error(`column '${COLUMNS[index]}': ${(error as Error).message}`);
  }
}

/** Distinct timestamps as 64-bit numbers. */
function readStamps(distinct: Distinct, { type }: Leaf): DataView {
  const { width, dictionary, entries, size } = distinct;
  if (width === 8 && size === entries) {
    return new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.length);
  }
  const stamps = new DataView(new ArrayBuffer(size * 8));
  eachDistinct(distinct, (bytes, start, _, code) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    stamps.setBigInt64(code * 8, stampAt(view, start, type), true);
  });
  return stamps;
}

/** The Julian day of 1970-01-01. */
const EPOCH_DAY = 2_440_588;

function stampAt(view: DataView, at: number, type: Physical): bigint {
  if (type === "uint32") return BigInt(view.getUint32(at, true));
  if (type === "int32") return BigInt(view.getInt32(at, true));
  const stamp = view.getBigInt64(at, true);
  if (type !== "int96") return stamp;
  const whole = stamp + BigInt(view.getInt32(at + 8, true) - EPOCH_DAY) * 86_400_000_000_000n;
  // What lies beyond 64 bits is out of range, and must not come round to be in it.
  return whole === BigInt.asIntN(64, whole) ? whole : (1n << 63n) - 1n;
}

/** Calls `each` with every distinct value as text, in the order of the codes. */
export function eachValueText(
  distinct: Distinct,
  { type }: Leaf,
  each: Each,
): void {
  if (type === "text" || type === "int96") return eachDistinct(distinct, each);
  const encoder = new TextEncoder();
  eachDistinct(distinct, (bytes, start, _, code) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const text = encoder.encode(numberText(type, view, start));
    each(text, 0, text.length, code);
  });
}

/** Takes the rows out that are no reading. */
export function dropBad({ bad, ...rows }: AllRows): Rows {
  if (bad === null) return rows;
  const { times, payloads, values, tags } = rows;
  const { pairs } = tags;
  let [count, pairCount, pair] = [0, 0, 0];
  for (let row = 0; row < rows.count; row++) {
    const isGood = bad[row] === 0;
    do {
      if (isGood) pairs[pairCount++] = pairs[pair]!;
    } while (++pair < tags.count && (pairs[pair]! & 15) !== FIRST);
    if (!isGood) continue;
    times[count] = times[row]!;
    payloads[count] = payloads[row]!;
    values[count++] = values[row]!;
  }
  return { ...rows, count, tags: { ...tags, count: pairCount } };
}
