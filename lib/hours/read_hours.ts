/**
 * Reads hour files back, as columns of all their rows.
 *
 * @module
 */
import { parquetMetadata } from "hyparquet/src/metadata.js";
import {
  type Chunk,
  eachText,
  openPages,
  type Page,
  readCodes,
  readWidth,
} from "../parquet/mod.ts";
import { describeError } from "../errors.ts";

/** A text column, dictionary-coded. */
export interface TextColumn {
  /** A code for each row, an index into the texts; -1 for null. */
  codes: Int32Array;
  /** The distinct texts. */
  texts: string[];
}

/** The rows of some hour files. */
export interface HourRows {
  /** When each row begins, in milliseconds since the epoch. */
  times: Float64Array;
  /** The numeric columns, with a value for each row; NaN for null. */
  numbers: ReadonlyMap<string, Float64Array>;
  /** The text columns. */
  texts: ReadonlyMap<string, TextColumn>;
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
 * @param wanted Which signals' columns to read.
 * @throws {Error} If a file can't be read; the message names it.
 */
export function readHourFiles(
  files: readonly HourFile[],
  wanted: (column: string) => boolean,
): HourRows {
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  const decoder = new ColumnDecoder(Math.max(0, ...files.map(({ rows }) => rows)));
  const times = new Float64Array(total);
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, TextColumn>();
  let first = 0;
  for (const file of files) {
    try {
      for (const { name, type, bytes, chunk } of columnsOf(file, wanted)) {
        if (name === "timestamp") decoder.readNumbers(bytes, chunk, millisecondsIn, times, first);
        else if (type === "DOUBLE") {
          const create = () => new Float64Array(total).fill(NaN);
          const out = numbers.getOrInsertComputed(name, create);
          decoder.readNumbers(bytes, chunk, doublesIn, out, first);
        } else {
          const create = () => ({ codes: new Int32Array(total).fill(-1), texts: [] });
          decoder.readTexts(bytes, chunk, texts.getOrInsertComputed(name, create), first);
        }
      }
    } catch (error) {
      throw new Error(`${file.path}: ${describeError(error)}`, { cause: error });
    }
    first += file.rows;
  }
  return { times, numbers, texts };
}

/** The chunks of the timestamps and of the wanted columns. */
function columnsOf({ path, rows }: HourFile, wanted: (column: string) => boolean) {
  const file = Deno.readFileSync(path);
  const { schema, row_groups: [group, ...others] } = parquetMetadata(file, { geoparquet: false });
  if (others.length > 0 || Number(group?.num_rows) !== rows) {
    throw new Error(`does not have ${rows} rows in one row group`);
  }
  return schema.slice(1).flatMap(({ name, type, repetition_type }, i) => {
    if (name !== "timestamp" && !wanted(name)) return [];
    const meta = group!.columns[i]!.meta_data!;
    const [offset, size] = [
      Number(meta.dictionary_page_offset ?? meta.data_page_offset),
      Number(meta.total_compressed_size),
    ];
    const chunk: Chunk = {
      ...{ offset, size, codec: meta.codec as Chunk["codec"], values: rows },
      ...{ maxDefinitionLevel: repetition_type === "OPTIONAL" ? 1 : 0, maxRepetitionLevel: 0 },
    };
    return [{ name, type, bytes: file.subarray(offset, offset + size), chunk }];
  });
}

/** Values in a page, from a byte on. */
type ValuesIn<T> = (page: Uint8Array<ArrayBuffer>, at: number, count: number) => T[];

const doublesIn: ValuesIn<number> = (page, at, count) => [
  ...new Float64Array(page.slice(at, at + count * 8).buffer),
];

/** Microseconds as milliseconds. */
const millisecondsIn: ValuesIn<number> = (page, at, count) => {
  const words = new Uint32Array(page.slice(at, at + count * 8).buffer);
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push((words[2 * i + 1]! * 2 ** 32 + words[2 * i]!) / 1000);
  return found;
};

const decoder = new TextDecoder();

const textsIn: ValuesIn<string> = (page, at, count) => {
  const found: string[] = [];
  const add = (start: number, end: number) => found.push(decoder.decode(page.subarray(start, end)));
  eachText(page, at, count, add);
  return found;
};

const LEVELS = Int32Array.of(0, 1);

/** Decodes one column of a file at a time, and reuses its buffers. */
class ColumnDecoder {
  /** The code of each row; -1 for null. */
  readonly #codes: Int32Array;
  readonly #levels: Int32Array;
  /** The codes of the rows that have one. */
  readonly #present: Int32Array;
  /** The numbers from 0 on. */
  readonly #numbers: Int32Array;

  constructor(rows: number) {
    [this.#codes, this.#levels, this.#present] = [
      new Int32Array(rows),
      new Int32Array(rows),
      new Int32Array(rows),
    ];
    this.#numbers = Int32Array.from({ length: rows }, (_, i) => i);
  }

  /** Reads a numeric column into `out`, from row `first` on. */
  readNumbers(
    bytes: Uint8Array<ArrayBuffer>,
    chunk: Chunk,
    valuesIn: ValuesIn<number>,
    out: Float64Array,
    first: number,
  ): void {
    const values = this.#decode(bytes, chunk, valuesIn);
    const codes = this.#codes;
    for (let i = 0; i < chunk.values; i++) {
      const code = codes[i]!;
      if (code >= 0) out[first + i] = values[code]!;
    }
  }

  /** Reads a text column into `out`, from row `first` on. */
  readTexts(
    bytes: Uint8Array<ArrayBuffer>,
    chunk: Chunk,
    { codes, texts }: TextColumn,
    first: number,
  ): void {
    const own = this.#decode(bytes, chunk, textsIn).map((text) => {
      const code = texts.indexOf(text);
      return code < 0 ? texts.push(text) - 1 : code;
    });
    for (let i = 0; i < chunk.values; i++) {
      const code = this.#codes[i]!;
      if (code >= 0) codes[first + i] = own[code]!;
    }
  }

  /** Decodes a chunk: the code of each row, and the value that each code stands for. */
  #decode<T>(bytes: Uint8Array<ArrayBuffer>, chunk: Chunk, valuesIn: ValuesIn<T>): T[] {
    const values: T[] = [];
    let [row, dictionary]: [number, Int32Array] = [0, LEVELS];
    for (const page of openPages(bytes, chunk)) {
      if (page.content === "dictionary") {
        values.push(...valuesIn(page.bytes, 0, page.values));
        dictionary = this.#numbers.subarray(0, values.length);
        continue;
      }
      const count = this.#readLevels(page, chunk);
      const at = page.definition[1];
      if (page.content === "plain") {
        for (let i = 0; i < count; i++) this.#present[i] = values.length + i;
        values.push(...valuesIn(page.bytes, at, count));
      } else if (count > 0) {
        const { bytes } = page;
        const width = readWidth(bytes, at);
        readCodes(bytes, at + 1, bytes.length, width, count, dictionary, this.#present, 0);
      }
      for (let i = 0, k = 0; i < page.values; i++) {
        this.#codes[row + i] = this.#levels[i] === 0 ? -1 : this.#present[k++]!;
      }
      row += page.values;
    }
    return values;
  }

  /** Reads which rows of a page have a value; returns how many. */
  #readLevels({ bytes, values, definition: [from, to] }: Page, chunk: Chunk): number {
    const levels = this.#levels;
    if (chunk.maxDefinitionLevel === 0) levels.fill(1, 0, values);
    else readCodes(bytes, from, to, 1, values, LEVELS, levels, 0);
    let count = 0;
    for (let i = 0; i < values; i++) count += levels[i]!;
    return count;
  }
}
