/**
 * A pool of worker processes. They are processes rather than threads, so that a crash in native
 * code ends one task, not the run. A process starts in about 60 ms, and runs as fast as a thread.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RetryableError, WriteError } from "../errors.ts";
import { dayName } from "../telemetry/mod.ts";
import { encodeFrame, readFrames } from "./frames.ts";
import type { StageTimes } from "./profile.ts";
import type {
  Answer,
  DayAnswer,
  DayProgress,
  DayTask,
  ImportAnswer,
  ImportTask,
  Reply,
  ReportTask,
  Task,
  TaskFailure,
} from "./messages.ts";

/** Thrown if a worker process died during a task. */
class WorkerDied extends Error {
  /** Its name. */
  override name = "WorkerDied";
}

/** Thrown if a closed pool or queue is given more work. */
export class PoolClosed extends Error {
  /** Its name. */
  override name = "PoolClosed";
}

/**
 * Worker processes, each of which takes the next task as soon as it is free. If a process dies, its
 * task is tried once more.
 */
export interface Pool {
  /**
   * Builds a day.
   *
   * @param task Creates the task; called when a process is free.
   * @param onAnswer Receives the answer, before the next task is created.
   * @param onProgress Receives the number of rows in the files read so far.
   */
  build(
    task: () => DayTask,
    onAnswer?: (answer: DayAnswer) => void,
    onProgress?: (rows: number) => void,
  ): Promise<DayAnswer>;
  /** Imports a file. */
  import(task: ImportTask): Promise<ImportAnswer>;
  /** Writes a page of the report. */
  report(task: ReportTask): Promise<null>;
  /** Starts some processes before they are needed. */
  warm(count: number): void;
  /** Ends idle processes; new ones start when they are needed. */
  endIdle(): Promise<void>;
  /** The peak memory of all processes together, in bytes. */
  peak(): number;
  /** The times of each process by stage, if they were measured. */
  stages(): StageTimes[];
  /** Ends all processes: idle ones exit by themselves, busy ones are killed. */
  close(): Promise<void>;
}

/** What worker processes may do, apart from reading files. */
export interface WorkerOptions {
  /** The folder that they may write; null for none. */
  write: string | null;
  /** Whether to give them all permissions. */
  all?: boolean;
  /** A file that they lock, so that a later run notices if they are still running. */
  lock?: string;
  /** The memory limit of a process that runs native code or draws charts, in bytes. */
  maxMemory?: number;
}

interface Child {
  ask(task: Task, onProgress?: (rows: number) => void): Promise<Answer>;
  end(kill: boolean): Promise<void>;
  peak: number;
  stages?: StageTimes;
}

/**
 * The memory limit of a process that runs native code or draws charts, to protect the machine. V8
 * limits the memory of JavaScript by itself, but not that of the columns that charts are drawn from.
 */
const MAX_MEMORY = 3e9;
const MEMORY_POLL_INTERVAL_MS = 50;

function needsLimit(task: Task): boolean {
  return task.kind !== "day" || task.job.options.writer === "polars";
}

/** What a process was doing, for the message that it died. */
function activityOf(task: Task): string {
  switch (task.kind) {
    case "day":
      return `building ${dayName(task.job.day)} with --writer ${task.job.options.writer}`;
    case "import":
      return `importing ${task.name}`;
    case "report":
      return "drawing a page of the report";
  }
}

/** The flags for a process's permissions; loading native code needs ffi, sys and env. */
function flagsOf({ all: everything = false, write }: WorkerOptions): string[] {
  if (everything) return ["--no-prompt", "--allow-all"];
  const paths = write === null ? [] : [...new Set([resolve(write), Deno.realPathSync(write)])];
  // A list of paths can't contain a path with a comma.
  const all = paths.some((path) => path.includes(","));
  const writes = paths.length === 0 ? [] : [all ? "--allow-write" : `--allow-write=${paths}`];
  return ["--no-prompt", "--allow-read", ...writes, "--allow-ffi", "--allow-sys", "--allow-env"];
}

function startChild(options: WorkerOptions, onExit: (child: Child) => void): Child {
  const { maxMemory = MAX_MEMORY } = options;
  const lock = options.lock === undefined ? [] : [options.lock];
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--cached-only", ...flagsOf(options), script, ...lock],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    // One thread per process is enough.
    env: { POLARS_MAX_THREADS: "1" },
  }).spawn();
  const input = process.stdin.getWriter();
  let onReply: ((reply: Reply | Error) => void) | null = null;
  let [activity, killedFor] = ["starting", ""];
  let onRows: (rows: number) => void = () => {};
  const kill = (reason: string) => {
    killedFor = reason;
    endNow(process);
  };
  const listen = async () => {
    for await (const frame of readFrames(process.stdout)) {
      const message = frame as Reply | DayProgress;
      if (message.kind === "reply") onReply?.(message);
      else onRows(message.rows);
    }
  };
  const listening = listen().catch((error) =>
    kill(`a worker sent a broken message: ${error.message}`)
  );
  let guard: ReturnType<typeof setInterval> | undefined;
  const exited = process.status.then(async ({ code, signal }) => {
    await listening;
    onExit(child);
    const how = signal ?? `status ${code}`;
    const died = new WorkerDied(`a worker process died (${how}) while ${activity}`);
    onReply?.(killedFor === "" ? died : new Error(killedFor));
  });
  const child: Child = {
    peak: 0,
    ask: (task, onProgress = () => {}) =>
      new Promise((resolve, reject) => {
        activity = activityOf(task);
        onRows = onProgress;
        if (needsLimit(task)) {
          guard = setInterval(() => {
            if (residentMemory(process.pid) < maxMemory) return;
            kill(`it took more than ${maxMemory / 1e9} GB of memory while ${activity}`);
          }, MEMORY_POLL_INTERVAL_MS);
        }
        onReply = (reply) => {
          onReply = null;
          clearInterval(guard);
          if (reply instanceof Error) return reject(reply);
          child.peak = reply.peak;
          if (reply.stages !== undefined) child.stages = reply.stages;
          if ("answer" in reply) resolve(reply.answer);
          else reject(errorOf(reply.failure));
        };
        // Write errors are ignored: the exit handler reports a dead process.
        input.write(encodeFrame(task)).catch(() => {});
      }),
    end(kill) {
      if (kill) endNow(process);
      else input.close().catch(() => {});
      return exited;
    },
  };
  return child;
}

/** Recreates the error of a worker. */
function errorOf({ reason, retryable, unwritable }: TaskFailure): Error {
  if (unwritable !== null) return new WriteError(unwritable, reason);
  return new (retryable ? RetryableError : Error)(reason);
}

/** Kills a process, unless it has ended already: Ctrl-C in a terminal reaches all processes. */
function endNow(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The memory of a process in bytes; 0 if it can't be determined. */
function residentMemory(pid: number): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * 4096;
  } catch {
    return 0;
  }
}

/** Makes a pool of at most `size` processes, which start when they are needed. */
export function createPool(size: number, options: WorkerOptions): Pool {
  const [all, idle] = [new Set<Child>(), [] as Child[]];
  const waiting: ((child: Child) => void)[] = [];
  const ended: Child[] = [];
  let dead = 0; // the highest peak of a process that has ended
  let closed = false;
  const start = (): Child => {
    const child = startChild(options, (child) => {
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
    onAnswer?: (answer: A) => void,
    onProgress?: (rows: number) => void,
  ): Promise<A> => {
    if (closed) throw new PoolClosed("the run has ended");
    const child = idle.pop() ?? (all.size < size ? start() : null) ??
      await new Promise<Child>((take) => waiting.push(take));
    try {
      const answer = await child.ask(task(), onProgress) as A;
      onAnswer?.(answer);
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
  const run: typeof attempt = async (...args) => {
    for (let isRetry = false;; isRetry = true) {
      try {
        return await attempt(...args);
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        if (isRetry) throw new RetryableError(`${error.message}, twice`);
      }
    }
  };
  return {
    build: (...args) => run(...args),
    import: (task) => run<ImportAnswer>(() => task),
    report: (task) => run<null>(() => task),
    warm(count) {
      while (all.size < Math.min(size, count)) idle.push(start());
    },
    async endIdle() {
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
