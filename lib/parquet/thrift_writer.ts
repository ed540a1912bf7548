/**
 * Writes what page headers and footers need of Thrift's compact protocol. The implementation of
 * hyparquet-writer makes an object for every struct and an array for every field, so a run takes
 * 12 to 23 % longer with it (see docs/performance.md).
 *
 * Format: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
 *
 * @module
 */
import type { ByteWriter } from "./byte_writer.ts";

/** The type ids of the protocol, for the types that parquet uses. */
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
  /** For each open struct, the id of the field that was written last. */
  readonly #lastIds = new Int32Array(16);
  #depth = 0;

  /** Makes a writer that appends to `out`. */
  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /**
   * Opens a struct.
   *
   * @param id Its field id in the enclosing struct; none for the root and for elements of lists.
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

  /** Writes a struct without fields, which selects a member of a union. */
  emptyStruct(id: number): void {
    this.beginStruct(id);
    this.endStruct();
  }

  /** Writes a boolean; its value is part of the field's type. */
  bool(id: number, value: boolean): void {
    this.#field(id, value ? ThriftType.TRUE : ThriftType.FALSE);
  }

  /** Writes a 32-bit integer. */
  i32(id: number, value: number): void {
    this.#field(id, ThriftType.I32);
    this.i32Element(value);
  }

  /** Writes a 64-bit integer field, whose value must fit into 32 signed bits. */
  i64(id: number, value: number): void {
    this.#field(id, ThriftType.I64);
    this.i32Element(value);
  }

  /** Writes bytes. */
  binary(id: number, bytes: Uint8Array): void {
    this.#field(id, ThriftType.BINARY);
    this.binaryElement(bytes);
  }

  /** Writes a text. */
  string(id: number, text: string): void {
    this.binary(id, new TextEncoder().encode(text));
  }

  /** Begins a list. Its elements follow; there is no end mark. */
  list(id: number, type: number, length: number): void {
    this.#field(id, ThriftType.LIST);
    this.#out.appendUint8((Math.min(length, 15) << 4) | type);
    if (length >= 15) this.#out.appendVarInt(length);
  }

  /** Writes an element of a list of integers, in zigzag encoding. */
  i32Element(value: number): void {
    this.#out.appendVarInt(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Writes an element of a list of bytes or texts, after its length. */
  binaryElement(bytes: Uint8Array): void {
    this.#out.appendVarInt(bytes.length);
    this.#out.appendBytes(bytes);
  }

  /** Copies fields that are already encoded, the last of which has the id `lastId`. */
  encodedFields(bytes: Uint8Array, lastId: number): void {
    this.#out.appendBytes(bytes);
    this.#lastIds[this.#depth] = lastId;
  }

  #field(id: number, type: number): void {
    this.#out.appendUint8(((id - this.#lastIds[this.#depth]!) << 4) | type);
    this.#lastIds[this.#depth] = id;
  }
}
