import assert from "node:assert/strict";
import { ProgressCounter } from "../../lib/run/progress_counter.ts";
import type { RunEvent } from "../../lib/run/mod.ts";

Deno.test("ProgressCounter sums parts, counts a finished one once, and never reports more than the total", () => {
  const events: RunEvent[] = [];
  const progress = new ProgressCounter("build", (event) => events.push(event));
  progress.plan(100);
  progress.reach("a", 30);
  progress.reach("b", 20);
  progress.reach("a", 40);
  progress.reach("a", 50);
  progress.reach("b", 70);
  const found = events.map((event) => event.kind === "progress" ? [event.done, event.total] : []);
  assert.deepEqual(found, [[0, 100], [30, 100], [50, 100], [60, 100], [70, 100], [100, 100]]);
});
