import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { findInputs } from "../../lib/store/mod.ts";
import { readReal } from "../helpers/real.ts";
import type { Row } from "../helpers/oracle.ts";
import { assertSameTree, cli, csv, dayFile, inFolder, put, ROOT } from "../helpers/support.ts";

/** An hour of the sample around midnight, and the gap: enough for every kind of signal. */
async function sampleRows(): Promise<Row[]> {
  const files = findInputs(join(ROOT, "data")).files.filter(({ name }) =>
    /-(23-30|00-00)-00/.test(name)
  );
  assert.ok(files.length >= 3);
  return (await Promise.all(files.map(({ path }) => readReal(path)))).flat();
}

const shuffle = <T>(items: T[], seed: number): T[] =>
  fc.sample(fc.shuffledSubarray(items, { minLength: items.length }), { numRuns: 1, seed })[0]!;

async function run(input: string, output: string, ...options: string[]): Promise<void> {
  const { code, stderr } = await cli("--input", input, "--output", output, "--quiet", ...options);
  assert.deepEqual([code, stderr], [0, ""]);
}

Deno.test("order, splits, copies, formats and workers do not change a byte", () =>
  inFolder(async (folder) => {
    const rows = await sampleRows();
    const half = rows.length >> 1;
    const shuffled = shuffle(rows, 1);
    put(join(folder, "as it is", "a.parquet"), dayFile(rows));
    put(join(folder, "shuffled", "a.parquet"), dayFile(shuffled));
    put(join(folder, "split", "z", "a.parquet"), dayFile(shuffled.slice(0, half)));
    put(join(folder, "split", "b.parquet"), dayFile(shuffled.slice(half)));
    put(join(folder, "split", "c.parquet"), dayFile(rows.slice(0, 5000)));
    put(join(folder, "csv", "a.csv"), csv(rows));
    put(join(folder, "mixed", "a.csv.gz"), gzipSync(csv(shuffled.slice(0, half))));
    put(join(folder, "mixed", "b.parquet"), dayFile(shuffled.slice(half), 1e6));
    const out = (name: string) => join(folder, `out ${name}`);
    await run(join(folder, "as it is"), out("as it is"), "--jobs", "1");
    for (const name of ["shuffled", "split", "csv", "mixed"]) {
      await run(join(folder, name), out(name), "--jobs", name === "split" ? "3" : "2");
      assertSameTree(out("as it is"), out(name));
    }
    await run(join(folder, "as it is", "*.parquet"), out("glob"));
    await run(join(folder, "as it is", "a.parquet"), out("file"));
    assertSameTree(out("as it is"), out("glob"));
    assertSameTree(out("as it is"), out("file"));
  }));

/** The same rows in forms that other tools write. */
function frames(rows: Row[]): Record<string, pl.DataFrame> {
  const times = rows.map(({ time }) => time * 1000);
  const base = {
    payload_type: rows.map(({ payload }) => payload),
    value: rows.map(({ value }) => value),
    extra: rows.map((_, i) => i),
  };
  const pairs = rows.map(({ tags }) => JSON.stringify(tags));
  const objects = rows.map(({ tags }) =>
    JSON.stringify(tags.map(([key, value]) => ({ key, value })))
  );
  const millis = pl.Series("timestamp", times, pl.Int64);
  const frame = (tags: string[], timestamp: pl.Series) =>
    pl.DataFrame({ ...base, tags }).withColumn(timestamp);
  return {
    "datetime, tags as JSON": frame(pairs, millis.cast(pl.Datetime("ms"))),
    "nanoseconds, tags as JSON objects": frame(
      objects,
      millis.cast(pl.Datetime("ms")).cast(pl.Datetime("ns")),
    ),
    "plain milliseconds": frame(pairs, millis),
  };
}

Deno.test("parquet in other forms gives the same bytes", () =>
  inFolder(async (folder) => {
    const rows = (await sampleRows()).slice(0, 20_000);
    put(join(folder, "in", "a.parquet"), dayFile(rows));
    await run(join(folder, "in"), join(folder, "out"));
    for (const [name, frame] of Object.entries(frames(rows))) {
      const [input, output] = [join(folder, name), join(folder, `out ${name}`)];
      Deno.mkdirSync(input);
      frame.writeParquet(join(input, "a.parquet"), { compression: "zstd" });
      await run(input, output);
      assertSameTree(join(folder, "out"), output);
    }
    // Lists and structs, as DuckDB writes them.
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const types = { lists: "VARCHAR[][]", structs: "STRUCT(key VARCHAR, value VARCHAR)[]" };
    for (const [name, type] of Object.entries(types)) {
      const lines = rows.map(({ time, payload, value, tags }) =>
        JSON.stringify({
          timestamp: time,
          payload_type: payload,
          value,
          tags: name === "structs" ? tags.map(([key, value]) => ({ key, value })) : tags,
        })
      );
      const [json, input] = [join(folder, `${name}.jsonl`), join(folder, name)];
      put(json, lines.join("\n"));
      Deno.mkdirSync(input);
      const columns =
        `{timestamp: 'BIGINT', payload_type: 'VARCHAR', value: 'VARCHAR', tags: '${type}'}`;
      await connection.run(
        `copy (from read_json('${json}', columns = ${columns})) to '${join(input, "a.parquet")}'`,
      );
      await run(input, join(folder, `out ${name}`));
      assertSameTree(join(folder, "out"), join(folder, `out ${name}`));
    }
    connection.closeSync();
  }));
