// deno-lint-ignore-file no-console -- a skipped test says so
import assert from "node:assert/strict";
import { join } from "node:path";
import { cli, exists, inFolder, TELEMETRY } from "../helpers/support.ts";
import { DAILY_SQL, FILLED_SQL, withHours } from "./sql.ts";

const there = exists(TELEMETRY);
if (!there) console.log(`skipped: there is no real telemetry at ${TELEMETRY}`);

/** A table without quoted fields, as these are. */
function parse(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trim().split("\n").map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(header!.map((name, i) => [name, line[i]!])));
}

/** Fails unless a field has the value, except for the digits that are rounded off. */
function assertField(field: string, value: string | number | null, name: string): void {
  if (typeof value !== "number") return assert.equal(field, value ?? "", name);
  const rounding = name.endsWith("_mv") ? 0.001 : 1e-9;
  assert.ok(
    field !== "" && Math.abs(Number(field) - value) <= rounding + 1e-9 * Math.abs(value),
    `${name}: ${field}, expected ${value}`,
  );
}

Deno.test({
  name: "the tables of real days equal those that SQL computes from their hour files",
  ignore: !there,
  fn: () =>
    inFolder(async (folder) => {
      // One day without load and with many gaps, and one with load that ends before noon.
      const days = ["2024/06/18", "2024/08/05"].map((day) => join(TELEMETRY, day));
      const output = join(folder, "out");
      const { code } = await cli("--output", output, "--quiet", ...days);
      assert.equal(code, 0);
      const table = (name: string) => Deno.readTextFileSync(join(output, "_etl", name));
      await withHours(`${output}/*_*/*/*/*/*.parquet`, async (query) => {
        const [{ sum }] = await query(
          `select sum(amps * (next - soc)) as sum from (
            select module_current as amps, module_state_of_charge as soc,
              lead(soc) over (partition by phase, module order by timestamp) as next
            from h where soc is not null)`,
        ) as [{ sum: number }];
        const expected = await query(DAILY_SQL(sum < 0 ? "discharge" : "charge"));
        const daily = parse(table("daily.csv"));
        assert.equal(daily.length, 2 * 24);
        assert.deepEqual(Object.keys(daily[0]!), Object.keys(expected[0]!));
        expected.forEach((row, i) => {
          for (const [name, value] of Object.entries(row)) {
            assertField(daily[i]![name]!, value, `${row.day} ${row.phase} ${row.module} ${name}`);
          }
        });
        const key = (row: Record<string, unknown>) =>
          JSON.stringify([row.day, row.phase, row.module, row.signal]);
        const signals = new Map(parse(table("signals.csv")).map((row) => [key(row), row]));
        const filled = await query(FILLED_SQL);
        assert.equal(signals.size, filled.length);
        for (const row of filled) {
          assertField(signals.get(key(row))!.filled!, row.filled!, key(row));
        }
      });
    }),
});
