/**
 * A growing byte buffer, with the integers and floats that parquet pages consist of. Its method
 * names are those of the class of the same name in hyparquet-writer, with which a run takes
 * 4 to 7 % longer (see docs/performance.md).
 *
 * @module
 */

/**
 * Bytes that are written one after another. A writer is cleared and used again for every page, so
 * that writing allocates nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ByteWriter } from "./byte_writer.ts";
 * const writer = new ByteWriter();
 * writer.appendVarInt(300);
 * assert.deepEqual([...writer.getBytes()], [172, 2]);
 * ```
 */
export class ByteWriter {
  /** How many bytes have been written. */
  length = 0;
  /** The bytes written, then free space; replaced by a larger buffer when it is full. */
  buffer: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;

  /** Makes an empty writer with room for some bytes. */
  constructor(capacity: number = 1 << 16) {
    this.buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.buffer.buffer);
  }

  /** Forgets what was written, and keeps the buffer. */
  clear(): void {
    this.length = 0;
  }

  /** What has been written, as a view that is valid until the next write. */
  getBytes(): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    if (this.length + count > this.buffer.length) this.#grow(count);
  }

  /** A method of its own, because the ones below must be small for V8 to inline them. */
  #grow(count: number): void {
    const buffer = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    buffer.set(this.getBytes());
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer);
  }

  /** Writes one byte. */
  appendUint8(value: number): void {
    if (this.length === this.buffer.length) this.#grow(1);
    this.buffer[this.length++] = value;
  }

  /** Writes bytes as they are. */
  appendBytes(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes what another writer holds; for few bytes, a loop is faster than a view of them. */
  append({ buffer, length }: ByteWriter): void {
    this.ensure(length);
    for (let i = 0; i < length; i++) this.buffer[this.length + i] = buffer[i]!;
    this.length += length;
  }

  /** Writes a 32-bit little-endian integer. */
  appendUint32(value: number): void {
    this.ensure(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** Overwrites the four bytes at `offset` with a 32-bit little-endian integer. */
  setUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }

  /** Writes a 64-bit little-endian signed integer. */
  appendInt64(value: bigint): void {
    this.ensure(8);
    this.#view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  /** Writes a 64-bit little-endian float. */
  appendFloat64(value: number): void {
    this.ensure(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Writes an unsigned LEB128 integer below 2^32. */
  appendVarInt(value: number): void {
    while (value > 127) {
      this.appendUint8((value & 127) | 128);
      value >>>= 7;
    }
    this.appendUint8(value);
  }
}
