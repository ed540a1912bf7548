/**
 * The second writer: converts the same tables to Polars frames, and lets Polars write them, with
 * any of its codecs.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { setImmediate as nextTurn } from "node:timers/promises";
import type pl from "nodejs-polars";
import type { ValueSet } from "../telemetry/mod.ts";
import { createRuns, cutRuns, type Runs } from "./grid.ts";
import type { EncodeHour, HourTable } from "./hour_file.ts";
import type { TableOptions } from "./options.ts";
import { VERSION, WRITER } from "../version.ts";

/**
 * Loads Polars, which the fast writer does not need, and makes an encoder that uses it. Frames are
 * memory outside of JavaScript, which is only released in a turn of the event loop. So the encoder
 * waits for a turn after each file; otherwise a day of 24 modules would take 1.8 GB.
 */
export async function createPolarsEncoder(
  { interval, compression }: Pick<TableOptions, "interval" | "compression">,
  values: ValueSet,
): Promise<EncodeHour> {
  const { default: polars } = await import("nodejs-polars");
  const codec = compression === "none" ? "uncompressed" : compression;
  return async (table) => {
    const bytes = frameOf(polars, table, interval, values).writeParquet({ compression: codec });
    await nextTurn();
    return nameWriter(bytes);
  };
}

/** How Polars names itself in a footer: a length, and that many letters. */
const POLARS = Uint8Array.of(6, ...new TextEncoder().encode("Polars"));

/**
 * Adds the name of this tool as the writer of a file: it refuses to overwrite files of others.
 *
 * @throws {Error} If Polars did not name itself.
 */
function nameWriter(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = file.length - 8; // the footer's size and the magic number
  const size = new DataView(file.buffer, file.byteOffset).getUint32(end, true);
  const at = Buffer.from(file.buffer, file.byteOffset, end).lastIndexOf(POLARS);
  if (at < end - size) throw new Error("Polars did not name itself as the writer of its file");
  const name = new TextEncoder().encode(`${WRITER}${VERSION} with Polars`);
  const added = 1 + name.length - POLARS.length;
  const named = new Uint8Array(file.length + added);
  named.set(file.subarray(0, at));
  named.set([name.length, ...name], at);
  named.set(file.subarray(at + POLARS.length), at + 1 + name.length);
  new DataView(named.buffer).setUint32(end + added, size + added, true);
  return named;
}

/**
 * Makes a frame of an hour of a module.
 *
 * @returns 3,600 s / interval rows: timestamp (datetime, us, UTC), phase, module, and the signals'
 * columns (float64 or text).
 */
function frameOf(
  polars: typeof pl,
  { hour, firstRow, phase, module, columns }: HourTable,
  interval: number,
  values: ValueSet,
): pl.DataFrame {
  const rows = 3600 / interval;
  const hourRuns = createRuns(rows);
  const times = Array.from({ length: rows }, (_, i) => (hour + i * interval) * 1e6);
  const series = columns.map(({ name, kind, runs }) => {
    cutRuns(runs, firstRow, firstRow + rows, hourRuns);
    return kind === "numeric"
      ? polars.Series(name, cellsOf(hourRuns, (value) => value), polars.Float64)
      : polars.Series(name, cellsOf(hourRuns, (id) => values.text(id)), polars.Utf8);
  });
  return polars.DataFrame([
    polars.Series("timestamp", times, polars.Int64).cast(polars.Datetime("us", "UTC")),
    polars.Series("phase", Array(rows).fill(phase), polars.Utf8),
    polars.Series("module", Array(rows).fill(module), polars.Utf8),
    ...series,
  ]);
}

function cellsOf<T>(runs: Runs, cellOf: (value: number) => T): (T | null)[] {
  const cells: (T | null)[] = [];
  for (let i = 0; i < runs.length; i++) {
    const value = runs.values[i]!;
    const cell = value !== value ? null : cellOf(value);
    while (cells.length < runs.ends[i]!) cells.push(cell);
  }
  return cells;
}
