/**
 * A pool of worker processes. Processes rather than threads: native code that dies takes down one
 * task, not the run. A process starts in about 60 ms, and runs as fast as a thread.
 *
 * @module
 */
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { CopyAnswer, CopyTask, DayAnswer, DayTask, Reply } from "./worker.ts";

/** Thrown when a worker process died of a task. */
export class WorkerDied extends Error {
  /** Its name. */
  override name = "WorkerDied";
}

/** Thrown when a pool that is closed is asked for more. */
export class PoolClosed extends Error {
  /** Its name. */
  override name = "PoolClosed";
}

/** Worker processes that take tasks, each the next one as soon as it is free. */
export interface Pool {
  /** Has a day built; the task is made when a process is free for it. */
  build(task: () => DayTask): Promise<DayAnswer>;
  /** Has a file copied. */
  copy(task: CopyTask): Promise<CopyAnswer>;
  /** Starts processes before they are needed. */
  warm(): void;
  /** Ends processes that are idle; others start when they are needed. */
  rest(): Promise<void>;
  /** The most memory that the processes had, together, in bytes. */
  peak(): number;
  /** Ends all processes: idle ones by themselves, the others at once. */
  close(): Promise<void>;
}

/**
 * What worker processes may do. They read only what the run itself, held by its own permissions,
 * has looked at before.
 */
export interface Rights {
  /** The folder that they may write; null for none. */
  write: string | null;
  /** Whether they load native code, which Deno's permissions do not hold. */
  native: boolean;
}

interface Child {
  ask(task: DayTask | CopyTask): Promise<DayAnswer | CopyAnswer>;
  end(kill: boolean): Promise<void>;
  peak: number;
}

/** A native reader that takes more memory than this is stopped. */
const MOST_MEMORY = 3e9;

/** The flags that give a process its rights. */
function flagsOf({ write, native }: Rights): string[] {
  const paths = write === null ? [] : [...new Set([resolve(write), Deno.realPathSync(write)])];
  // A list of paths has no way to write a comma.
  const all = paths.some((path) => path.includes(","));
  const writes = paths.length === 0 ? [] : [all ? "--allow-write" : `--allow-write=${paths}`];
  const others = native
    ? ["--allow-ffi", "--allow-sys", "--allow-env"]
    : ["--allow-env=HOURGRID_HALT"];
  return ["--no-prompt", "--allow-read", ...writes, ...others];
}

function startChild(rights: Rights, onExit: (child: Child) => void): Child {
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--cached-only", ...flagsOf(rights), script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = process.stdin.getWriter();
  let settle: ((reply: Reply | WorkerDied) => void) | null = null;
  let reason = "";
  // deno-lint-ignore no-explicit-any -- the two libraries' streams are the same
  createInterface({ input: Readable.fromWeb(process.stdout as any) }).on("line", (line) => {
    // Native code may print too; only our own lines are replies.
    if (line.startsWith('{"peak":')) settle?.(JSON.parse(line));
  });
  const guard = rights.native
    ? setInterval(() => {
      if (residentMemory(process.pid) < MOST_MEMORY) return;
      reason = `took more than ${MOST_MEMORY / 1e9} GB of memory`;
      process.kill("SIGKILL");
    }, 50)
    : undefined;
  const exited = process.status.then(({ code, signal }) => {
    clearInterval(guard);
    onExit(child);
    settle?.(new WorkerDied(reason || `a worker process died (${signal ?? `status ${code}`})`));
  });
  const child: Child = {
    peak: 0,
    ask: (task) =>
      new Promise((resolve, reject) => {
        settle = (reply) => {
          settle = null;
          if (reply instanceof WorkerDied) return reject(reply);
          child.peak = reply.peak;
          if ("failure" in reply) reject(new Error(reply.failure));
          else resolve(reply.answer);
        };
        // A dead process is told by its exit.
        input.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`)).catch(() => {});
      }),
    end(kill) {
      if (kill) process.kill("SIGKILL");
      else input.close().catch(() => {});
      return exited;
    },
  };
  return child;
}

/** The memory of a process in bytes; 0 where the system does not say. */
function residentMemory(pid: number): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * 4096;
  } catch {
    return 0;
  }
}

/** Makes a pool of at most `size` processes, which start when they are needed. */
export function createPool(size: number, rights: Rights): Pool {
  const [all, idle] = [new Set<Child>(), [] as Child[]];
  const waiting: ((child: Child) => void)[] = [];
  let dead = 0;
  let closed = false;
  const start = (): Child => {
    const child = startChild(rights, (child) => {
      all.delete(child);
      dead = Math.max(dead, child.peak);
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
      if (!closed) waiting.shift()?.(start());
    });
    all.add(child);
    return child;
  };
  const run = async (task: () => DayTask | CopyTask): Promise<DayAnswer | CopyAnswer> => {
    if (closed) throw new PoolClosed("the run has ended");
    const child = idle.pop() ?? (all.size < size ? start() : null) ??
      await new Promise<Child>((take) => waiting.push(take));
    try {
      return await child.ask(task());
    } catch (error) {
      throw closed ? new PoolClosed("the run has ended") : error;
    } finally {
      if (all.has(child)) {
        const next = waiting.shift();
        if (next !== undefined) next(child);
        else idle.push(child);
      }
    }
  };
  return {
    build: (task) => run(task) as Promise<DayAnswer>,
    copy: (task) => run(() => task) as Promise<CopyAnswer>,
    warm() {
      while (all.size < size) idle.push(start());
    },
    async rest() {
      await Promise.all(idle.splice(0).map((child) => child.end(false)));
    },
    peak: () => [...all].reduce((sum, { peak }) => sum + peak, dead),
    async close() {
      closed = true;
      await Promise.all([...all].map((child) => child.end(!idle.includes(child))));
    },
  };
}
