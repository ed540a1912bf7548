/**
 * Files of JSON lines, which may be longer than the longest string.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { WriteError } from "../errors.ts";
import { type Staged, stageFile } from "./files.ts";

/** Lines are written in portions of about this many characters. */
const PORTION = 1 << 20;

/** Writes a file of JSON lines piece by piece, into a staging folder. */
export class LineFile {
  readonly #staging: string;
  readonly #path: string;
  #staged: Staged | null = null;
  #lines: string[] = [];
  #length = 0;

  /**
   * Begins a file.
   *
   * @param staging A folder that exists: see `stageFile`.
   * @param path Where the file belongs.
   */
  constructor(staging: string, path: string) {
    this.#staging = staging;
    this.#path = path;
  }

  /**
   * Adds a line.
   *
   * @returns The line, with its line feed.
   * @throws {WriteError} If the file can't be written.
   */
  add(value: unknown): string {
    const line = `${JSON.stringify(value)}\n`;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= PORTION) this.#flush();
    return line;
  }

  /** Returns the file, to be committed; null if it has no lines. */
  end(): Staged | null {
    this.#flush();
    return this.#staged;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = new TextEncoder().encode(this.#lines.join(""));
    [this.#lines, this.#length] = [[], 0];
    if (this.#staged === null) {
      this.#staged = stageFile(this.#staging, this.#path, bytes, false);
      return;
    }
    try {
      Deno.writeFileSync(this.#staged.tempPath, bytes, { append: true });
    } catch (error) {
      throw new WriteError(this.#path, error);
    }
  }
}

/**
 * Yields the lines of a file without their line feeds; omits text after the last line feed.
 * `node:readline` would also split lines at U+2028.
 */
export function* readLines(path: string): Generator<Uint8Array> {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(PORTION);
  let rest = new Uint8Array();
  for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
    const bytes = Buffer.concat([rest, buffer.subarray(0, count)]);
    let at = 0;
    for (let end; (end = bytes.indexOf(0x0a, at)) >= 0; at = end + 1) yield bytes.subarray(at, end);
    rest = bytes.subarray(at);
  }
}
