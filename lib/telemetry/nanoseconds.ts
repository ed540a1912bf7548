/**
 * DuckDB reads nanoseconds exactly, but cuts them to microseconds if they are marked as UTC. So
 * such a file is copied without that mark. Here, a timestamp without the mark is UTC anyway.
 *
 * @module
 */
import { join } from "node:path";

/** The type ids of Thrift's compact protocol that need their own rule to be skipped. */
const [TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT] = [1, 2, 3, 7, 8, 9, 10, 11, 12];
/** Field numbers of parquet.thrift. */
const [SCHEMA, NAME, LOGICAL_TYPE, TIMESTAMP, IS_ADJUSTED_TO_UTC] = [2, 4, 10, 8, 1];

/**
 * Copies a parquet file without the mark that its column `timestamp` is UTC.
 *
 * @param folder Where the copy is written; created if it does not exist.
 * @returns The path of the copy.
 * @throws {Error} If there is no such mark.
 */
export function withoutUtcMark(path: string, folder: string): string {
  Deno.mkdirSync(folder, { recursive: true });
  const copy = join(folder, "unmarked.rows");
  Deno.copyFileSync(path, copy);
  Deno.chmodSync(copy, 0o600);
  using file = Deno.openSync(copy, { read: true, write: true });
  const { size } = file.statSync();
  const read = (at: number, length: number) => {
    const bytes = new Uint8Array(length);
    file.seekSync(at, Deno.SeekMode.Start);
    file.readSync(bytes);
    return bytes;
  };
  const length = new DataView(read(size - 8, 4).buffer).getUint32(0, true);
  const start = size - 8 - length;
  const footer = read(start, length);
  const at = new Cursor(footer).findMark();
  if (at === null) throw new Error("is not valid parquet: its schema can't be parsed");
  file.seekSync(start + at, Deno.SeekMode.Start);
  file.writeSync(Uint8Array.of((footer[at]! & 0xf0) | FALSE!));
  return copy;
}

/** Reads Thrift's compact protocol. */
class Cursor {
  #at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  /** The offset of the field that marks the column `timestamp` as UTC; null if there is none. */
  findMark(): number | null {
    let mark: number | null = null;
    this.fields((field, type) => {
      if (field !== SCHEMA) return this.skip(type);
      for (let left = this.#listHeader().size; left > 0 && this.#at < this.bytes.length; left--) {
        let [isTimestamp, found]: [boolean, number | null] = [false, null];
        this.fields((field, type) => {
          if (field === NAME) isTimestamp = this.#text() === "timestamp";
          else if (field !== LOGICAL_TYPE) this.skip(type);
          else {
            this.fields((field, type) => {
              if (field !== TIMESTAMP) return this.skip(type);
              this.fields((field, type, at) => {
                if (field === IS_ADJUSTED_TO_UTC && type === TRUE) found = at;
                this.skip(type);
              });
            });
          }
        });
        if (isTimestamp) mark ??= found;
      }
    });
    return mark;
  }

  /** Visits the fields of a struct; `visit` has to move to the end of the value. */
  fields(visit: (field: number, type: number, at: number) => void): void {
    for (let field = 0; this.#at < this.bytes.length;) {
      const at = this.#at;
      const head = this.bytes[this.#at++]!;
      if (head === 0) return;
      const number = head >> 4 === 0 ? this.#varint() >>> 1 : field + (head >> 4);
      field = number;
      visit(number, head & 15, at);
    }
  }

  /** Moves to the end of a value. */
  skip(type: number): void {
    if (type === TRUE || type === FALSE) return;
    if (type === BYTE) this.#at++;
    else if (type === DOUBLE) this.#at += 8;
    else if (type === BINARY) this.#at += this.#varint();
    else if (type === STRUCT) this.fields((_, type) => this.skip(type));
    else if (type === LIST || type === SET) {
      const { size, type } = this.#listHeader();
      for (let left = size; left > 0 && this.#at < this.bytes.length; left--) {
        this.skip(type <= FALSE! ? BYTE! : type);
      }
    } else if (type === MAP) throw new Error("is not valid parquet: its schema can't be parsed");
    else this.#varint();
  }

  #listHeader(): { size: number; type: number } {
    const head = this.bytes[this.#at++]!;
    return { size: head >> 4 === 15 ? this.#varint() : head >> 4, type: head & 15 };
  }

  #text(): string {
    const length = this.#varint();
    return new TextDecoder().decode(this.bytes.subarray(this.#at, this.#at += length));
  }

  #varint(): number {
    let [value, shift] = [0, 1];
    for (let byte = 128; byte >= 128 && this.#at < this.bytes.length; shift *= 128) {
      byte = this.bytes[this.#at++]!;
      value += (byte & 127) * shift;
    }
    return value;
  }
}
