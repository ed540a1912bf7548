/**
 * Computes the tables in SQL, from the hour files alone, without any code of `lib/`.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";

/** A row of a result, by column; dates and times are texts, as in the tables. */
export type SqlRow = Record<string, string | number | null>;

const ISO = "'%Y-%m-%dT%H:%M:%SZ'";

/**
 * @param hours A glob of hour files whose modules all have the same columns.
 */
const setup = (hours: string): string[] => [
  "set timezone = 'UTC'",
  `create table h as select *, date_trunc('day', timestamp)::date as day
    from read_parquet('${hours}', union_by_name = true)`,
  `create table rest as select day, phase, module, timestamp, module_current as amps,
      count(*) filter (abs(module_current) < 0.5) over (
        partition by phase, module, day order by timestamp
        range between interval 20 minutes preceding and current row) = 241 as at_rest
    from h`,
  `create table cells as unpivot (
      select day, phase, module, timestamp, columns('^cell_voltage.*') from h)
    on columns('^cell_voltage.*') into name cell value v`,
  `create table numbers as select cell, row_number() over () as i from (
      select column_name as cell from (describe h) where column_name like 'cell_voltage%')`,
  `create table spreads as select day, phase, module, timestamp, median(v) as mid, count(*) as n,
      max(v) - min(v) as spread from cells group by all`,
  `create table deviations as select c.*, (v - mid) * 1000 as mv, at_rest, n
    from cells c join spreads using (phase, module, day, timestamp)
      join rest using (phase, module, day, timestamp)
    where n >= 0.75 * (select count(*) from numbers)`,
];

/** A query for `daily.csv`; a positive current is discharge or charge. */
const daily = (positive: "discharge" | "charge") => {
  const [out, into] = positive === "discharge" ? [1, -1] : [-1, 1];
  const sum = (what: string, sign: number, per: number) =>
    `case when count(module_voltage * module_current) > 0 then
      coalesce(sum(${what}) filter (module_current * ${sign} > 0), 0) * ${sign} * 5 / ${per} end`;
  const power = "module_voltage * module_current";
  const charge = "module_current + 0 * module_voltage";
  const extreme = (order: string) =>
    `select distinct on (day, phase, module) day, phase, module, v, cell, timestamp as at
      from cells join numbers using (cell)
      order by day, phase, module, v ${order}, timestamp, i`;
  return `
    with flow as (select day, phase, module, count(*) as rows,
        ${sum(power, out, 3.6e6)} as energy_out_kwh, ${sum(power, into, 3.6e6)} as energy_in_kwh,
        ${sum(charge, out, 3600)} as charge_out_ah, ${sum(charge, into, 3600)} as charge_in_ah,
        min(module_state_of_charge) as soc_min, max(module_state_of_charge) as soc_max,
        min(module_current) as current_min_a, max(module_current) as current_max_a,
        min(battery_sensor_temperature_battery_1_sensor_1) as battery_temperature_min_c,
        max(battery_sensor_temperature_battery_1_sensor_1) as battery_temperature_max_c
      from h group by all),
    low as (${extreme("asc")}), high as (${extreme("desc")}),
    whole as (select day, phase, module, count(*) as n from spreads
      where n = (select count(*) from numbers) group by all),
    quiet as (select day, phase, module, count(*) filter (at_rest) as rest_rows
      from rest group by all),
    spread as (select day, phase, module, median(spread) * 1000 as rest_spread_mv
      from spreads join rest using (phase, module, day, timestamp)
      where at_rest group by all having count(*) >= 60),
    weak as (select distinct on (day, phase, module) day, phase, module, cell, mid from (
        select day, phase, module, cell, median(mv) as mid from deviations where at_rest
        group by all having count(*) >= 60)
      join numbers using (cell) order by day, phase, module, round(abs(mid), 3) desc, i)
    select strftime(day, '%Y-%m-%d') as day, phase, module, rows,
      energy_out_kwh, energy_in_kwh, charge_out_ah, charge_in_ah, soc_min, soc_max,
      current_min_a, current_max_a,
      low.v as cell_voltage_min_v, low.cell as cell_voltage_min_cell,
      strftime(low.at, ${ISO}) as cell_voltage_min_at,
      high.v as cell_voltage_max_v, high.cell as cell_voltage_max_cell,
      strftime(high.at, ${ISO}) as cell_voltage_max_at,
      battery_temperature_min_c, battery_temperature_max_c,
      coalesce(whole.n, 0) / rows as cells_filled, rest_rows, rest_spread_mv,
      weak.cell as weakest_cell, weak.mid as weakest_cell_deviation_mv
    from flow left join low using (phase, module, day) left join high using (phase, module, day)
      left join whole using (phase, module, day) left join quiet using (phase, module, day)
      left join spread using (phase, module, day) left join weak using (phase, module, day)
    order by day, phase, module`;
};

/** The filled shares; frozen signals can't be found in hour files, which hold values. */
const FILLED = `
  with filled as (select day, phase, module, count(*) as rows,
      count(columns(* exclude (day, phase, module, timestamp))) from h group by all)
  unpivot (from filled) on * exclude (day, phase, module, rows) into name signal value n`;

/** Runs SQL on the hour files of a glob. */
export async function withHours<T>(
  hours: string,
  use: (query: (sql: string) => Promise<SqlRow[]>) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const sql of setup(hours)) await connection.run(sql);
    return await use(async (sql) => {
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map((
            [name, value],
          ) => [name, typeof value === "bigint" ? Number(value) : value as string | number | null]),
        )
      );
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A query for the rows of `daily.csv`. */
export const DAILY_SQL: (positive: "discharge" | "charge") => string = daily;

/** A query for the filled shares of `signals.csv`. */
export const FILLED_SQL: string = `select strftime(day, '%Y-%m-%d') as day, phase, module, signal,
  n / rows as filled from (${FILLED})`;
