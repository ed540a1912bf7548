/**
 * The ways to read modules with different columns that docs/reading.md shows, and what it warns of.
 *
 * @module
 */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { etl, inFolder, put } from "../helpers/support.ts";

/** Has two modules built, each with a signal that the other one does not have. */
async function twoModules(folder: string): Promise<string> {
  const tags = (module: number) => `"[[""phase"",""1""],[""module"",""${module}""]]"`;
  const rows = [
    `2024-07-13T00:00:00Z,module_voltage,52,${tags(1)}`,
    `2024-07-13T00:00:00Z,module_current,-2000,${tags(1)}`,
    `2024-07-13T00:00:00Z,module_voltage,53,${tags(2)}`,
    `2024-07-13T00:00:00Z,module_temperature,25,${tags(2)}`,
  ];
  put(join(folder, "in", "a.csv"), ["timestamp,payload_type,value,tags", ...rows, ""].join("\n"));
  await etl(folder);
  return join(folder, "out");
}

const COLUMNS = [
  ...["timestamp", "phase", "module"],
  ...["module_current", "module_temperature", "module_voltage"],
];

Deno.test("DuckDB reads the columns of all modules with union_by_name, and of the first without", () =>
  inFolder(async (folder) => {
    const output = await twoModules(folder);
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const columns = async (options: string) => {
      const files = `read_parquet('${output}/*/*/*/*/*.parquet'${options})`;
      const result = await connection.runAndReadAll(`from ${files} limit 1`);
      return result.columnNames();
    };
    assert.deepEqual((await columns(", union_by_name = true")).sort(), COLUMNS.toSorted());
    const first = await columns("");
    assert.ok(!first.includes("module_temperature"), String(first));
    connection.closeSync();
  }));

Deno.test("Polars reads the columns of all modules by a diagonal concatenation, and one scan fails", () =>
  inFolder(async (folder) => {
    const output = await twoModules(folder);
    const modules = globSync("[!_]*_*", { cwd: output }).sort();
    assert.deepEqual(modules, ["1_1", "1_2"]);
    const scans = modules.map((module) => pl.scanParquet(join(output, module, "**/*.parquet")));
    const rows = pl.concat(scans, { how: "diagonal" });
    assert.deepEqual((await rows.collect()).columns.sort(), COLUMNS.toSorted());
    const low = await rows.filter(pl.col("module_current").lt(pl.lit(-1000))).collect();
    assert.equal(low.height, 61); // the row of the reading, and 300 s in which it is held
    await assert.rejects(async () =>
      await pl.scanParquet(join(output, "*/*/*/*/*.parquet")).collect()
    );
    await assert.rejects(async () => await pl.scanParquet(output).collect());
  }));
