/**
 * The importer: converts other files (other parquet, CSV, JSON lines) to day files in the
 * exporter's form. Malformed rows are rejected with a reason.
 *
 * A bad file may crash native code, so this runs in a process of its own.
 *
 * @module
 */
import type { ImportLimits } from "./duckdb.ts";
import { readParquet } from "./import_parquet.ts";
import { type ImportSink, writeSegment } from "./segment.ts";
import { isText, readText } from "./text_records.ts";

/**
 * Imports a file: text if its name says so, otherwise parquet.
 *
 * @throws {Error} If it can't be read, or a column is missing or of a type that can't be
 * understood.
 */
export async function importFile(
  path: string,
  limits: ImportLimits,
  sink: ImportSink,
): Promise<void> {
  Deno.openSync(path).close(); // throws an error that says why a file can't be opened
  const segments = isText(path) ? readText(path, sink.reject) : readParquet(path, limits);
  for await (const segment of segments) writeSegment(segment, sink);
}
