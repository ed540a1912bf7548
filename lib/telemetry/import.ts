/**
 * The importer: converts other files (other parquet, CSV, JSON lines) to day files in the
 * exporter's form. Malformed rows are rejected with a reason.
 *
 * A bad file may crash native code, so this runs in a process of its own.
 *
 * @module
 */
import type { ImportLimits } from "./duckdb.ts";
import type { ImportSink } from "./segment.ts";

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
  // Loaded only when there is something to import, because every process loads this module.
  const [{ readParquet }, { isText, readText }, { writeSegment }] = await Promise.all([
    import("./import_parquet.ts"),
    import("./text_records.ts"),
    import("./segment.ts"),
  ]);
  const segments = isText(path) ? readText(path, sink.reject) : readParquet(path, limits);
  for await (const segment of segments) writeSegment(segment, sink);
}
