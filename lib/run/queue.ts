/**
 * Days on their way from the workers to the disk.
 *
 * @module
 */
import { PoolClosed } from "./pool.ts";

/** Commits days one at a time. */
export class CommitQueue {
  readonly #signal: AbortSignal | undefined;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Begins empty.
   *
   * @param signal Closes the queue when it aborts.
   */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Does something when all before it is done, whether that failed or not.
   *
   * @throws {PoolClosed} If the queue was closed before it began.
   */
  add(job: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => {
      if (this.#closed || this.#signal?.aborted) throw new PoolClosed("the run has ended");
      return job();
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Begins nothing more; resolves when what has begun is done. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#last;
  }
}

/** Does some work for each item, for at most `limit` at a time; rejects as soon as one does. */
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
