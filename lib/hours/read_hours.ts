/**
 * Reads the numbers of hour files back, as columns of all their rows.
 *
 * @module
 */
import { parquetMetadata } from "hyparquet/src/metadata.js";
import { type Chunk, codesAt, Hybrid, openPages, type Page, readCodes } from "../parquet/mod.ts";
import { describeError } from "../errors.ts";

/** The rows of some hour files. */
export interface HourRows {
  /** When each row begins, in milliseconds since the epoch. */
  times: Float64Array;
  /** The numeric columns, with a value for each row; NaN for null. */
  numbers: ReadonlyMap<string, Float64Array>;
}

/** An hour file, and how many rows it has. */
export interface HourFile {
  /** Its path. */
  path: string;
  /** Its rows. */
  rows: number;
}

/**
 * Reads hour files, one after the other.
 *
 * @param wanted Which signals' columns to read, of those that are numeric.
 * @throws {Error} If a file can't be read; the message names it.
 */
export function readHourFiles(
  files: readonly HourFile[],
  wanted: (column: string) => boolean,
): HourRows {
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  const decoder = new ColumnDecoder(files.reduce((most, { rows }) => Math.max(most, rows), 0));
  const times = new Float64Array(total);
  const numbers = new Map<string, Float64Array>();
  const create = () => new Float64Array(total).fill(NaN);
  let first = 0;
  for (const file of files) {
    try {
      for (const { name, bytes, chunk } of columnsOf(file, wanted)) {
        const isTime = name === "timestamp";
        const out = isTime ? times : numbers.getOrInsertComputed(name, create);
        const valuesIn = isTime ? millisecondsIn : doublesIn;
        decoder.read(bytes, chunk, valuesIn, out.subarray(first, first + file.rows));
      }
    } catch (error) {
      throw new Error(`${file.path}: ${describeError(error)}`, { cause: error });
    }
    first += file.rows;
  }
  return { times, numbers };
}

/** The chunks of the timestamps and of the wanted columns. */
function columnsOf({ path, rows }: HourFile, wanted: (column: string) => boolean) {
  const file = Deno.readFileSync(path);
  const { schema, row_groups: [group, ...others] } = parquetMetadata(file, { geoparquet: false });
  if (others.length > 0 || Number(group?.num_rows) !== rows) {
    throw new Error(`does not have ${rows} rows in one row group`);
  }
  return schema.slice(1).flatMap(({ name, type, repetition_type }, i) => {
    if (name !== "timestamp" && (type !== "DOUBLE" || !wanted(name))) return [];
    const meta = group!.columns[i]!.meta_data!;
    const offset = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
    const size = Number(meta.total_compressed_size);
    const chunk: Chunk = {
      offset,
      size,
      codec: meta.codec as Chunk["codec"],
      values: rows,
      maxDefinitionLevel: repetition_type === "OPTIONAL" ? 1 : 0,
      maxRepetitionLevel: 0,
    };
    return [{ name, bytes: file.subarray(offset, offset + size), chunk }];
  });
}

/** Reads values of 8 bytes in a page, from a byte on. */
type ValuesIn = (page: Uint8Array<ArrayBuffer>, at: number, count: number) => number[];

function valueBytes(page: Uint8Array<ArrayBuffer>, at: number, count: number): ArrayBuffer {
  if (at + count * 8 > page.length) throw new Error(`a page too short for ${count} values`);
  return page.slice(at, at + count * 8).buffer;
}

const doublesIn: ValuesIn = (page, at, count) => [
  ...new Float64Array(valueBytes(page, at, count)),
];

/** Microseconds as milliseconds. */
const millisecondsIn: ValuesIn = (page, at, count) => {
  const words = new Uint32Array(valueBytes(page, at, count));
  const found: number[] = [];
  for (let i = 0; i < words.length; i += 2) {
    found.push((words[i + 1]! * 2 ** 32 + words[i]!) / 1000);
  }
  return found;
};

const LEVELS = Int32Array.of(0, 1);

/** Decodes one column of a file at a time, and reuses its buffers. */
class ColumnDecoder {
  /** Whether each row has a value: its definition level. */
  readonly #levels: Int32Array;
  /** The codes of the rows that have a value. */
  readonly #codes: Int32Array;
  /** The numbers from 0 on. */
  readonly #numbers: Int32Array;

  constructor(rows: number) {
    this.#levels = new Int32Array(rows);
    this.#codes = new Int32Array(rows);
    this.#numbers = Int32Array.from({ length: rows }, (_, i) => i);
  }

  /** Reads a column; nulls leave what is in `out`. */
  read(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk, valuesIn: ValuesIn, out: Float64Array): void {
    let row = 0;
    let dictionary: number[] = [];
    for (const page of openPages(bytes, chunk)) {
      const { bytes, content, values: rows, definition: [, at] } = page;
      if (content === "dictionary") {
        dictionary = valuesIn(bytes, 0, rows);
        continue;
      }
      const count = this.#readLevels(page, chunk);
      const values = content === "plain" ? valuesIn(bytes, at, count) : dictionary;
      const known = this.#numbers.subarray(0, values.length);
      if (content === "plain") this.#codes.set(known);
      else if (count > 0) readCodes(codesAt(bytes, at), count, known, this.#codes, 0);
      for (let i = 0, k = 0; i < rows; i++) {
        if (this.#levels[i] === 1) out[row + i] = values[this.#codes[k++]!]!;
      }
      row += rows;
    }
  }

  /** Reads which rows of a page have a value; returns how many. */
  #readLevels({ bytes, values, definition: [from, to] }: Page, chunk: Chunk): number {
    const levels = this.#levels;
    if (chunk.maxDefinitionLevel === 0) levels.fill(1, 0, values);
    else readCodes(new Hybrid(bytes, from, to, 1), values, LEVELS, levels, 0);
    let count = 0;
    for (let i = 0; i < values; i++) count += levels[i]!;
    return count;
  }
}
