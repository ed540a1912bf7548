/**
 * The importer: whatever is not in the exporter's form (other parquet, CSV, JSON lines) becomes day
 * files that are, once. Rows that are not readings are left out, and passed on with the reason.
 *
 * Native code may die of a bad file, so this runs in a process of its own.
 *
 * @module
 */
import type { ImportLimits } from "./duckdb.ts";
import { importParquet } from "./import_parquet.ts";
import type { ImportSink } from "./import_rows.ts";
import { importText } from "./import_text.ts";
import { isText } from "./text_records.ts";

/**
 * Imports a file: text by its name, parquet otherwise.
 *
 * @throws {Error} If it can't be read, or a column is missing or of a type that can't be
 * understood.
 */
export async function importFile(
  path: string,
  limits: ImportLimits,
  sink: ImportSink,
): Promise<void> {
  Deno.openSync(path).close(); // says by its own errors why a file can't be opened
  await (isText(path) ? importText : importParquet)(path, limits, sink);
}
