import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type { Encoding } from "hyparquet";
import pl from "nodejs-polars";
import { NeedsImport } from "../../lib/errors.ts";
import { generalOutcome, hotOutcome, type Outcome } from "../helpers/reading.ts";
import { inFolder } from "../helpers/support.ts";
import { anyShape, expected, type Shape, write } from "../helpers/tables.ts";

/** Without what only looks like a difference. */
const plain = (outcome: Outcome) => JSON.parse(JSON.stringify(outcome)) as Outcome;

/** What becomes of a file on the hot path; null if it does not take the file. */
function hotOrNull(bytes: Uint8Array): Outcome | null {
  try {
    return plain(hotOutcome(bytes));
  } catch (error) {
    if (error instanceof NeedsImport) return null;
    throw error;
  }
}

Deno.test("a file of any shape is copied like its table, unless the hot path takes it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    await fc.assert(
      fc.asyncProperty(anyShape, async (shape) => {
        const bytes = write(shape);
        Deno.writeFileSync(path, bytes);
        const wanted = plain(expected(shape));
        const hot = hotOrNull(bytes);
        if (hot !== null) assert.deepEqual(hot, wanted, "hot path");
        assert.deepEqual(plain(await generalOutcome(path)), wanted, "general");
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
  // A name of its own: DuckDB takes a file for known that changes within a moment.
  const own = Deno.makeTempDirSync({ dir: folder });
  const [from, to] = [join(own, "from.parquet"), join(own, "to.parquet")];
  const encodings = Array<Encoding>(4).fill("PLAIN"); // all of them can read that
  Deno.writeFileSync(from, write({ ...shape, codec: "UNCOMPRESSED", encodings }));
  await rewrite(from, to);
  const hot = hotOrNull(Deno.readFileSync(to));
  const copied = plain(await generalOutcome(to));
  if (hot !== null) assert.deepEqual(hot, copied, "hot path and general");
  const wanted = plain(expected(shape));
  const texts = ({ rejected, ...rest }: Outcome) => ({
    ...rest,
    rejected: rejected.map(({ timestamp: _, ...row }) => row),
  });
  assert.deepEqual(texts(copied), texts(wanted), "general and expected");
  return hot !== null;
}

Deno.test("a file of any shape that polars writes is read alike on both ways", () =>
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

Deno.test("a file of any shape that DuckDB writes is read alike on both ways", () =>
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
