/**
 * The hot path: reads files in the exporter's dialect as a day's distinct readings, by signal and
 * in order of time, without creating a string or an object per row.
 *
 * @module
 */
import type { Chunk } from "../parquet/mod.ts";
import { type Batch, BatchReader } from "./batch.ts";
import { Deduplicator, type Window } from "./deduplicate.ts";
import type { Layout } from "./layout.ts";
import { Readings } from "./series.ts";
import { DAY } from "./timestamps.ts";

/** Returns the bytes of chunks, which are valid until the next call. */
export type ReadChunks = (
  chunks: readonly Pick<Chunk, "offset" | "size">[],
) => Uint8Array<ArrayBuffer>[];

/** Reads the files of one day after another, and reuses its buffers. */
export class DayReader {
  /** The day's readings so far. */
  readonly readings: Readings;
  readonly #batches = new BatchReader();
  readonly #deduplicator = new Deduplicator();
  #window: Window = { day: 0, from: 0, to: 0 };

  /** Allocates the buffers. */
  constructor() {
    this.readings = new Readings(this.#batches.values);
  }

  /** Begins a day: forgets all readings. */
  reset(window: Window): void {
    this.#window = window;
    this.#batches.reset();
    this.#deduplicator.reset();
    this.readings.reset();
  }

  /**
   * Adds the readings of one file that are in the window.
   *
   * @param file A number for the file, which is stored with its blocks.
   * @returns How many rows of the file are on the day itself.
   * @throws {NeedsImport} If the file has to be imported; no readings are added then.
   * @throws {Error} If the bytes are broken; no readings are added then.
   */
  readFile(read: ReadChunks, { unit, groups }: Layout, file: number): number {
    const { readings } = this;
    const { length, signals: { length: signals } } = readings;
    const { day, from, to } = this.#window;
    const first = Math.min(from, day);
    const end = Math.max(to, day + DAY);
    let rows = 0;
    try {
      for (const group of groups) {
        if (group.last < first || group.first >= end) continue;
        const batch = this.#batches.read(group, read(group.chunks), unit, day);
        this.#deduplicator.add(readings, batch, this.#window, file);
        rows += rowsOfDay(batch);
      }
    } catch (error) {
      readings.truncate(length, signals);
      this.#deduplicator.reset(); // it knows the signals by their numbers
      throw error;
    }
    return rows;
  }
}

/** How many rows of a batch are on the day itself. */
function rowsOfDay({ timeRuns: { ends, codes, length }, times: { dictionary } }: Batch): number {
  let rows = 0;
  for (let i = 0, row = 0; i < length; row = ends[i++]!) {
    const time = dictionary[codes[i]!]!;
    if (time >= 0 && time < DAY) rows += ends[i]! - row;
  }
  return rows;
}
