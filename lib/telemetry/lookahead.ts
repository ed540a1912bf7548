/**
 * Holds as many of a file's next bytes as a record may have, so that a format never has to wait for
 * the rest of one.
 *
 * @module
 */

/** The longest record in bytes, so that an open quote does not extend to the end of the file. */
export const MAX_RECORD: number = 1 << 20;
const NEWLINE = 10;
/** Byte order marks, which tell how a text is encoded. */
const UTF_8_MARK = [0xef, 0xbb, 0xbf];
const UTF_16_MARKS = [[0xff, 0xfe], [0xfe, 0xff]];
/** What is wrong with a text in UTF-16. */
export const UTF_16 = "is UTF-16 text: save it as UTF-8";

/** The next bytes of a file: at least a whole record, unless that is too long. */
export class Lookahead {
  /** The bytes. */
  bytes: Uint8Array = new Uint8Array(4 * MAX_RECORD);
  /** Where the next record begins. */
  at = 0;
  /** Where the bytes that have been read end. */
  end = 0;
  /** Whether the start of the file has been checked for a byte order mark. */
  #isStartChecked = false;
  #isDone = false;
  readonly #chunks: AsyncIterator<Uint8Array>;

  /** Begins at the first of a file's chunks, each of which is valid until the next one is read. */
  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Whether there is another record, all of which is here unless it is too long. */
  get hasRecord(): boolean {
    return this.end - this.at > (this.#isDone ? 0 : MAX_RECORD);
  }

  /**
   * Reads on if there is no record; returns false at the end of the file.
   *
   * @throws {Error} If the file can't be read, or is UTF-16.
   */
  async fill(): Promise<boolean> {
    while (!this.hasRecord && !this.#isDone) {
      const { value: chunk } = await this.#chunks.next();
      if (chunk === undefined) this.#isDone = true;
      else this.#append(chunk);
    }
    return this.hasRecord;
  }

  #append(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.bytes.length) {
      const needed = this.end - this.at + chunk.length;
      const into = needed * 2 > this.bytes.length ? new Uint8Array(needed * 2) : this.bytes;
      into.set(this.bytes.subarray(this.at, this.end));
      [this.bytes, this.end, this.at] = [into, this.end - this.at, 0];
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
    if (this.#isStartChecked || this.end < UTF_8_MARK.length) return;
    this.#isStartChecked = true;
    const begins = (mark: readonly number[]) => mark.every((byte, i) => this.bytes[i] === byte);
    if (UTF_16_MARKS.some(begins)) throw new Error(UTF_16);
    if (begins(UTF_8_MARK)) this.at = UTF_8_MARK.length;
  }
}

/** The position after the line at `at`, or `end` if the line does not end before that. */
export function lineEnd(bytes: Uint8Array, at: number, end: number): number {
  const newline = bytes.subarray(at, end).indexOf(NEWLINE);
  return newline < 0 ? end : at + newline + 1;
}
