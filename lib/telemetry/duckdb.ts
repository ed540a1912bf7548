/**
 * The in-memory database that reads the files of other writers. It may spill to one folder, and has
 * no access to other files.
 *
 * @module
 */
import { DuckDBInstance, type DuckDBType } from "@duckdb/node-api";
import { RetryableError } from "../errors.ts";

/** The resources that an import may use. */
export interface ImportLimits {
  /** The folder for data that does not fit into memory; null if nothing may be written. */
  temporary: string | null;
  /** Bytes of memory for the database. */
  memory: number;
  /** Threads of the database. */
  threads: number;
}

/** An open database. */
export interface Database extends Disposable {
  /** Runs a statement, and returns the columns of its result. */
  query(sql: string): Promise<unknown[][]>;
  /** Runs a query of some rows, and returns its columns, all of which must be 32-bit integers. */
  integers(sql: string, rows: number): Promise<Int32Array[]>;
  /** Returns the type of each column of a source. */
  typesOf(source: string): Promise<Map<string, DuckDBType>>;
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Escapes a path, so that the database does not take it for a pattern. */
export function literalPath(path: string): string {
  return path.replace(/[*?[\]]/g, (char) => `[${char}]`);
}

/**
 * Opens a database.
 *
 * @param input The one file that it may read.
 */
export async function openDatabase(
  input: string,
  { temporary, memory, threads }: ImportLimits,
): Promise<Database> {
  const limit = `${Math.floor(memory / 1e6)} MB`;
  const rethrow = (error: unknown): never => {
    throw describe(error, limit);
  };
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const paths = [input, literalPath(input)];
  const settings = {
    enable_geoparquet_conversion: "false", // ignores metadata about geometries
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // The first three rely on a file's statistics, which may be wrong. The others may swap the
    // sides of a join, which would change the order of rows.
    disabled_optimizers: quoted(
      "statistics_propagation,compressed_materialization,join_filter_pushdown," +
        "join_order,build_side_probe_side",
    ),
    timezone: "'UTC'",
    threads,
    memory_limit: quoted(limit),
    temp_directory: quoted(temporary ?? ""),
    allowed_paths: `[${paths.map(quoted)}]`,
    allowed_directories: `[${temporary === null ? "" : quoted(`${temporary}/`)}]`,
    enable_external_access: "false",
    lock_configuration: "true",
  };
  for (const [name, value] of Object.entries(settings)) {
    await connection.run(`set ${name} = ${value}`);
  }
  return {
    async query(sql) {
      return (await connection.runAndReadAll(sql).catch(rethrow)).getColumns();
    },
    async integers(sql, rows) {
      // Fetched chunk by chunk, because collecting values in arrays takes a tenth of an import.
      const result = await connection.stream(sql).catch(rethrow);
      const columns = Array.from({ length: result.columnCount }, () => new Int32Array(rows));
      for (let at = 0; at < rows;) {
        const chunk = await result.fetchChunk().catch(rethrow);
        if (chunk === null || chunk.rowCount === 0) throw new Error(`${at} rows, not ${rows}`);
        const end = at + chunk.rowCount;
        for (const [i, column] of columns.entries()) {
          const vector = chunk.getColumnVector(i);
          for (let row = at; row < end; row++) column[row] = vector.getItem(row - at) as number;
        }
        at = end;
      }
      return columns;
    },
    async typesOf(source) {
      const result = await connection.run(`from ${source} limit 0`).catch(rethrow);
      const types = result.columnTypes();
      return new Map(result.columnNames().map((name, i) => [name, types[i]!]));
    },
    [Symbol.dispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Text that is not UTF-8: the database then reads nothing of the file. */
export class NotUtf8 extends Error {}

/** Turns an error of the database into one about the file, which may name the limit of memory. */
function describe(error: unknown, memoryLimit: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const [first = ""] = message.split("\n");
  // Paths and names of error classes say nothing about the file's content.
  const said = first.replace(/^([A-Z]\w+ )+Error: /i, "").replace(/^\w+Exception: /, "")
    .replace(/(Failed to read (Parquet )?file |(from|in) file |: )?["'][^"']*\/[^"']*["']:? ?/g, "")
    .replace(/[^\x20-\x7e]/g, "?").trim();
  if (/^Out of Memory/i.test(first)) {
    return new Error(
      `needs more than the ${memoryLimit} that an import may use: split the file, or convert it to CSV`,
    );
  }
  if (/No space left|disk is full|Could not (write|create)/i.test(first)) {
    return new RetryableError("could not be imported: no space is left for temporary files");
  }
  if (/encrypt/i.test(first)) return new Error("is encrypted");
  if (/No magic bytes|too small to be a Parquet/i.test(first)) {
    return new Error("is not a parquet file");
  }
  if (/utf-?8|unicode/i.test(first)) return new NotUtf8("has text that is not UTF-8");
  const [, codec] = /codec.*?"?(\w+)"?\s*(?:for|\.|$)/i.exec(first) ?? [];
  if (/unsupported.*codec/i.test(first)) {
    return new Error(`is compressed with ${codec?.toLowerCase()}, which can't be read`);
  }
  return new Error(`is not valid parquet: ${said}`);
}
