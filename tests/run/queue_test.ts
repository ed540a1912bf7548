import assert from "node:assert/strict";
import { PoolClosed } from "../../lib/run/pool.ts";
import { createQueue } from "../../lib/run/queue.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("one thing is done after the other, in order, whatever fails", async () => {
  const queue = createQueue(9);
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await tick();
    log.push(`${name} ends`);
    if (name === "a") throw new Error("a disk that is full");
  };
  const results = await Promise.allSettled(["a", "b"].map((name) => queue.add(job(name))));
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends"]);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "fulfilled"]);
});

Deno.test("so many days are on their way at a time", async () => {
  const queue = createQueue(2);
  let [on, most] = [0, 0];
  await Promise.all(Array.from({ length: 7 }, async () => {
    await queue.enter();
    most = Math.max(most, ++on);
    await tick();
    on--;
    queue.leave();
  }));
  assert.deepEqual([on, most], [0, 2]);
});

for (const [how, end] of [["close", "closed"], ["abort", "aborted"]] as const) {
  Deno.test(`what is on ends, and nothing else begins, when it is ${end}`, async () => {
    const controller = new AbortController();
    const queue = createQueue(9, controller.signal);
    let ended = false;
    const first = queue.add(async () => {
      await tick();
      ended = true;
    });
    const second = queue.add(() => assert.fail("begun"));
    await Promise.resolve();
    if (how === "abort") controller.abort();
    await Promise.all([
      assert.rejects(second, PoolClosed),
      queue.close().then(() => assert.ok(ended)),
      first,
    ]);
  });
}
