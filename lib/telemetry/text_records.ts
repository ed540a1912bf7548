/**
 * Reads text files as segments of rows, in four dictionary-coded columns. A line that is not a
 * record is rejected with its number, and reading continues with the next line.
 *
 * @module
 */
import { TextSet } from "../parquet/mod.ts";
import { csvRecords } from "./csv_records.ts";
import { readDecompressed } from "./decompress.ts";
import { formatOf } from "./file_format.ts";
import { parseInstant } from "./instants.ts";
import { jsonRecords } from "./json_lines.ts";
import { COLUMN_NAMES } from "./layout.ts";
import { lineEnd, Lookahead, MAX_RECORD, UTF_16 } from "./lookahead.ts";
import { type Parsed, REJECTED, type RejectedRow } from "./malformed.ts";
import { type Column, MAX_ROWS, MAX_TEXT, type Segment } from "./segment.ts";
import { parseTags } from "./tags_text.ts";
import type { TextFormat } from "./text_format.ts";

/** How many characters of a rejected line are kept. */
const MAX_KEPT = 10_000;
/** The header is in one of the first lines: a packed file may have billions that are blank. */
const MAX_HEADER_LINE = 1000;
const NEWLINE = 10, RETURN = 13;

/**
 * Reads a text file, CSV if its name says so, otherwise JSON lines. Each segment is valid until the
 * next one is requested.
 *
 * @param reject Receives each line that is not a record.
 * @throws {Error} If it can't be read or decompressed, or a column is missing.
 */
export async function* readText(
  path: string,
  reject: (row: RejectedRow) => void,
): AsyncGenerator<Segment> {
  await using chunks = readDecompressed(path);
  const input = new Lookahead(chunks);
  if (!await input.fill()) throw new Error("is empty");
  let line = 1;
  /** Takes the next line that is not blank. */
  const takeHeader = async () => {
    let text = "";
    for (; text === "" && line <= MAX_HEADER_LINE && await input.fill(); line++) {
      text = takeLine(input);
    }
    return text;
  };
  let format = jsonRecords();
  if (formatOf(path) === "CSV") {
    const first = await takeHeader();
    // Excel writes the separator into a line before the header.
    format = csvRecords(/^sep=.?$/i.test(first) ? await takeHeader() : first);
  }
  const rows = new SegmentBuilder(format);
  const lines = new LineReader(input, line, format, rows, reject);
  while (await input.fill()) {
    while (input.hasRecord && !rows.isFull) lines.read();
    if (rows.isFull) yield rows.take();
  }
  if (rows.count > 0) yield rows.take();
}

/** Moves line by line through a text, and adds its records to the rows of a segment. */
class LineReader {
  /** Whether the input is inside a line that was rejected. */
  #isSkipping = false;
  readonly #lossy = new TextDecoder();

  constructor(
    private readonly input: Lookahead,
    private line: number,
    private readonly format: TextFormat,
    private readonly rows: SegmentBuilder,
    private readonly reject: (row: RejectedRow) => void,
  ) {}

  /** Reads the record or the blank line that comes next, or rejects or skips a line. */
  read(): void {
    if (this.#isSkipping) this.#skip();
    else if (!this.#skipBlank()) this.#readRecord();
  }

  /** Moves to the end of the line, or of the bytes that are there. */
  #skip(): void {
    const { input } = this;
    input.at = lineEnd(input.bytes, input.at, input.end);
    this.#isSkipping = input.bytes[input.at - 1] !== NEWLINE;
    if (!this.#isSkipping) this.line++;
  }

  /** Moves past a blank line; returns false if there is none. */
  #skipBlank(): boolean {
    const { input } = this;
    const { bytes, at, end } = input;
    const hasReturn = bytes[at] === RETURN && at + 1 < end;
    if (bytes[hasReturn ? at + 1 : at] !== NEWLINE) return false;
    input.at += hasReturn ? 2 : 1;
    this.line++;
    return true;
  }

  #readRecord(): void {
    const { input, format, rows } = this;
    const { bytes, at, end } = input;
    const limit = Math.min(end, at + MAX_RECORD + 1);
    const next = format.next(bytes, at, limit);
    if (typeof next === "string" || next - at > MAX_RECORD) {
      const stop = lineEnd(bytes, at, limit);
      // That the file is an array explains more than the length of the line.
      const isLong = next !== REJECTED.array && stop - at > MAX_RECORD;
      this.#reject(stop, typeof next === "number" || isLong ? REJECTED.tooLong : next);
      this.#isSkipping = true;
      return;
    }
    try {
      rows.add(bytes, this.line);
    } catch {
      this.#reject(next, REJECTED.encoding);
    }
    this.line += format.lines;
    input.at = next;
  }

  /** Rejects the text up to `end`. */
  #reject(end: number, reason: string): void {
    const { bytes, at } = this.input;
    const text = this.#lossy.decode(bytes.subarray(at, end)).replace(/\r?\n$/, "");
    const kept = text.length > MAX_KEPT ? `${text.slice(0, MAX_KEPT)}…` : text;
    const none = { timestamp: null, payload_type: null, value: null, tags: null };
    this.reject({ reason, ...none, line: this.line, text: kept });
  }
}

/** Moves past a line before the first record, and returns it. */
function takeLine(input: Lookahead): string {
  const { bytes, at, end } = input;
  input.at = lineEnd(bytes, at, end);
  if (input.at - at > MAX_RECORD) {
    throw new Error("is not CSV: its first line is longer than 1 MB");
  }
  // Not every writer begins with a byte order mark, but an ASCII character has a zero beside it. Zeros
  // alone are what is left of a file after a power failure.
  const [first, second] = bytes.subarray(at, input.at);
  if ((first === 0) !== (second === 0)) throw new Error(UTF_16);
  try {
    const utf8 = new TextDecoder("utf-8", { fatal: true });
    return utf8.decode(bytes.subarray(at, input.at)).replace(/\r?\n$/, "");
  } catch {
    throw new Error("is not UTF-8 text: line 1");
  }
}

/** Collects the rows of one segment after another. */
class SegmentBuilder {
  /** How many rows there are. */
  count = 0;
  /** Whether there is no room for another row. */
  isFull = false;
  readonly #lines = new Float64Array(MAX_ROWS);
  readonly #codes = COLUMN_NAMES.map(() => new Int32Array(MAX_ROWS));
  readonly #texts = COLUMN_NAMES.map(() => new TextSet());
  constructor(private readonly format: TextFormat) {}

  /**
   * Adds the format's last record.
   *
   * @throws {Error} If one of its texts is not UTF-8.
   */
  add(bytes: Uint8Array, line: number): void {
    const { spans } = this.format;
    let size = 0;
    for (let column = 0; column < this.#texts.length; column++) {
      const start = spans[column * 2]!;
      const end = spans[column * 2 + 1]!;
      const texts = this.#texts[column]!;
      this.#codes[column]![this.count] = texts.intern(bytes, start, end);
      size += texts.starts[texts.size]!;
    }
    this.#lines[this.count++] = line;
    this.isFull = this.count === MAX_ROWS || size > MAX_TEXT;
  }

  /** Returns the rows, and begins another segment. */
  take(): Segment {
    const segment = {
      rows: this.count,
      lines: this.#lines,
      timestamp: this.#column(0, REJECTED.timestamp, parseInstant),
      payload: this.#column(1, REJECTED.payload, (value) => ({ value })),
      value: this.#column(2, REJECTED.value, (value) => ({ value })),
      tags: this.#column(3, REJECTED.tags, parseTags),
    };
    this.count = 0;
    this.isFull = false;
    for (const texts of this.#texts) texts.clear();
    return segment;
  }

  /** Parses the distinct fields of a column. */
  #column<T>(index: number, missing: string, parse: (text: string) => Parsed<T>): Column<T> {
    const texts = this.#texts[index]!;
    const fields = Array.from(
      { length: texts.size },
      (_, id) => this.format.fieldOf(texts.text(id), index) ?? { reason: missing },
    );
    const parsed = fields.map((field) => "value" in field ? parse(field.value) : field);
    const textOf = (code: number) => {
      const field = fields[code]!;
      return "value" in field ? field.value : null;
    };
    return { codes: this.#codes[index]!.subarray(0, this.count), dictionary: parsed, textOf };
  }
}
