/**
 * Reads row groups as batches: rows of telemetry in dictionary-coded columns.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";
import {
  type Coded,
  IntBuffer,
  ListReader,
  openPages,
  readIntegers,
  readTexts,
  type RowRuns,
  RunFinder,
  TextSet,
} from "../parquet/mod.ts";
import { COLUMN_NAMES, type ColumnName, type TimedRowGroup } from "./layout.ts";
import { MESSAGE_SOURCE, type Tags } from "./tags.ts";
import { secondsIn, type TimeUnit } from "./timestamps.ts";
import { ValueSet } from "./values.ts";

/** The rows of a row group, each as four codes. It is valid until the next one is read. */
export interface Batch {
  /** How many rows there are. */
  rows: number;
  /** Each row's instant, in seconds since the start of the day. */
  times: Coded<Float64Array>;
  /** Each row's payload type. */
  payloads: Coded<readonly string[]>;
  /** Each row's value. */
  values: Coded<ValueSet>;
  /** Each row's tags, without the message source. */
  tags: Coded<readonly Tags[]>;
  /** Runs of rows with the same instant. */
  timeRuns: RowRuns;
  /** For each of these runs, the first run that is known to have the same tags. */
  tagOrigins: Int32Array;
}

/** Row groups with more rows, or more levels of tags, are imported. */
const MAX_ROWS = 1 << 24, MAX_TAGS = 1 << 26;
/** Limits the values per stored byte, against decompression bombs, beyond the first FREE_VALUES. */
const MAX_VALUES_PER_BYTE = 64, FREE_VALUES = 1 << 22;

/**
 * Reads row groups. All batches until the next `reset` share their dictionaries, except that of
 * times.
 */
export class BatchReader {
  /** The distinct values. */
  readonly values: ValueSet = new ValueSet();
  readonly #payloads = new TextSet();
  #payloadTypes: string[] = [];
  readonly #tags = new ListReader(MESSAGE_SOURCE);
  readonly #runs = new RunFinder();
  readonly #codes = {
    times: new IntBuffer(),
    payloads: new IntBuffer(),
    values: new IntBuffer(),
    tags: new IntBuffer(),
  };

  /** Forgets all dictionaries, but keeps the buffers. */
  reset(): void {
    this.values.clear();
    this.#payloads.clear();
    this.#payloadTypes = [];
    this.#tags.clear();
  }

  /**
   * Reads a row group.
   *
   * @param columns The bytes of its chunks.
   * @param day The start of the day, in seconds since the epoch; times count from here.
   * @throws {NeedsImport} If the file has to be imported.
   * @throws {Error} If the bytes are broken; the message names the column.
   */
  read(
    group: TimedRowGroup,
    columns: readonly Uint8Array<ArrayBuffer>[],
    unit: TimeUnit,
    day: number,
  ): Batch {
    const { rows, chunks: [timeChunk, payloadChunk, valueChunk, tagsChunk] } = group;
    const [timeBytes, payloadBytes, valueBytes, tagsBytes] = columns;
    checkSize(group, columns);
    const codes = {
      times: this.#codes.times.atLeast(rows),
      payloads: this.#codes.payloads.atLeast(rows),
      values: this.#codes.values.atLeast(rows),
      tags: this.#codes.tags.atLeast(rows),
    };
    const stamps = inColumn(
      "timestamp",
      () => readIntegers(timeBytes!, timeChunk!, codes.times),
    );
    const timeRuns = this.#runs.find(codes.times, rows);
    const seconds = inColumn("timestamp", () => secondsOf(stamps, timeRuns, unit, day, group));
    inColumn(
      "payload_type",
      () => readTexts(payloadBytes!, payloadChunk!, this.#payloads, codes.payloads),
    );
    for (let id = this.#payloadTypes.length; id < this.#payloads.size; id++) {
      this.#payloadTypes.push(this.#payloads.text(id));
    }
    inColumn("value", () => readTexts(valueBytes!, valueChunk!, this.values, codes.values));
    const tagOrigins = inColumn(
      "tags",
      () => this.#tags.read(tagsBytes!, tagsChunk!, timeRuns, seconds.length, codes.tags),
    );
    return {
      rows,
      times: { codes: codes.times, dictionary: seconds },
      payloads: { codes: codes.payloads, dictionary: this.#payloadTypes },
      values: { codes: codes.values, dictionary: this.values },
      tags: { codes: codes.tags, dictionary: this.#tags.dictionary.lists },
      timeRuns,
      tagOrigins,
    };
  }
}

/** Checks that a row group is not too large for its bytes, before memory is allocated for it. */
function checkSize(
  { rows, chunks }: TimedRowGroup,
  columns: readonly Uint8Array<ArrayBuffer>[],
): void {
  const bytes = chunks.reduce((sum, { size }) => sum + size, 0);
  const tooMany = chunks.some(({ values }) =>
    values > MAX_TAGS || values > FREE_VALUES + bytes * MAX_VALUES_PER_BYTE
  );
  if (!tooMany && rows <= MAX_ROWS) return;
  // If the footer disagrees with the page headers, the file is broken and can't be imported either.
  for (const [i, name] of COLUMN_NAMES.entries()) {
    inColumn(name, () => openPages(columns[i]!, chunks[i]!));
  }
  throw new NeedsImport("row groups that are too large");
}

/** Adds the name of the column to the message of an error. */
function inColumn<T>(name: ColumnName, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = `column '${name}': ${(error as Error).message}`;
    throw error instanceof NeedsImport ? new NeedsImport(message) : new Error(message);
  }
}

/**
 * Converts the timestamps that rows use to seconds since the start of the day; the others are NaN.
 */
function secondsOf(
  stamps: DataView,
  { length, codes }: RowRuns,
  unit: TimeUnit,
  day: number,
  { first, last }: TimedRowGroup,
): Float64Array {
  const seconds = new Float64Array(stamps.byteLength / 8).fill(NaN);
  for (let i = 0; i < length; i++) {
    const code = codes[i]!;
    if (!Number.isNaN(seconds[code]!)) continue;
    const time = seconds[code] = secondsIn(stamps, code * 8, unit, day);
    // Far from the day, the last nanosecond of a second may be rounded up to the next second.
    if (!(time >= first - day && time <= last - day + 1)) {
      throw new Error("a timestamp outside the bounds that the footer gives");
    }
  }
  return seconds;
}
