/**
 * A pool of worker processes. They are processes rather than threads, so that a crash in native
 * code ends one task, not the run. A process starts in about 60 ms, and runs as fast as a thread.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RetryableError, RunEnded, WriteError } from "../errors.ts";
import { dayName } from "../telemetry/mod.ts";
import {
  type Answers,
  type DayProgress,
  encodeMessage,
  readMessages,
  type Reply,
  type Task,
  type TaskFailure,
} from "./messages.ts";
import type { StageTimes } from "./profile.ts";

/** Thrown if a worker process died during a task. */
class WorkerDied extends Error {}

/** What worker processes may do, apart from reading files. */
export interface WorkerOptions {
  /** The folder that they may write; null for none. */
  write: string | null;
  /** Whether to give them all permissions. */
  allowAll?: boolean;
  /** A file that they lock, so that a later run notices if they are still running. */
  lock?: string;
  /** The memory limit of a process that runs native code or draws charts, in bytes. */
  maxMemory?: number;
}

/**
 * Worker processes, each of which takes the next task as soon as it is free. If a process dies, its
 * task is tried once more.
 */
export class Pool {
  readonly #size: number;
  readonly #options: WorkerOptions;
  readonly #living = new Set<Child>();
  readonly #ended: Child[] = [];
  readonly #idle: Child[] = [];
  readonly #waiting: ((child: Child) => void)[] = [];
  #isClosed = false;

  /** Makes a pool of at most `size` processes, which start when they are needed. */
  constructor(size: number, options: WorkerOptions) {
    this.#size = size;
    this.#options = options;
  }

  /**
   * Has a process perform a task.
   *
   * @param task Creates the task; called when a process is free.
   * @param onAnswer Receives the answer, before the next task is created.
   * @param onRows Receives the number of rows in the files that were read so far for a day.
   * @throws {RunEnded} If the pool is closed.
   */
  async run<Kind extends keyof Answers>(
    task: () => Task & { kind: Kind },
    onAnswer: (answer: Answers[Kind]) => void = () => {},
    onRows: (rows: number) => void = () => {},
  ): Promise<Answers[Kind]> {
    for (let isRetry = false;; isRetry = true) {
      try {
        return await this.#attempt(task, onAnswer, onRows);
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        if (isRetry) {
          throw new RetryableError(`${error.message}, twice: if memory ran out, try --jobs 1`);
        }
      }
    }
  }

  /** Starts some processes before they are needed. */
  warm(count: number): void {
    while (this.#living.size < Math.min(this.#size, count)) this.#idle.push(this.#start());
  }

  /** Ends idle processes; new ones start when they are needed. */
  async endIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((child) => child.end(false)));
  }

  /** The peak memory of all processes together, in bytes. */
  peak(): number {
    const ended = Math.max(0, ...this.#ended.map(({ peak }) => peak));
    return this.#living.values().reduce((sum, { peak }) => sum + peak, ended);
  }

  /** The times of each process by stage, if they were measured. */
  stages(): StageTimes[] {
    return [...this.#ended, ...this.#living].flatMap(({ stages }) => stages ?? []);
  }

  /** Ends all processes: idle ones exit by themselves, busy ones are killed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#living].map((child) => child.end(!this.#idle.includes(child))));
  }

  #start(): Child {
    const child = new Child(this.#options, () => {
      this.#living.delete(child);
      this.#ended.push(child);
      if (this.#idle.includes(child)) this.#idle.splice(this.#idle.indexOf(child), 1);
      if (!this.#isClosed) this.#waiting.shift()?.(this.#start());
    });
    this.#living.add(child);
    return child;
  }

  async #attempt<Kind extends keyof Answers>(
    task: () => Task & { kind: Kind },
    onAnswer: (answer: Answers[Kind]) => void,
    onRows: (rows: number) => void,
  ): Promise<Answers[Kind]> {
    if (this.#isClosed) throw new RunEnded("the run has ended");
    const child = this.#idle.pop() ?? (this.#living.size < this.#size ? this.#start() : null) ??
      await new Promise<Child>((take) => this.#waiting.push(take));
    try {
      const answer = await child.ask(task(), onRows) as Answers[Kind];
      onAnswer(answer);
      return answer;
    } catch (error) {
      throw this.#isClosed ? new RunEnded("the run has ended") : error;
    } finally {
      if (this.#living.has(child)) {
        const next = this.#waiting.shift();
        if (next !== undefined) next(child);
        else this.#idle.push(child);
      }
    }
  }
}

/**
 * The young generation of a worker's heap stays small: 4 MB per half instead of 16. It holds little
 * besides garbage, so a run takes as long, and a quarter less memory.
 */
const YOUNG_GENERATION = "--v8-flags=--max-semi-space-size=4";

/** A worker process, which performs one task at a time. */
class Child {
  /** The most memory that it has had, in bytes. */
  peak = 0;
  /** Where its time went, if that is measured. */
  stages: StageTimes | undefined;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #exited: Promise<void>;
  readonly #maxMemory: number;
  #activity = "starting";
  #wayOut = "";
  #killedFor: string | null = null;
  #asked: PromiseWithResolvers<Reply> | null = null;
  #onRows: (rows: number) => void = () => {};

  /** Starts it; `onExit` is called before a task fails because it has ended. */
  constructor(options: WorkerOptions, onExit: () => void) {
    const { lock, maxMemory = MAX_MEMORY } = options;
    const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
    const flags = ["--quiet", "--cached-only", YOUNG_GENERATION, ...flagsOf(options)];
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, script, ...(lock === undefined ? [] : [lock])],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
      // One thread per process is enough.
      env: { POLARS_MAX_THREADS: "1" },
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#maxMemory = maxMemory;
    this.#exited = this.#listen(onExit);
  }

  /** Has it perform a task. */
  async ask(task: Task, onRows: (rows: number) => void): Promise<Answers[keyof Answers]> {
    [this.#activity, this.#wayOut] = describe(task);
    this.#onRows = onRows;
    this.#asked = Promise.withResolvers();
    const guard = needsLimit(task)
      ? setInterval(() => this.#checkMemory(), MEMORY_POLL_INTERVAL_MS)
      : undefined;
    // Write errors are ignored: a process that has ended fails the task.
    this.#input.write(encodeMessage(task)).catch(() => {});
    try {
      const reply = await this.#asked.promise;
      this.peak = reply.peak;
      this.stages = reply.stages;
      if ("answer" in reply) return reply.answer;
      throw errorOf(reply.failure);
    } finally {
      clearInterval(guard);
    }
  }

  /** Ends it, and waits until it has exited. */
  end(kill: boolean): Promise<void> {
    if (kill) endNow(this.#process);
    else this.#input.close().catch(() => {});
    return this.#exited;
  }

  async #listen(onExit: () => void): Promise<void> {
    try {
      for await (const received of readMessages(this.#process.stdout)) {
        const message = received as Reply | DayProgress;
        if (message.kind === "reply") this.#asked?.resolve(message);
        else this.#onRows(message.rows);
      }
    } catch (error) {
      this.#kill(`a worker sent a broken message: ${(error as Error).message}`);
    }
    const { code, signal } = await this.#process.status;
    onExit();
    const how = signal ?? `status ${code}`;
    const died = new WorkerDied(`a worker process died (${how}) while ${this.#activity}`);
    this.#asked?.reject(this.#killedFor === null ? died : new Error(this.#killedFor));
  }

  #checkMemory(): void {
    if (residentMemory(this.#process.pid) < this.#maxMemory) return;
    const limit = `${this.#maxMemory / 1e9} GB`;
    this.#kill(`it took more than ${limit} of memory while ${this.#activity}: ${this.#wayOut}`);
  }

  #kill(reason: string): void {
    this.#killedFor = reason;
    endNow(this.#process);
  }
}

/**
 * The memory limit of a process that runs native code or draws charts, to protect the machine. V8
 * limits the memory of JavaScript by itself, but not that of the columns that charts are drawn from.
 */
const MAX_MEMORY = 3e9;
const MEMORY_POLL_INTERVAL_MS = 50;

function needsLimit(task: Task): boolean {
  return task.kind !== "day" || task.options.writer === "polars";
}

/**
 * What a process is doing, for the message if it dies, and what to do if that takes too much memory:
 * see {@linkcode needsLimit}.
 */
function describe(task: Task): [activity: string, wayOut: string] {
  switch (task.kind) {
    case "day": {
      const { day, options: { writer } } = task;
      return [`building ${dayName(day)} with --writer ${writer}`, "leave out --writer polars"];
    }
    case "import":
      return [`importing ${task.name}`, "split the file"];
    case "report":
      return ["drawing a page of the report", "leave out --report"];
  }
}

/** The flags for a process's permissions; loading native code needs ffi, sys and env. */
function flagsOf({ allowAll = false, write }: WorkerOptions): string[] {
  if (allowAll) return ["--no-prompt", "--allow-all"];
  const paths = write === null ? [] : [...new Set([resolve(write), Deno.realPathSync(write)])];
  // A list of paths can't contain a path with a comma.
  const hasComma = paths.some((path) => path.includes(","));
  const writes = paths.length === 0 ? [] : [hasComma ? "--allow-write" : `--allow-write=${paths}`];
  return ["--no-prompt", "--allow-read", ...writes, "--allow-ffi", "--allow-sys", "--allow-env"];
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
