/**
 * The main job in DuckDB SQL, as fast as we could make it: `deno run -A bench/duckdb.ts INPUT
 * OUTPUT`. It assumes what holds for the inputs it is measured with: whole seconds, readable
 * parquet files, and no column that is reported both by a module and by its phase or the system.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";

const STEP = 5;
const PER_HOUR = 3600 / STEP;
/** A value is held for this many rows after its own. */
const HOLD = 300 / STEP;
/** Modules written at once. */
const WRITERS = navigator.hardwareConcurrency;

/** What the rows of the wide table are about: a module, a phase, or the whole system. */
interface Place {
  id: number;
  phase: string | undefined;
  module: string | undefined;
  columns: Set<string>;
}

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const name = (value: string) => `"${value.replaceAll('"', '""')}"`;

const [input, output] = Deno.args;
if (input === undefined || output === undefined) throw new Error("Give INPUT and OUTPUT.");
Deno.mkdirSync(output, { recursive: true });
const instance = await DuckDBInstance.create(":memory:", {
  memory_limit: "8GB",
  temp_directory: join(output, "_spill"),
  // An hour that is flushed only at the end of a COPY is one file with one row group.
  partitioned_write_flush_threshold: "100000000",
});
const connections = await Promise.all(Array.from({ length: WRITERS }, () => instance.connect()));
const main = connections[0]!;

async function query<Row>(sql: string): Promise<Row[]> {
  return (await main.runAndReadAll(sql)).getRowObjectsJson() as Row[];
}

const isFile = Deno.statSync(input).isFile;
const files = `read_parquet(${text(isFile ? input : join(input, "**", "*.parquet"))})`;

// Tag lists are compared by hash; a file that holds each of them is kept, to look the list up.
await main.run(`create table reading as
  select timestamp::int as t, hash(payload_type, tags) as h, value, min(file_index) as file
  from ${files} group by all`);
const found = await query<{ file: string }>(
  "select distinct file from (select min(file) as file from reading group by h)",
);
const signals = await query<{ h: string; payload: string; tags: [string, string][] }>(`
  select hash(payload_type, tags) as h, any_value(payload_type) as payload, any_value(tags) as tags
  from ${files} where file_index in (${found.map(({ file }) => file)}) group by h`);
const counts = await query<{ h: string; texts: string; numbers: string }>(`
  select h, count(*) filter (number) as numbers, count(*) filter (not number) as texts
  from (select h, coalesce(isfinite(try_cast(value as double)), false) as number from reading)
  group by h`);

const balance = new Map<string, number>();
const byHash = new Map(counts.map((count) => [count.h, count]));
for (const { h, payload } of signals) {
  const { texts, numbers } = byHash.get(h)!;
  balance.set(payload, (balance.get(payload) ?? 0) + Number(numbers) - Number(texts));
}
const places = new Map<string, Place>();
const described = signals.map(({ h, payload, tags }) => {
  const { phase, module, message_source: _, ...others } = Object.fromEntries(tags);
  const column = [payload, ...Object.entries(others).flat()].join("_");
  return { h, phase, module, column, isText: balance.get(payload)! < 0 };
}).filter(({ phase, module }) => phase !== undefined || module === undefined);

function placeOf(phase: string | undefined, module: string | undefined): Place {
  const key = JSON.stringify([phase, module]);
  if (!places.has(key)) places.set(key, { id: places.size, phase, module, columns: new Set() });
  return places.get(key)!;
}
const textColumns = new Set<string>();
const targets = described.map(({ h, phase, module, column, isText }) => {
  if (isText) textColumns.add(column);
  const place = placeOf(phase, module);
  place.columns.add(column);
  return { h, place, column, isText };
});
const columns = [...new Set(targets.map(({ column }) => column))];
const rows = targets.map(({ h, place, column, isText }) =>
  `(${h}::ubigint, ${place.id}, ${columns.indexOf(column)}, ${isText})`
);
await main.run(`create table target as from (values ${rows}) as t(h, place, k, is_text)`);

const labels = targets.map(({ place, column }) => `${place.id} ${column}`);
// A signal from two message sources has two hashes.
const again = new Set(labels).size < labels.length ? "distinct" : "";
await main.run(`create view parsed as
  select * from (
    select ${again} place, k, is_text, t, value, try_cast(value as double) as number
    from reading join target using (h)
  ) where is_text or isfinite(number)`);
const cells = columns.map((column, k) =>
  textColumns.has(column)
    ? `arg_max(value, (t, value)) filter (k = ${k}) as ${name(column)}`
    : `avg(case when k = ${k} then number end) as ${name(column)}`
);
await main.run(
  `create table wide as select place, t // ${STEP} as b, ${cells} from parsed group by all`,
);
await main.run("drop view parsed; drop table reading");

const all = [...places.values()];
const modules = all.filter(({ module }) => module !== undefined);
const shared = all.filter(({ module }) => module === undefined);
await main.run(`create table hours as
  select place, hour, strftime(make_timestamp(hour * 3600000000), '%Y-%m-%d-%H') as label
  from (select distinct place, b // ${PER_HOUR} as hour from wide)
  where place in (${modules.map(({ id }) => id)})`);
// Every hour begins with an empty row, so that values held from before reach into it.
await main.run(`insert into wide (place, b) select place, hour * ${PER_HOUR} from hours`);

/**
 * Every row of the hours with the values that hold in it. Only rows with readings go through a
 * window function.
 */
function held({ id, columns }: Place): string {
  const list = [...columns].map(name);
  const carried = list.flatMap((column, k) => [
    `last_value(${column} ignore nulls) over w as v${k}`,
    `last_value(case when ${column} is not null then b end ignore nulls) over w as b${k}`,
  ]);
  const valid = list.map((column, k) => `case when b${k} >= r - ${HOLD} then v${k} end ${column}`);
  return `select r, ${valid} from (
    select *, unnest(range(b, least(next, (b // ${PER_HOUR} + 1) * ${PER_HOUR}))) as r from (
      select b, lead(b, 1, b + ${PER_HOUR}) over w as next, ${carried}
      from wide where place = ${id} window w as (order by b)))`;
}

// The signals of a phase or the system are held once, before they go to all modules.
for (const place of shared) {
  await main.run(`insert into wide (place, b)
    select distinct ${place.id}, hour * ${PER_HOUR} from hours`);
  await main.run(`create table held_${place.id} as ${held(place)}`);
}

const collator = new Intl.Collator("en", { numeric: true });
const escape = (part: string) =>
  encodeURIComponent(part).replace(/[_.!~*'()]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });

async function write(connection: typeof main, place: Place): Promise<void> {
  const { id, phase, module } = place;
  const above = shared.filter((other) => other.phase === undefined || other.phase === phase);
  const names = [place, ...above].flatMap(({ columns }) => [...columns]).sort(collator.compare);
  const joins = above.map(({ id }) => `left join held_${id} using (r)`);
  await connection.run(`copy (
    select make_timestamptz(r * ${STEP}000000) as timestamp, ${text(phase!)} as phase,
      ${text(module!)} as module, ${names.map(name)}, label as hour
    from (${held(place)}) join (from hours where place = ${id}) on hour = r // ${PER_HOUR}
    ${joins.join(" ")}
  ) to ${text(join(output!, `${escape(phase!)}_${escape(module!)}`))}
  (format parquet, compression snappy, write_bloom_filter false, partition_by (hour))`);
}

// A COPY keeps little more than one thread busy, so several run at a time with one thread each. One
// COPY per file would give the right names and order of rows, but takes twice as long.
await main.run("set threads = 1");
const queue = modules.values();
await Promise.all(connections.map(async (connection) => {
  for (const place of queue) await write(connection, place);
}));
