/**
 * What many tests need: temporary folders, the command line as a process, and hour files as values.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { encodeDayFile } from "../../lib/telemetry/mod.ts";
import type { TableOptions } from "../../lib/hours/mod.ts";
import type { Row, Table } from "./oracle.ts";

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Real telemetry, if it is available. */
export const TELEMETRY = join(ROOT, "..", "shared", "telemetry");

/** The start of 13 July 2024, the day of most tests, in seconds since the epoch. */
export const JULY_13 = 1_720_828_800;

/** The default options of hour files. */
export const TABLE_OPTIONS: TableOptions = {
  interval: 5,
  maxGap: 300,
  fill: "hold",
  aggregate: "mean",
  compression: "snappy",
  writer: "fast",
};

/** Whether there is something at a path. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether there is a file at a path, and something in it. */
export function hasText(path: string): boolean {
  return exists(path) && Deno.statSync(path).size > 0;
}

/** Creates a folder for a test, and removes it at the end. */
export async function inFolder(test: (folder: string) => unknown): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "hourgrid-test-" });
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The output of a command, and its exit status. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the tool as a user would. */
export function cli(...args: string[]): Promise<Ran> {
  return runTool([Deno.execPath()], args);
}

/** Runs the tool as a user to whom permissions apply, unlike root. */
export function cliAsUser(...args: string[]): Promise<Ran> {
  const drop = ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
  return runTool(["setpriv", ...drop, Deno.execPath()], args);
}

async function runTool([program, ...before]: string[], args: readonly string[]): Promise<Ran> {
  const command = new Deno.Command(program!, {
    args: [...before, "run", "-A", join(ROOT, "solution.ts"), ...args],
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs the tool on `in/` of a folder into `out/`, and returns its summary. */
// deno-lint-ignore no-explicit-any -- a JSON document
export async function etl(folder: string, ...args: string[]): Promise<any> {
  const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
  const { code, stdout, stderr } = await cli(...paths, "--json", ...args);
  assert.ok(stdout !== "", stderr);
  return { code, stderr, ...JSON.parse(stdout) };
}

/** Writes a file, and the folders above it. */
export function put(path: string, content: string | Uint8Array): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
}

/** All files below a folder by relative path; names that begin with `_` or `.` are skipped. */
export function tree(folder: string, prefix: string = ""): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, prefix))) {
    if (/^[._]/.test(name)) continue;
    const path = prefix + name;
    if (isDirectory) tree(folder, `${path}/`).forEach((bytes, key) => found.set(key, bytes));
    else found.set(path, Deno.readFileSync(join(folder, path)));
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

/** The tables that a run of all days publishes. */
export const TABLES: readonly string[] = ["daily.csv", "signals.csv", "events.csv"];

/** Fails unless two folders have the same hour files and tables, byte by byte. */
export function assertSameTree(a: string, b: string): void {
  for (const name of TABLES) {
    const [left, right] = [a, b].map((folder) => Deno.readTextFileSync(join(folder, "_etl", name)));
    assert.equal(left, right, name);
  }
  assertSameHours(a, b);
}

/** Fails unless two folders have the same hour files, byte by byte. */
export function assertSameHours(a: string, b: string): void {
  const [left, right] = [tree(a), tree(b)];
  assert.deepEqual([...left.keys()], [...right.keys()]);
  assert.ok(left.size > 0, "there are no files to compare");
  for (const [name, bytes] of left) assert.deepEqual(right.get(name), bytes, name);
}

/** Reads an hour file; timestamps are microseconds since the epoch. */
export async function readHour(path: string): Promise<Table> {
  const parsers = { timestampFromMicroseconds: (micros: bigint) => Number(micros) };
  const file = await asyncBufferFromFile(path);
  const rows = await parquetReadObjects({ file, parsers });
  const names = Object.keys(rows[0]!);
  return new Map(names.map((name) => [name, rows.map((row) => row[name])]));
}

/** Fails unless a folder has exactly the expected hour files, value by value. */
export async function assertTables(folder: string, expected: Map<string, Table>): Promise<void> {
  assert.deepEqual([...tree(folder).keys()], [...expected.keys()].sort());
  for (const [path, table] of expected) {
    const found = await readHour(join(folder, path));
    assert.deepEqual([...found.keys()], [...table.keys()], path);
    for (const [name, cells] of table) {
      const other = found.get(name)!;
      const at = cells.findIndex((cell, i) => !Object.is(cell, other[i]));
      assert.ok(
        at < 0 && other.length === cells.length,
        `${path}, ${name}, row ${at}: expected ${cells[at]}, found ${other[at]}`,
      );
    }
  }
}

/** Bytes that end like a parquet file whose footer names its writer: this tool, or another one. */
export function fakeHour(createdBy: string = "hourgrid version 0.1.0"): Uint8Array {
  const footer = new TextEncoder().encode(createdBy);
  const length = new Uint8Array(Uint32Array.of(footer.length).buffer);
  const magic = new TextEncoder().encode("PAR1");
  return Uint8Array.of(...magic, ...footer, ...length, ...magic);
}

/** Encodes rows as a day file that takes the hot path. */
export function dayFile(rows: readonly Row[], perSecond: number = 1): Uint8Array {
  const coded = <T>(values: T[]) => {
    const keys = values.map((value) => typeof value === "bigint" ? value : JSON.stringify(value));
    const places = new Map(keys.map((key, i) => [key, i]));
    const dictionary = [...places.values()].map((i) => values[i]!);
    const codes = new Map([...places.keys()].map((key, code) => [key, code]));
    return { dictionary, codes: Int32Array.from(keys, (key) => codes.get(key)!) };
  };
  return encodeDayFile({
    timestamp: coded(rows.map(({ time }) => BigInt(Math.round(time * perSecond)))),
    payload: coded(rows.map(({ payload }) => payload)),
    value: coded(rows.map(({ value }) => value)),
    tags: coded(rows.map(({ tags }) => tags)),
  });
}

/** Writes rows as CSV, with tags as JSON. */
export function csv(rows: readonly Row[]): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map(({ time, payload, value, tags }) =>
    [String(time), quote(payload), quote(value), quote(JSON.stringify(tags))].join(",")
  );
  return ["timestamp,payload_type,value,tags", ...lines].join("\n") + "\n";
}
