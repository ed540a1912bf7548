/**
 * The importer: converts other files (other parquet, CSV, JSON lines) to day files in the
 * exporter's dialect. Malformed rows are rejected with a reason.
 *
 * A bad file may crash native code, so this runs in a process of its own.
 *
 * @module
 */
import type { ImportLimits } from "./duckdb.ts";
import { formatOf } from "./file_format.ts";
import { lacksZone } from "./instants.ts";
import { type ImportSink, type Segment, writeSegment } from "./segment.ts";

/**
 * Imports a file: parquet if its name says so, otherwise text.
 *
 * @returns Whether its times have no zone, judged by the first time of each segment.
 * @throws {Error} If it can't be read, or a column is missing or of a type that can't be
 * understood.
 */
export async function importFile(
  path: string,
  limits: ImportLimits,
  sink: ImportSink,
): Promise<boolean> {
  let areLocal = false;
  for await (const segment of await read(path, limits, sink)) {
    const { dictionary, textOf } = segment.timestamp;
    const first = dictionary.findIndex((time) => "value" in time);
    areLocal ||= first >= 0 && lacksZone(textOf(first)!);
    writeSegment(segment, sink);
  }
  return areLocal;
}

/** Reads a file. Its reader is loaded only now, because every process loads this module. */
async function read(
  path: string,
  limits: ImportLimits,
  { reject }: ImportSink,
): Promise<AsyncIterable<Segment>> {
  if (formatOf(path) !== "parquet") {
    return (await import("./text_records.ts")).readText(path, reject);
  }
  return (await import("./import_parquet.ts")).readParquet(path, limits);
}
