/**
 * Runs a program and measures it from outside, by what Linux reports in `/proc`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** What a run took: seconds, CPU seconds, and bytes of memory. */
export interface Measured {
  wall: number;
  cpu: number;
  peak: number;
}

const TICKS_PER_SECOND = 100;
const PAGE = 4096;
const SAMPLE_EVERY_MS = 20;
/** Finding all processes costs more than looking at the known ones again. */
const SAMPLES_PER_SCAN = 5;

/** The median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The medians of several runs. */
export function medians(runs: readonly Measured[]): Measured {
  const of = (what: keyof Measured) => median(runs.map((run) => run[what]));
  return { wall: of("wall"), cpu: of("cpu"), peak: of("peak") };
}

/** The real telemetry beside this project, or the sample where there is none. */
export function defaultInput(): string {
  const telemetry = join(ROOT, "..", "shared", "telemetry");
  return existsSync(telemetry) ? telemetry : join(ROOT, "data");
}

/** All files at or below a path. */
export function* walk(path: string): Generator<{ path: string; size: number }> {
  const { isFile, size } = Deno.statSync(path);
  if (isFile) yield { path, size };
  else for (const { name } of Deno.readDirSync(path)) yield* walk(join(path, name));
}

function statOf(process: string): number[] {
  const stat = Deno.readTextFileSync(`/proc/${process}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 4).split(" ").map(Number);
}

/** CPU seconds of all processes that this one has waited for, and that those have waited for. */
function childrenCpu(): number {
  const [cutime, cstime] = statOf("self").slice(12, 14);
  return (cutime! + cstime!) / TICKS_PER_SECOND;
}

function tree(root: number): number[] {
  const parents: [process: number, parent: number][] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    try {
      if (/^\d+$/.test(name)) parents.push([Number(name), statOf(name)[0]!]);
    } catch { /* It has ended in the meantime. */ }
  }
  const found = [root];
  for (const above of found) {
    found.push(...parents.filter(([, parent]) => parent === above).map(([process]) => process));
  }
  return found;
}

/** Resident bytes; pages of files (the program itself) are counted once, not once per process. */
function memory(processes: readonly number[]): number {
  let [own, shared] = [0, 0];
  for (const process of processes) {
    try {
      const [, resident, file] = Deno.readTextFileSync(`/proc/${process}/statm`).split(" ")
        .map(Number);
      own += resident! - file!;
      shared = Math.max(shared, file!);
    } catch { /* It has ended in the meantime. */ }
  }
  return (own + shared) * PAGE;
}

/**
 * Runs Deno with some arguments to its end. It starts once everything written earlier is on disk.
 *
 * @throws {Error} If the program fails; the message holds what it printed.
 */
export async function measure(args: string[]): Promise<Measured & { stdout: string }> {
  await new Deno.Command("sync").output();
  const [started, cpuBefore] = [performance.now(), childrenCpu()];
  const command = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" });
  const child = command.spawn();
  let [peak, samples, processes] = [0, 0, [child.pid]];
  const timer = setInterval(() => {
    if (samples++ % SAMPLES_PER_SCAN === 0) processes = tree(child.pid);
    peak = Math.max(peak, memory(processes));
  }, SAMPLE_EVERY_MS);
  const { code, stdout, stderr } = await child.output();
  clearInterval(timer);
  const wall = (performance.now() - started) / 1000;
  const decoder = new TextDecoder();
  if (code !== 0) {
    throw new Error(`${args.join(" ")} ended with ${code}: ${decoder.decode(stderr)}`);
  }
  return { wall, cpu: childrenCpu() - cpuBefore, peak, stdout: decoder.decode(stdout) };
}
