import assert from "node:assert/strict";
import { enterStage, stageTimes, startStages, timed } from "../../lib/run/profile.ts";

const spin = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

Deno.test("timed() measures nothing without startStages()", async () => {
  assert.equal(timed("decode", () => 1), 1);
  assert.equal(await timed("sync", () => Promise.resolve(2)), 2);
  enterStage("wait");
  assert.equal(stageTimes(), undefined);
});

Deno.test("timed() counts a nested stage once, even if it throws", async () => {
  startStages();
  enterStage("other");
  timed("decode", () => {
    spin(5);
    timed("distinct", () => spin(20));
  });
  await assert.rejects(timed("sync", () => Promise.reject(new Error("disk"))), /disk/);
  const times = stageTimes()!;
  assert.ok(times.decode!.wall >= 5 && times.distinct!.wall >= 20);
  assert.ok(times.start!.wall > 0 && times.sync !== undefined && times.other !== undefined);
  const all = Object.values(times).reduce((sum, { wall }) => sum + wall, 0);
  spin(1);
  const later = Object.values(stageTimes()!).reduce((sum, { wall }) => sum + wall, 0);
  assert.ok(later >= all + 1, "the current stage continues");
});
