import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type { Encoding } from "hyparquet";
import pl from "nodejs-polars";
import { NeedsImport } from "../../lib/errors.ts";
import { hotOutcome, importOutcome, type Outcome } from "../helpers/reading.ts";
import { inFolder } from "../helpers/support.ts";
import { anyShape, expected, type Shape, write } from "./shapes.ts";

/** Without what only looks like a difference: how an instant is written in a rejected row. */
function plain(outcome: Outcome): Outcome {
  const rejected = outcome.rejected.map(({ timestamp, ...row }) => ({
    ...row,
    timestamp: timestamp === null ? null : "there",
  }));
  return JSON.parse(JSON.stringify({ ...outcome, rejected }));
}

/** What becomes of a file on the hot path; null if it does not take the file. */
function hotOrNull(bytes: Uint8Array): Outcome | null {
  try {
    return plain(hotOutcome(bytes));
  } catch (error) {
    if (error instanceof NeedsImport) return null;
    throw error;
  }
}

Deno.test("importFile() and the hot path read the same readings from a table of any shape", () =>
  inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(anyShape, async (shape) => {
        // A name of its own: DuckDB takes a file for known that changes within a moment.
        const path = join(Deno.makeTempDirSync({ dir: folder }), "a.parquet");
        const bytes = write(shape);
        Deno.writeFileSync(path, bytes);
        const wanted = plain(expected(shape));
        const hot = hotOrNull(bytes);
        if (hot !== null) assert.deepEqual(hot, wanted, "hot path");
        assert.deepEqual(plain(await importOutcome(path)), wanted, "imported");
      }),
      { numRuns: 200 },
    );
  }));

/**
 * A table as another writer puts it down: what it makes of timestamps is its own affair.
 * Says whether the hot path takes it.
 */
async function rewritten(
  shape: Shape,
  folder: string,
  rewrite: (from: string, to: string) => Promise<void>,
): Promise<boolean> {
  const own = Deno.makeTempDirSync({ dir: folder });
  const [from, to] = [join(own, "from.parquet"), join(own, "to.parquet")];
  const encodings = Array<Encoding>(4).fill("PLAIN"); // all of them can read that
  Deno.writeFileSync(from, write({ ...shape, codec: "UNCOMPRESSED", encodings }));
  await rewrite(from, to);
  const hot = hotOrNull(Deno.readFileSync(to));
  const imported = plain(await importOutcome(to));
  if (hot !== null) assert.deepEqual(hot, imported, "hot path and imported");
  assert.deepEqual(imported, plain(expected(shape)), "imported and expected");
  return hot !== null;
}

Deno.test("importFile() reads a table of any shape that Polars wrote", () =>
  inFolder(async (folder) => {
    const options = fc.record({
      compression: fc.constantFrom("uncompressed", "snappy", "gzip", "zstd"),
      statistics: fc.boolean(),
      rowGroupSize: fc.constantFrom(4, 30, 1_000),
      dataPagesizeLimit: fc.constantFrom(16, 200, 1 << 20),
    });
    await fc.assert(
      fc.asyncProperty(anyShape, options, async (shape, options) => {
        await rewritten(shape, folder, async (from, to) => {
          const sink = pl.scanParquet(from).sinkParquet(to, options as pl.SinkParquetOptions);
          await sink.collect();
        });
      }),
      { numRuns: 150 },
    );
  }));

Deno.test("importFile() reads a table of any shape that DuckDB wrote", () =>
  inFolder(async (folder) => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const options = fc.record({
      CODEC: fc.constantFrom("uncompressed", "snappy", "gzip", "zstd"),
      PARQUET_VERSION: fc.constantFrom("V1", "V2"),
      ROW_GROUP_SIZE: fc.constantFrom(4, 30, 5_000),
      DICTIONARY_SIZE_LIMIT: fc.constantFrom(1, 4, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(anyShape, options, async (shape, options) => {
        const isHot = await rewritten(shape, folder, async (from, to) => {
          const list = Object.entries(options).map(([name, value]) => `${name} ${value}`);
          await connection.run(`copy (from '${from}') to '${to}' (format parquet, ${list})`);
        });
        const { form, value, nullable, rows, unit } = shape;
        const isDialect = form === "lists" && value === "BYTE_ARRAY" && !nullable &&
          unit !== "epoch" && options.PARQUET_VERSION === "V1" &&
          rows.every(({ tags }) => tags!.length > 0);
        if (isDialect) assert.ok(isHot, "the hot path takes the dialect, as DuckDB writes it");
      }),
      { numRuns: 150 },
    );
    connection.closeSync();
  }));
