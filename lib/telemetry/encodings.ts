/**
 * Values that stand in a page themselves, in any of parquet's encodings.
 *
 * @module
 */
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { PageEncoding as Encoding, SLACK } from "../parquet/mod.ts";
import { Unsupported } from "../errors.ts";
import type { Physical } from "./schema.ts";

/** The bytes of a value of each type; texts have a length of their own. */
export const WIDTHS: Readonly<Record<Physical, number>> = {
  text: 0,
  int32: 4,
  uint32: 4,
  float: 4,
  int64: 8,
  uint64: 8,
  int96: 12,
  double: 8,
};

/** Receives the bounds of a value's bytes, and how many values were before it. */
export type Each = (
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
  index: number,
) => void;

/** Texts that repeat the start of the one before may unfold to at most this many bytes. */
const MOST_UNFOLDED = 1 << 27;

/**
 * Calls `each` with every value of a page.
 *
 * @param at Where the values begin.
 * @param count How many there must be.
 * @throws {Unsupported} If the encoding is not known for the type.
 * @throws {Error} If the page does not hold them.
 */
export function eachValue(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  encoding: number,
  type: Physical,
  each: Each,
): void {
  const width = WIDTHS[type];
  const isInteger = /int(32|64)/.test(type);
  if (encoding === Encoding.plain) {
    return width > 0 ? eachFixed(page, at, count, width, each) : eachText(page, at, count, each);
  }
  if (encoding === Encoding.deltaBinary && isInteger) {
    const numbers = width === 8 ? new BigInt64Array(count) : new Int32Array(count);
    unpackDelta(page, at, numbers);
    return eachFixed(new Uint8Array(numbers.buffer), 0, count, width, each);
  }
  if (encoding === Encoding.streamSplit && width > 0) {
    return eachFixed(joinStreams(page, at, count, width), 0, count, width, each);
  }
  if (type === "text" && encoding === Encoding.deltaLength) {
    const lengths = new Int32Array(count);
    at = unpackDelta(page, at, lengths);
    lengths.forEach((length, i) => each(page, at, at = behind(page, at, length), i));
    return;
  }
  if (type === "text" && encoding === Encoding.deltaText) {
    return eachUnfolded(page, at, count, each);
  }
  throw new Unsupported(`values of type ${type} in encoding ${encoding}`);
}

/** Calls `each` with values that stand one behind the other. */
export function eachFixed(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  width: number,
  each: Each,
): void {
  const end = at + count * width;
  if (end > bytes.length) throw new Error(`a page too short for ${count} values`);
  for (let i = 0; at < end; at += width) each(bytes, at, at + width, i++);
}

/** Calls `each` with texts that stand behind their length. */
export function eachText(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  each: Each,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) {
    const start = at + 4;
    const end = start + (start <= bytes.length ? view.getUint32(at, true) : Infinity);
    if (end > bytes.length) throw new Error("a text that is longer than its page");
    each(bytes, start, end, i);
    at = end;
  }
}

function behind(page: Uint8Array, at: number, length: number): number {
  if (!(length >= 0) || at + length > page.length) {
    throw new Error("a text that is longer than its page");
  }
  return at + length;
}

/** Unpacks numbers that are stored as differences; returns where they end. */
function unpackDelta(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  numbers: Int32Array | BigInt64Array,
): number {
  const view = new DataView(page.buffer, page.byteOffset, page.length + SLACK);
  const head = { view, offset: at };
  const [block, parts] = [readVarInt(head), readVarInt(head)];
  // What the format asks for; the unpacker takes it for granted.
  if (!(block > 0 && block <= 1 << 20 && parts > 0) || block % parts !== 0 || block / parts % 32) {
    throw new Error(`differences in blocks of ${block} and ${parts} parts`);
  }
  const reader = { view, offset: at };
  deltaBinaryUnpack(reader, numbers.length, numbers);
  if (reader.offset > page.length) throw new Error("a page ends within its numbers");
  return reader.offset;
}

/** Texts whose start is that of the one before. */
function eachUnfolded(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  each: Each,
): void {
  const [shared, lengths] = [new Int32Array(count), new Int32Array(count)];
  at = unpackDelta(page, unpackDelta(page, at, shared), lengths);
  let [text, length, total] = [new Uint8Array(256), 0, 0];
  for (let i = 0; i < count; i++) {
    const [kept, end] = [shared[i]!, behind(page, at, lengths[i]!)];
    if (!(kept >= 0 && kept <= length)) throw new Error("a text that shares more than there is");
    length = kept + end - at;
    if ((total += length) > MOST_UNFOLDED) throw new Unsupported(`texts of ${total} bytes`);
    if (length > text.length) {
      const longer = new Uint8Array(length * 2);
      longer.set(text.subarray(0, kept));
      text = longer;
    }
    text.set(page.subarray(at, end), kept);
    each(text, 0, length, i);
    at = end;
  }
}

/** Puts values together whose first, second and further bytes stand apart. */
function joinStreams(
  page: Uint8Array<ArrayBuffer>,
  at: number,
  count: number,
  width: number,
): Uint8Array<ArrayBuffer> {
  if (at + count * width > page.length) throw new Error(`a page too short for ${count} values`);
  const joined = new Uint8Array(count * width);
  for (let i = 0; i < joined.length; i++) {
    joined[i] = page[at + (i % width) * count + Math.floor(i / width)]!;
  }
  return joined;
}
