/**
 * Reads files with the tool's readers: which readings they have, and which rows are rejected.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  DAY,
  DayReader,
  importFile,
  type Layout,
  readLayout,
  type RejectedRow,
  type Window,
} from "../../lib/telemetry/mod.ts";

/** The content of some files. */
export interface Found {
  /** How many rows are on the day. */
  own: number;
  /** Readings as JSON: time, phase, module, column, value. */
  found: string[];
}

/** Returns a function that reads ranges of bytes. */
export function partsOf(
  bytes: Uint8Array,
): (offset: number, size: number) => Uint8Array<ArrayBuffer> {
  return (offset, size) => new Uint8Array(bytes.slice(offset, offset + size));
}

/** Reads files as the tool does. */
export function readFiles(
  files: readonly { bytes: Uint8Array; layout: Layout }[],
  window: Window,
): Found {
  const reader = new DayReader();
  reader.reset(window);
  const { readings } = reader;
  let own = 0;
  files.forEach(({ bytes, layout }, file) => {
    const part = partsOf(bytes);
    own += reader.readFile(
      (chunks) => chunks.map(({ offset, size }) => part(offset, size)),
      layout,
      file,
    );
  });
  const found: string[] = [];
  readings.blocks.forEach((blocks, i) => {
    const { phase, module, column } = readings.signals[i]!;
    for (const { start, end } of blocks) {
      const times = [...readings.times.subarray(start, end)];
      assert.deepEqual(times, times.toSorted((a, b) => a - b), "a block is in order");
      times.forEach((time, k) => {
        const value = readings.values.text(readings.ids[start + k]!);
        found.push(JSON.stringify([window.day + time, phase, module, column, value]));
      });
    }
  });
  return { own, found: found.sort() };
}

/** The readings and rejected rows of a file. */
export interface Outcome {
  /** Rows that are readings, duplicates included. */
  rows: number;
  /** The starts of the days with readings. */
  days: number[];
  /** The distinct readings of each day. */
  readings: string[][];
  /** Malformed rows. */
  rejected: RejectedRow[];
}

function outcome(
  files: readonly { bytes: Uint8Array; layout: Layout }[],
  rejected: RejectedRow[],
): Outcome {
  const days = new Set<number>();
  for (const { layout } of files) {
    const { first, last } = layout;
    for (let day = Math.floor(first / DAY) * DAY; day <= last; day += DAY) days.add(day);
  }
  const sorted = [...days].sort((a, b) => a - b);
  const read = sorted.map((day) => readFiles(files, { day, from: day, to: day + DAY }));
  return {
    rows: read.reduce((sum, { own }) => sum + own, 0),
    days: sorted.filter((_, i) => read[i]!.own > 0),
    // The same reading may be in several row groups, which are merged later.
    readings: read.filter(({ own }) => own > 0).map(({ found }) => [...new Set(found)]),
    rejected,
  };
}

/**
 * Reads a file on the hot path.
 *
 * @throws {NeedsImport} If the hot path does not accept it.
 */
export function hotOutcome(bytes: Uint8Array): Outcome {
  return outcome([{ bytes, layout: readLayout(partsOf(bytes), bytes.length) }], []);
}

/** Imports a file, and reads the result. */
export async function importOutcome(path: string, threads: number = 1): Promise<Outcome> {
  const [files, rejected]: [{ bytes: Uint8Array; layout: Layout }[], RejectedRow[]] = [[], []];
  await importFile(path, { temporary: null, memory: 500e6, threads }, {
    put(bytes) {
      const copy = bytes.slice();
      files.push({ bytes: copy, layout: readLayout(partsOf(copy), copy.length) });
    },
    reject: (row) => rejected.push(row),
  });
  return outcome(files, rejected);
}
