import assert from "node:assert/strict";
import { join } from "node:path";
import { takeLock, WORKERS_LOCK } from "../../lib/store/lock.ts";
import { stateFolderOf } from "../../lib/store/state_folder.ts";
import { UsageError } from "../../lib/errors.ts";
import { inFolder, put } from "../helpers/support.ts";

const refused = (error: unknown) =>
  error instanceof UsageError && error.message.includes(`is being written by process ${Deno.pid}:`);

Deno.test("takeLock() admits one run of all days, or one run per shard", () =>
  inFolder(async (folder) => {
    const shard = (index: number) => ({ index, count: 2 });
    {
      using _whole = await takeLock(folder, null);
      await assert.rejects(takeLock(folder, null), refused);
      await assert.rejects(takeLock(folder, shard(1)), refused);
    }
    {
      using _first = await takeLock(folder, shard(1));
      using _second = await takeLock(folder, shard(2));
      await assert.rejects(takeLock(folder, shard(1)), refused);
      await assert.rejects(
        takeLock(folder, null),
        (error: Error) => error.message.includes(`process ${Deno.pid} and ${Deno.pid}:`),
      );
    }
    using _again = await takeLock(folder, null);
    assert.equal(stateFolderOf(shard(2)), "_etl/shards/2-of-2");
  }));

Deno.test("takeLock() waits for workers of a killed run", () =>
  inFolder(async (folder) => {
    (await takeLock(folder, null))[Symbol.dispose]();
    const worker = Deno.openSync(join(folder, stateFolderOf(null), WORKERS_LOCK), { write: true });
    worker.lockSync(false);
    let taken = false;
    const waiting = takeLock(folder, null).then((lock) => {
      taken = true;
      lock[Symbol.dispose]();
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(taken, false);
    worker.close();
    await waiting;
  }));

Deno.test("takeLock() names an output that can't be written", () =>
  inFolder(async (folder) => {
    put(join(folder, "_etl"), "in the way");
    await assert.rejects(takeLock(folder, null), (error: Error) =>
      error instanceof UsageError &&
      /--output .* can't be written: .*_etl is not a folder/.test(error.message));
  }));

Deno.test("takeLock() refuses shards of different counts at the same time", () =>
  inFolder(async (folder) => {
    {
      using _half = await takeLock(folder, { index: 1, count: 2 });
      const third = { index: 3, count: 3 };
      await assert.rejects(takeLock(folder, third), (error: Error) =>
        error instanceof UsageError &&
        error.message.includes(`is being written by process ${Deno.pid} as shard 1/2: give all`));
      using _other = await takeLock(folder, { index: 2, count: 2 });
    }
    using _third = await takeLock(folder, { index: 3, count: 3 });
  }));
