import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type { Encoding } from "hyparquet";
import pl from "nodejs-polars";
import { readLayout } from "../../lib/telemetry/layout.ts";
import { fastOutcome, generalOutcome, type Outcome, partsOf } from "../helpers/reading.ts";
import { inFolder } from "../helpers/support.ts";
import { anyShape, expected, type Shape, write } from "../helpers/tables.ts";

/** Without what only looks like a difference. */
const plain = (outcome: Outcome) => JSON.parse(JSON.stringify(outcome)) as Outcome;

Deno.test("a file of any shape is read like its table, and like the general reader does", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    await fc.assert(
      fc.asyncProperty(anyShape, async (shape) => {
        const bytes = write(shape);
        Deno.writeFileSync(path, bytes);
        const wanted = plain(expected(shape));
        assert.deepEqual(plain(fastOutcome(bytes)), wanted, "fast");
        assert.deepEqual(plain(await generalOutcome(path)), wanted, "general");
      }),
      { numRuns: 200 },
    );
  }));

/** A table as another writer puts it down: what it makes of timestamps is its own affair. */
async function rewritten(
  shape: Shape,
  folder: string,
  rewrite: (from: string, to: string) => Promise<void>,
): Promise<void> {
  // A name of its own: DuckDB takes a file for known that changes within a moment.
  const own = Deno.makeTempDirSync({ dir: folder });
  const [from, to] = [join(own, "from.parquet"), join(own, "to.parquet")];
  const encodings = Array<Encoding>(4).fill("PLAIN"); // all of them can read that
  Deno.writeFileSync(from, write({ ...shape, codec: "UNCOMPRESSED", encodings }));
  await rewrite(from, to);
  const fast = plain(fastOutcome(Deno.readFileSync(to)));
  assert.deepEqual(fast, plain(await generalOutcome(to)), "fast and general");
  const wanted = plain(expected(shape));
  const texts = ({ rejected, ...rest }: Outcome) => ({
    ...rest,
    rejected: rejected.map(({ timestamp: _, ...row }) => row),
  });
  assert.deepEqual(texts(fast), texts(wanted), "fast and expected");
}

Deno.test("so is what polars writes", () =>
  inFolder(async (folder) => {
    const options = fc.record({
      compression: fc.constantFrom("uncompressed", "snappy", "gzip", "zstd"),
      statistics: fc.boolean(),
      rowGroupSize: fc.constantFrom(4, 30, 1_000),
      dataPagesizeLimit: fc.constantFrom(16, 200, 1 << 20),
    });
    await fc.assert(
      fc.asyncProperty(anyShape, options, (shape, options) =>
        rewritten(shape, folder, async (from, to) => {
          const sink = pl.scanParquet(from).sinkParquet(to, options as pl.SinkParquetOptions);
          await sink.collect();
        })),
      { numRuns: 150 },
    );
  }));

Deno.test("so is what DuckDB writes", () =>
  inFolder(async (folder) => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const options = fc.record({
      CODEC: fc.constantFrom("uncompressed", "snappy", "gzip", "zstd"),
      PARQUET_VERSION: fc.constantFrom("V1", "V2"),
      ROW_GROUP_SIZE: fc.constantFrom(4, 30, 5_000),
      DICTIONARY_SIZE_LIMIT: fc.constantFrom(1, 4, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(anyShape, options, (shape, options) =>
        rewritten(shape, folder, async (from, to) => {
          const list = Object.entries(options).map(([name, value]) =>
            `${name} ${value}`
          );
          await connection.run(`copy (from '${from}') to '${to}' (format parquet, ${list})`);
        })),
      { numRuns: 150 },
    );
    connection.closeSync();
  }));

Deno.test("flipped bytes in a file of any shape lose no row, or are noticed", () => {
  const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
  const flips = fc.array(flip, { minLength: 1, maxLength: 3 });
  let noticed = 0;
  fc.assert(
    fc.property(anyShape, flips, (shape, flips) => {
      const bytes = write(shape);
      for (const [at, flip] of flips) bytes[at % bytes.length]! ^= flip;
      let [found, rows]: [Outcome | null, number] = [null, 0];
      try {
        rows = readLayout(partsOf(bytes), bytes.length, true).rows;
        found = fastOutcome(bytes);
      } catch (error) {
        noticed++;
        assert.ok(error instanceof Error && error.message !== "");
      }
      if (found !== null) assert.equal(found.rows + found.rejected.length, rows);
    }),
    { numRuns: 1_000 },
  );
  assert.ok(noticed > 300, `only ${noticed} of 1,000 were noticed`);
});
