/**
 * A pool of worker processes. Processes rather than threads: native code that dies takes down one
 * task, not the run. A process starts in about 60 ms, and runs as fast as a thread.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
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
  /** The most memory that the processes had, together, in bytes. */
  peak(): number;
  /** Ends all processes: idle ones by themselves, the others at once. */
  close(): Promise<void>;
}

interface Child {
  ask(task: DayTask | CopyTask): Promise<DayAnswer | CopyAnswer>;
  end(kill: boolean): Promise<void>;
  peak: number;
}

function startChild(onExit: (child: Child) => void): Child {
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const process = spawn(Deno.execPath(), ["run", "--quiet", "--no-prompt", "-A", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let settle: ((reply: Reply | WorkerDied) => void) | null = null;
  createInterface({ input: process.stdout }).on("line", (line) => {
    // Native code may print too; only our own lines are replies.
    if (line.startsWith('{"peak":')) settle?.(JSON.parse(line));
  });
  process.stdin.on("error", () => {}); // a dead process is told by its exit
  const { promise: exited, resolve: exit } = Promise.withResolvers<void>();
  process.on("exit", (code, signal) => {
    onExit(child);
    settle?.(new WorkerDied(`a worker process died (${signal ?? `status ${code}`})`));
    exit();
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
        process.stdin.write(`${JSON.stringify(task)}\n`);
      }),
    end(kill) {
      if (kill) process.kill("SIGKILL");
      else process.stdin.end();
      return exited;
    },
  };
  return child;
}

/** Makes a pool of at most `size` processes, which start when they are needed. */
export function createPool(size: number): Pool {
  const [all, idle] = [new Set<Child>(), [] as Child[]];
  const waiting: ((child: Child) => void)[] = [];
  let dead = 0;
  let closed = false;
  const start = (): Child => {
    const child = startChild((child) => {
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
    peak: () => [...all].reduce((sum, { peak }) => sum + peak, dead),
    async close() {
      closed = true;
      await Promise.all([...all].map((child) => child.end(!idle.includes(child))));
    },
  };
}
