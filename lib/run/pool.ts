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
import { TemporaryError } from "../errors.ts";
import type { StageTimes } from "./profile.ts";
import type {
  Answer,
  CopyAnswer,
  CopyTask,
  DayAnswer,
  DayTask,
  Reply,
  ReportAnswer,
  ReportTask,
  Task,
} from "./messages.ts";

/** Thrown when a worker process died of a task. */
class WorkerDied extends Error {
  /** Its name. */
  override name = "WorkerDied";
}

/** Thrown when a pool that is closed is asked for more. */
export class PoolClosed extends Error {
  /** Its name. */
  override name = "PoolClosed";
}

/**
 * Worker processes that take tasks, each the next one as soon as it is free. A task whose process
 * dies is tried once more.
 */
export interface Pool {
  /**
   * Has a day built.
   *
   * @param task Is made when a process is free for it.
   * @param heard Is given the answer before any other task is made.
   */
  build(task: () => DayTask, heard: (answer: DayAnswer) => void): Promise<DayAnswer>;
  /** Has a file copied. */
  copy(task: CopyTask): Promise<CopyAnswer>;
  /** Has a page of the report written. */
  report(task: ReportTask): Promise<ReportAnswer>;
  /** Starts some processes before they are needed. */
  warm(count: number): void;
  /** Ends processes that are idle; others start when they are needed. */
  rest(): Promise<void>;
  /** The most memory that the processes had, together, in bytes. */
  peak(): number;
  /** Where the time of each process went, if that was measured. */
  stages(): StageTimes[];
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
  /** Whether they may do everything. */
  all?: boolean;
  /** Whether they load native code, which Deno's permissions do not hold. */
  native: boolean;
  /** A file that they lock, so that a later run can tell whether one is left. */
  lock?: string;
}

interface Child {
  ask(task: Task): Promise<Answer>;
  end(kill: boolean): Promise<void>;
  peak: number;
  stages?: StageTimes;
}

/** A native reader that takes more memory than this is stopped. */
const MOST_MEMORY = 3e9;

/** The flags that give a process its rights. */
function flagsOf({ all: everything = false, write, native }: Rights): string[] {
  const v8 = native ? ["--v8-flags=--expose-gc"] : [];
  if (everything) return ["--no-prompt", "--allow-all", ...v8];
  const paths = write === null ? [] : [...new Set([resolve(write), Deno.realPathSync(write)])];
  // A list of paths has no way to write a comma.
  const all = paths.some((path) => path.includes(","));
  const writes = paths.length === 0 ? [] : [all ? "--allow-write" : `--allow-write=${paths}`];
  const others = native
    ? ["--allow-ffi", "--allow-sys", "--allow-env"]
    : ["--allow-env=HOURGRID_HALT,HOURGRID_PROFILE"];
  return ["--no-prompt", "--allow-read", ...writes, ...others, ...v8];
}

function lockOf({ lock }: Rights): string[] {
  return lock === undefined ? [] : [lock];
}

function startChild(rights: Rights, onExit: (child: Child) => void): Child {
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--cached-only", ...flagsOf(rights), script, ...lockOf(rights)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    // As many threads as there are processes is enough.
    env: { POLARS_MAX_THREADS: "1" },
  }).spawn();
  const input = process.stdin.getWriter();
  let settle: ((reply: Reply | Error) => void) | null = null;
  let reason = "";
  // deno-lint-ignore no-explicit-any -- the two libraries' streams are the same
  createInterface({ input: Readable.fromWeb(process.stdout as any) }).on("line", (line) => {
    // Native code may print too; only our own lines are replies.
    if (line.startsWith('{"peak":')) settle?.(JSON.parse(line));
  });
  const guard = rights.native
    ? setInterval(() => {
      if (residentMemory(process.pid) < MOST_MEMORY) return;
      reason = `it took more than ${MOST_MEMORY / 1e9} GB of memory`;
      endNow(process);
    }, 50)
    : undefined;
  const exited = process.status.then(({ code, signal }) => {
    clearInterval(guard);
    onExit(child);
    const died = new WorkerDied(`a worker process died (${signal ?? `status ${code}`})`);
    settle?.(reason === "" ? died : new Error(reason));
  });
  const child: Child = {
    peak: 0,
    ask: (task) =>
      new Promise((resolve, reject) => {
        settle = (reply) => {
          settle = null;
          if (reply instanceof Error) return reject(reply);
          child.peak = reply.peak;
          if (reply.stages !== undefined) child.stages = reply.stages;
          if ("answer" in reply) resolve(reply.answer);
          else reject(new (reply.temporary ? TemporaryError : Error)(reply.failure));
        };
        // A dead process is told by its exit.
        input.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`)).catch(() => {});
      }),
    end(kill) {
      if (kill) endNow(process);
      else input.close().catch(() => {});
      return exited;
    },
  };
  return child;
}

/** Ends a process, which may have ended: Ctrl-C on a terminal reaches all processes of a run. */
function endNow(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
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
  const ended: Child[] = [];
  let dead = 0; // the most memory of one that has ended
  let closed = false;
  const start = (): Child => {
    const child = startChild(rights, (child) => {
      all.delete(child);
      dead = Math.max(dead, child.peak);
      ended.push(child);
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
      if (!closed) waiting.shift()?.(start());
    });
    all.add(child);
    return child;
  };
  const attempt = async <A extends Answer>(
    task: () => Task,
    heard?: (answer: A) => void,
  ): Promise<A> => {
    if (closed) throw new PoolClosed("the run has ended");
    const child = idle.pop() ?? (all.size < size ? start() : null) ??
      await new Promise<Child>((take) => waiting.push(take));
    try {
      const answer = await child.ask(task()) as A;
      heard?.(answer);
      return answer;
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
  const run: typeof attempt = async (task, heard) => {
    try {
      return await attempt(task, heard);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
    }
    try {
      return await attempt(task, heard);
    } catch (error) {
      throw error instanceof WorkerDied ? new TemporaryError(`${error.message}, twice`) : error;
    }
  };
  return {
    build: (task, heard) => run(task, heard),
    copy: (task) => run<CopyAnswer>(() => task),
    report: (task) => run<ReportAnswer>(() => task),
    warm(count) {
      while (all.size < Math.min(size, count)) idle.push(start());
    },
    async rest() {
      await Promise.all(idle.splice(0).map((child) => child.end(false)));
    },
    stages: () => [...ended, ...all].flatMap(({ stages }) => stages ?? []),
    peak: () => [...all].reduce((sum, { peak }) => sum + peak, dead),
    async close() {
      closed = true;
      await Promise.all([...all].map((child) => child.end(!idle.includes(child))));
    },
  };
}
