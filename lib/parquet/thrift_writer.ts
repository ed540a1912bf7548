/**
 * Thrift's compact protocol, as far as page headers and footers need it. hyparquet-writer's, which
 * makes an object of every struct and guesses its types, takes a quarter of a run more (see
 * docs/performance.md).
 *
 * Format: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
 *
 * @module
 */
import type { ByteWriter } from "./byte_writer.ts";

/** The protocol's numbers of the types that parquet uses. */
export const ThriftType = {
  TRUE: 1,
  FALSE: 2,
  I32: 5,
  I64: 6,
  BINARY: 8,
  LIST: 9,
  STRUCT: 12,
} as const;

/**
 * Writes structs field by field. Field ids are those of parquet.thrift, in ascending order; the
 * protocol stores their differences, which must not exceed 15.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ByteWriter } from "./byte_writer.ts";
 * import { ThriftWriter } from "./thrift_writer.ts";
 * const bytes = new ByteWriter();
 * const thrift = new ThriftWriter(bytes);
 * thrift.beginStruct();
 * thrift.i32(3, 1);
 * thrift.endStruct();
 * assert.deepEqual([...bytes.getBytes()], [0x35, 2, 0]);
 * ```
 */
export class ThriftWriter {
  readonly #out: ByteWriter;
  /** The id of the field that was written last, for each struct that is open. */
  readonly #lastIds = new Int32Array(16);
  #depth = 0;

  /** Makes a writer that appends to `out`. */
  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /**
   * Opens a struct.
   *
   * @param id Its field in the struct around it; none for the root and for elements of lists.
   */
  beginStruct(id?: number): void {
    if (id !== undefined) this.#field(id, ThriftType.STRUCT);
    this.#lastIds[++this.#depth] = 0;
  }

  /** Closes the innermost struct. */
  endStruct(): void {
    this.#out.appendUint8(0);
    this.#depth--;
  }

  /** Writes a struct without fields, which in a union says which of them it is. */
  emptyStruct(id: number): void {
    this.beginStruct(id);
    this.endStruct();
  }

  /** Writes a boolean, which is stored in the field's type. */
  bool(id: number, value: boolean): void {
    this.#field(id, value ? ThriftType.TRUE : ThriftType.FALSE);
  }

  /** Writes a 32-bit integer. */
  i32(id: number, value: number): void {
    this.#field(id, ThriftType.I32);
    this.i32Element(value);
  }

  /** Writes a 64-bit integer that has at most 31 bits. */
  i64(id: number, value: number): void {
    this.#field(id, ThriftType.I64);
    this.i32Element(value);
  }

  /** Writes bytes. */
  binary(id: number, bytes: Uint8Array): void {
    this.#field(id, ThriftType.BINARY);
    this.#out.appendVarInt(bytes.length);
    this.#out.appendBytes(bytes);
  }

  /** Writes a text. */
  string(id: number, text: string): void {
    this.#field(id, ThriftType.BINARY);
    this.stringElement(text);
  }

  /** Opens a list; its elements follow, and nothing ends it. */
  list(id: number, type: number, length: number): void {
    this.#field(id, ThriftType.LIST);
    this.#out.appendUint8((Math.min(length, 15) << 4) | type);
    if (length >= 15) this.#out.appendVarInt(length);
  }

  /** Writes an element of a list of integers, in zigzag encoding. */
  i32Element(value: number): void {
    this.#out.appendVarInt(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Writes an element of a list of texts: UTF-8 after its length in bytes. */
  stringElement(text: string): void {
    const out = this.#out;
    const start = out.length;
    out.appendVarInt(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        const bytes = new TextEncoder().encode(text);
        out.length = start;
        out.appendVarInt(bytes.length);
        return out.appendBytes(bytes);
      }
      out.appendUint8(code);
    }
  }

  /** Writes fields that were encoded before, the last of which has the id `lastId`. */
  encodedFields(bytes: Uint8Array, lastId: number): void {
    this.#out.appendBytes(bytes);
    this.#lastIds[this.#depth] = lastId;
  }

  #field(id: number, type: number): void {
    this.#out.appendUint8(((id - this.#lastIds[this.#depth]!) << 4) | type);
    this.#lastIds[this.#depth] = id;
  }
}
