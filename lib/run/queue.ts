/**
 * Limits how many days are built at the same time, and commits them one by one.
 *
 * @module
 */
import { RunEnded } from "./events.ts";

/** Commits days one at a time. */
export class CommitQueue {
  readonly #signal: AbortSignal | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Starts empty.
   *
   * @param signal Closes the queue when it aborts.
   */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Runs a job after all earlier ones, whether they failed or not.
   *
   * @throws {RunEnded} If the queue was closed before the job began.
   */
  add(job: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => {
      if (this.#closed || this.#signal?.aborted) throw new RunEnded("the run has ended");
      return job();
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Lets no more jobs begin; resolves when the current one is done. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#last;
  }
}

/** Calls `work` for each item, at most `limit` at a time; rejects as soon as one call rejects. */
export async function forEachLimited<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const remaining = items[Symbol.iterator]();
  let failed = false;
  const lane = async () => {
    for (let next = remaining.next(); !next.done && !failed; next = remaining.next()) {
      await work(next.value);
    }
  };
  await Promise.all(
    Array.from({ length: limit }, () =>
      lane().catch((error) => {
        failed = true;
        throw error;
      })),
  );
}
