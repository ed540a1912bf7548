/**
 * The importer: converts other files (other parquet, CSV, JSON lines) to day files in the
 * exporter's form. Malformed rows are rejected with a reason.
 *
 * A bad file may crash native code, so this runs in a process of its own.
 *
 * @module
 */
import type { ImportLimits } from "./duckdb.ts";
import { importParquet } from "./import_parquet.ts";
import type { ImportSink } from "./import_rows.ts";
import { importText } from "./import_text.ts";
import { isText } from "./text_records.ts";

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
  await (isText(path) ? importText : importParquet)(path, limits, sink);
}
