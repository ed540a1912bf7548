/**
 * Days on their way from the workers to the disk.
 *
 * @module
 */
import { PoolClosed } from "./pool.ts";

/** Does one thing after the other, for so many days at a time: staged files fill the disk. */
export interface Queue {
  /** Waits until there is room for one more day. */
  enter(): Promise<void>;
  /** Makes room for the next. */
  leave(): void;
  /** Does something when all before is done; whether that failed does not matter. */
  add(job: () => Promise<void>): Promise<void>;
  /** Does nothing more; what is on ends first. */
  close(): Promise<void>;
}

/**
 * Makes a queue; what is added to it fails with {@linkcode PoolClosed} once it is closed.
 *
 * @param room How many days may be on their way.
 * @param signal Closes it when it aborts.
 */
export function createQueue(room: number, signal?: AbortSignal): Queue {
  let [last, closed] = [Promise.resolve(), false];
  const waiting: (() => void)[] = [];
  return {
    async enter() {
      if (room > 0) room--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) room++;
      else next();
    },
    add(job) {
      const done = last.then(() => {
        if (closed || signal?.aborted) throw new PoolClosed("the run has ended");
        return job();
      });
      last = done.catch(() => {});
      return done;
    },
    close() {
      closed = true;
      return last;
    },
  };
}
