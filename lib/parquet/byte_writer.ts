/**
 * A growing byte buffer and the few number forms that parquet pages and Thrift's compact protocol
 * are made of. A sink is reset and used again for every file, so that writing allocates nothing.
 *
 * @module
 */

/** A byte buffer with a write position; `bytes.subarray(0, at)` is what has been written. */
export interface Sink {
  /** The buffer; replaced by a larger one when it is full. */
  bytes: Uint8Array<ArrayBuffer>;
  /** A view over the whole of `bytes`. */
  view: DataView<ArrayBuffer>;
  /** The write position, in bytes. */
  at: number;
}

/**
 * Makes an empty sink.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { putVarint, sink, written } from "./byte_writer.ts";
 * const out = sink();
 * putVarint(out, 300);
 * assert.ok(written(out).join() === "172,2");
 * ```
 */
export function sink(capacity: number = 1 << 16): Sink {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

/** What has been written, as a view (valid until the next write). */
export function written(out: Sink): Uint8Array<ArrayBuffer> {
  return out.bytes.subarray(0, out.at);
}

/** Makes room for `count` more bytes. */
export function reserve(out: Sink, count: number): void {
  if (out.at + count > out.bytes.length) grow(out, count);
}

/** It is rare, and apart: what writes numbers is compiled into all that calls it. */
function grow(out: Sink, count: number): void {
  const bytes = new Uint8Array(Math.max(out.bytes.length * 2, out.at + count));
  bytes.set(written(out));
  out.bytes = bytes;
  out.view = new DataView(bytes.buffer);
}

/** Writes one byte. */
export function putByte(out: Sink, value: number): void {
  if (out.at === out.bytes.length) grow(out, 1);
  out.bytes[out.at++] = value;
}

/** Writes bytes as they are. */
export function putBytes(out: Sink, bytes: Uint8Array): void {
  reserve(out, bytes.length);
  out.bytes.set(bytes, out.at);
  out.at += bytes.length;
}

/** Writes a 32-bit little-endian integer. */
export function putUint32(out: Sink, value: number): void {
  reserve(out, 4);
  out.view.setUint32(out.at, value, true);
  out.at += 4;
}

/** Writes a 64-bit little-endian signed integer. */
export function putInt64(out: Sink, value: bigint): void {
  reserve(out, 8);
  out.view.setBigInt64(out.at, value, true);
  out.at += 8;
}

/** Writes a 64-bit little-endian float. */
export function putFloat64(out: Sink, value: number): void {
  reserve(out, 8);
  out.view.setFloat64(out.at, value, true);
  out.at += 8;
}

/** Writes an unsigned LEB128 integer below 2^32. */
export function putVarint(out: Sink, value: number): void {
  while (value > 127) {
    putByte(out, (value & 127) | 128);
    value >>>= 7;
  }
  putByte(out, value);
}

/** Writes UTF-8 text behind its length in bytes, as Thrift's compact protocol does. */
export function putText(out: Sink, text: string): void {
  reserve(out, text.length + 1);
  const start = out.at;
  putVarint(out, text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) {
      const bytes = new TextEncoder().encode(text);
      out.at = start;
      putVarint(out, bytes.length);
      return putBytes(out, bytes);
    }
    putByte(out, code);
  }
}

/** Thrift compact protocol's type numbers, those that parquet needs. */
export const Thrift = {
  true: 1,
  false: 2,
  i32: 5,
  i64: 6,
  binary: 8,
  list: 9,
  struct: 12,
} as const;

/** Writes a Thrift field header: `step` is the field's number less the one before (1 to 15). */
export function putField(out: Sink, step: number, type: number): void {
  putByte(out, (step << 4) | type);
}

/** Writes a Thrift integer field (zigzag, at most 31 bits). */
export function putInt(out: Sink, step: number, value: number, type: number = Thrift.i32): void {
  putField(out, step, type);
  putVarint(out, (value << 1) >>> 0);
}

/** Writes a Thrift list field's header; its elements follow. */
export function putList(out: Sink, step: number, type: number, length: number): void {
  putField(out, step, Thrift.list);
  putByte(out, (Math.min(length, 15) << 4) | type);
  if (length >= 15) putVarint(out, length);
}

/** Ends a Thrift struct. */
export function putStop(out: Sink): void {
  putByte(out, 0);
}
