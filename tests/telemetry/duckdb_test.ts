import assert from "node:assert/strict";
import { join } from "node:path";
import { literalPath, openDatabase, quoted } from "../../lib/telemetry/duckdb.ts";
import { inFolder, put } from "../helpers/support.ts";

const LIMITS = { temporary: null, memory: 100e6, threads: 1 };

Deno.test("openDatabase() lets the database read its input, whatever its name, and no other file", () =>
  inFolder(async (folder) => {
    const [input, other] = [join(folder, "it's [1]*.csv"), join(folder, "other.csv")];
    put(input, "a\n1\n");
    put(other, "a\n2\n");
    using database = await openDatabase(input, LIMITS);
    const select = (path: string) => `select a from read_csv(${quoted(literalPath(path))})`;
    assert.deepEqual(await database.query(select(input)), [[1n]]);
    await assert.rejects(database.query(select(other)));
    await assert.rejects(database.query(`copy (select 1) to ${quoted(join(folder, "new.csv"))}`));
    await assert.rejects(database.query("set enable_external_access = true"));
  }));

Deno.test("Database.integers() returns the rows of several chunks", async () => {
  using database = await openDatabase("none", LIMITS);
  const count = 10_000;
  const [ascending, descending] = await database.integers(
    `select i::integer, (-i)::integer from range(${count}) t(i)`,
    count,
  );
  assert.deepEqual(ascending, Int32Array.from({ length: count }, (_, i) => i));
  assert.deepEqual(descending, ascending!.map((i) => -i));
});

Deno.test("a query that needs too much memory names the limit, and what to do about it", async () => {
  using database = await openDatabase("none", { ...LIMITS, memory: 20e6 });
  await assert.rejects(database.query("select list(i) from range(20_000_000) t(i)"), {
    message:
      "needs more than the 20 MB that an import may use: split the file, or convert it to CSV",
  });
});
