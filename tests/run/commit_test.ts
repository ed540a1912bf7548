import assert from "node:assert/strict";
import { RunEnded } from "../../lib/run/events.ts";
import { CommitQueue } from "../../lib/run/commit.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("CommitQueue.add() runs jobs one after another, in order, even after a failure", async () => {
  const queue = new CommitQueue();
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

for (const [how, end] of [["close", "closed"], ["abort", "aborted"]] as const) {
  Deno.test(`CommitQueue finishes the current job and begins no other when it is ${end}`, async () => {
    const controller = new AbortController();
    const queue = new CommitQueue(controller.signal);
    let ended = false;
    const first = queue.add(async () => {
      await tick();
      ended = true;
    });
    const second = queue.add(() => assert.fail("begun"));
    await Promise.resolve();
    if (how === "abort") controller.abort();
    await Promise.all([
      assert.rejects(second, RunEnded),
      queue.close().then(() => assert.ok(ended)),
      first,
    ]);
  });
}
