/**
 * Compares two outputs of the main job, value by value.
 *
 * @module
 */
import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";

/** What a comparison found. */
export interface Comparison {
  cells: number;
  differing: number;
  /** How many files of each output have rows that are not in order of time. */
  unordered: [ours: number, theirs: number];
  /** Modules, columns, files or rows that are missing or unexpected. */
  problems: string[];
}

/** The same numbers summed in another order differ in the last digit. */
const TOLERANCE = 1e-9;

const modulesIn = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !/^[._]/.test(name))
    .sort();

/** Compares the hour files in two folders; inside a module, their names may differ. */
export async function compare(ours: string, theirs: string): Promise<Comparison> {
  const connection = await (await DuckDBInstance.create()).connect();
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  const found: Comparison = { cells: 0, differing: 0, unordered: [0, 0], problems: [] };
  const [modules, others] = [modulesIn(ours), modulesIn(theirs)];
  if (`${modules}` !== `${others}`) found.problems.push(`modules ${modules}, but ${others}`);
  for (const module of modules.filter((name) => others.includes(name))) {
    const tables = [ours, theirs].map((folder) => {
      const files = join(folder, module, "**", "*.parquet").replaceAll("'", "''");
      return `read_parquet('${files}', hive_partitioning = false)`;
    });
    for (const [side, table] of tables.entries()) {
      const [files] = await query(`
        select count(*) filter (rows <> 720 or times <> 720 or hours <> 1)::int as bad,
          count(*) filter (not ordered)::int as unordered
        from (
          select count(*) as rows, count(distinct time) as times,
            count(distinct time // 3600000000) as hours,
            bool_and(time % 3600000000 = file_row_number * 5000000) as ordered
          from (select epoch_us(timestamp) as time, filename, file_row_number from ${table})
          group by filename
        )`);
      if (files!.bad !== 0) {
        found.problems.push(`${module}: ${files!.bad} files are not a whole hour`);
      }
      found.unordered[side]! += Number(files!.unordered);
    }
    const [head, otherHead] = await Promise.all(
      tables.map((table) => query(`select column_name, column_type from (describe from ${table})`)),
    );
    if (JSON.stringify(head) !== JSON.stringify(otherHead)) {
      found.problems.push(`${module}: the columns differ`);
      continue;
    }
    const differs = head!.map(({ column_name, column_type }, k) => {
      const [a, b] = [`a."${column_name}"`, `b."${column_name}"`];
      const near = `abs(${a} - ${b}) <= ${TOLERANCE} * greatest(abs(${a}), abs(${b}))`;
      const isNear = column_type === "DOUBLE" ? `coalesce(${near}, false)` : "false";
      return `count(*) filter (${a} is distinct from ${b} and not ${isNear})::int as c${k}`;
    });
    const [sum] = await query(`select count(*)::int as rows, ${differs}
      from ${tables[0]} a full join ${tables[1]} b using (timestamp)`);
    const { rows, ...counts } = sum as Record<string, number>;
    found.cells += rows! * differs.length;
    found.differing += Object.values(counts).reduce((total, count) => total + count, 0);
  }
  if (found.unordered[0] > 0) found.problems.push("our rows are not in order of time");
  return found;
}
