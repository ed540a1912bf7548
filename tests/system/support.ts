/**
 * Starts runs that tests stop at an instant of their choice.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Row } from "../helpers/oracle.ts";
import {
  assertSameTree,
  cli,
  dayFile,
  exists,
  JULY_13,
  put,
  readHour,
  ROOT,
  tree,
} from "../helpers/support.ts";

/** The beginning of a shell command that runs the tool. */
export const TOOL = `${Deno.execPath()} run -A ${join(ROOT, "solution.ts")}`;

/** Readings of two modules, their phase and the system, in some hours of each day. */
export function rowsOf(days: number, salt: number = 0): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < days * 24; i++) {
    if (i % 24 > 1 && i % 24 < 22) continue; // only late and early hours, since midnights matter
    for (let k = 0; k < 6; k++) {
      const time = JULY_13 + i * 3600 + k * 599;
      const value = String(50 + ((i * 7 + k * 3 + salt) % 11));
      const reading = (payload: string, value: string, tags: Row["tags"]) =>
        rows.push({ time, payload, value, tags });
      for (const module of ["1", "2"]) {
        reading("volts", value, [["phase", "1"], ["module", module]]);
      }
      reading("amps", value, [["phase", "1"]]);
      reading("state", k % 2 === 0 ? "IDLE" : "RUN", [["message_source", "master"]]);
    }
  }
  return rows;
}

/** Writes rows as two day files, divided at the given share of the rows. */
export function putFiles(folder: string, rows: readonly Row[], files: number): void {
  const size = Math.ceil(rows.length / files);
  for (let i = 0; i < files; i++) {
    put(join(folder, `${i}.parquet`), dayFile(rows.slice(i * size, (i + 1) * size)));
  }
}

/** A run in a process group of its own, so that it can be killed with all its children. */
export interface Group {
  child: Deno.ChildProcess;
  /** Kills all processes at once. */
  kill(): Promise<void>;
  /** Sends all processes SIGINT, as a terminal does on Ctrl-C; resolves to the exit status. */
  interrupt(): Promise<number>;
  /** Resolves when a text occurs on standard error again after the previous call. */
  says(text: string): Promise<void>;
  /** The text on standard error so far. */
  text(): string;
}

/** Starts the tool; it may be told to stop at a failpoint. */
export function start(args: string[], halt?: string): Group {
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), "run", "-A", join(ROOT, "solution.ts"), ...args],
    stdout: "null",
    stderr: "piped",
    ...(halt !== undefined && { env: { HOURGRID_HALT: halt } }),
  }).spawn();
  let text = "";
  const seen = new Map<string, number>();
  let wake = () => {};
  const reading = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += part;
      wake();
    }
    wake();
  })();
  const signal = (name: string) =>
    new Deno.Command("kill", { args: [`-${name}`, "--", `-${child.pid}`], stderr: "null" })
      .output();
  return {
    child,
    async kill() {
      await signal("KILL");
      await child.status;
      await reading;
    },
    async interrupt() {
      await signal("INT");
      const { code } = await child.status;
      await reading;
      return code;
    },
    text: () => text,
    async says(wanted) {
      let over = false;
      reading.then(() => over = true);
      const late = setTimeout(() => wake(), 30_000);
      const started = Date.now();
      const from = seen.get(wanted) ?? 0;
      while (!text.includes(wanted, from)) {
        assert.ok(!over && Date.now() - started < 30_000, `nothing like '${wanted}':\n${text}`);
        await new Promise<void>((resolve) => wake = resolve);
      }
      seen.set(wanted, text.indexOf(wanted, from) + wanted.length);
      clearTimeout(late);
    },
  };
}

/** Fails unless every visible hour file is complete. */
export async function assertWhole(out: string): Promise<void> {
  for (const name of safeTree(out).keys()) {
    const table = await readHour(join(out, name));
    for (const [column, cells] of table) assert.equal(cells.length, 720, `${name} ${column}`);
  }
}

function safeTree(out: string): Map<string, Uint8Array> {
  try {
    return tree(out);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}

/** Runs after a killed run, and fails unless the tree equals that of a run from scratch. */
export async function assertRecovers(input: string, out: string): Promise<void> {
  const fresh = `${out} fresh`;
  const { code, stderr } = await cli("--input", input, "--output", out, "--quiet");
  assert.deepEqual([code, stderr], [0, ""]);
  const again = await cli("--input", input, "--output", fresh, "--quiet");
  assert.deepEqual([again.code, again.stderr], [0, ""]);
  assertSameTree(out, fresh);
  assert.deepEqual(hidden(out), [], "nothing hidden is left");
  const left = ["staged", "intents"].flatMap((name) => listed(join(out, "_etl", name)));
  assert.deepEqual(left, [], "nothing is on its way to its place");
  Deno.removeSync(fresh, { recursive: true });
}

function listed(folder: string): string[] {
  return exists(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name) : [];
}

/** Hidden files at any depth. */
export function hidden(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? hidden(join(folder, name)) : name.startsWith(".") ? [join(folder, name)] : []
  );
}
