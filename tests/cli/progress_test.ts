import assert from "node:assert/strict";
import fc from "fast-check";
import {
  advance,
  estimate,
  type Progress,
  renderEvent,
  renderLine,
  START,
} from "../../lib/cli/progress.ts";
import type { RunEvent } from "../../lib/run/mod.ts";
import { JULY_13 } from "../helpers/support.ts";

const dayPlan = (day: number) => ({ day, reason: "not built yet", rows: 500, files: 1 });
const PLAN: RunEvent = {
  ...{ kind: "plan", files: 2, round: 0 },
  days: [dayPlan(JULY_13), dayPlan(JULY_13 + 86_400)],
};
const BUILT = { kind: "day", day: JULY_13, rows: 400, readings: 90, hourFiles: 24 } as const;

/** The progress after some events, each given with its seconds since the start. */
function after(...events: [seconds: number, event: RunEvent][]): Progress {
  return events.reduce((progress, [at, event]) => advance(progress, event, at), START);
}

const footers = (done: number): RunEvent => ({
  kind: "progress",
  activity: "examine",
  done,
  total: 8528,
});
const rows = (done: number): RunEvent => ({
  kind: "progress",
  activity: "build",
  done,
  total: 1000,
});

Deno.test("renderLine() says what the run is doing, and for how long", () => {
  assert.equal(renderLine(START, 0, 50), "looking for files  0:00");
  assert.equal(
    renderLine(after([0, footers(4264)]), 1, 50),
    "████████░░░░░░░░ reading footers 4,264/8,528  0:01",
  );
  const begun = after([2, PLAN], [2, rows(0)]);
  assert.match(renderLine(begun, 2, 50), /^░{24} 0\/2 days {2}0:02$/);
  const half = after([2, PLAN], [3, rows(500)], [3, BUILT]);
  assert.match(renderLine(half, 3, 50), /^█{12}░{12} 1\/2 days {2}0:03$/);
  const report = { kind: "progress", activity: "report", done: 1, total: 9 } as const;
  assert.match(renderLine(after([2, report]), 2, 50), / drawing 1\/9 pages {2}0:02$/);
  const imports = { kind: "progress", activity: "import", done: 0, total: 1 } as const;
  assert.match(renderLine(after([2, imports]), 2, 50), / importing 0\/1 file {2}0:02$/);
});

Deno.test("estimate() ignores the time before the first piece of work", () => {
  const started = after([0, PLAN], [10, rows(100)]);
  assert.equal(estimate(started, 10), null, "one piece has no speed");
  const moved = advance(started, rows(200), 14);
  assert.equal(estimate(moved, 14), 32, "100 rows took 4 s, 800 are left");
  assert.deepEqual([estimate(moved, 20), estimate(moved, 99)], [26, 0], "it never grows by itself");
  assert.match(renderLine(moved, 14, 50), / 0\/2 days {2}0:14, 0:32 left$/);
});

Deno.test("advance() starts a new estimate for each activity, and counts a day once", () => {
  const looked = after([0, footers(8000)], [1, PLAN], [2, rows(0)]);
  assert.deepEqual([looked.done, looked.total, looked.first], [0, 1000, null]);
  const twice = after([0, PLAN], [1, BUILT], [2, BUILT]);
  assert.equal(twice.days.built.size, 1);
  const again = advance(twice, { ...PLAN, round: 1, days: [dayPlan(JULY_13)] }, 3);
  assert.deepEqual([again.days.built.size, again.days.planned.size], [0, 2], "columns differ");
  const problem = { kind: "problem", name: "a", reason: "is empty" } as const;
  assert.equal(advance(twice, problem, 3), twice);
});

Deno.test("renderLine() never needs more columns than there are", () => {
  const number = fc.integer({ min: 0, max: 1e12 });
  const activity = fc.constantFrom("examine", "import", "build", "report");
  fc.assert(
    fc.property(
      activity,
      number,
      number,
      fc.nat(1e6),
      fc.integer({ min: 10, max: 120 }),
      (...[activity, done, total, seconds, columns]) => {
        const event = { kind: "progress", activity, done: Math.min(done, total), total } as const;
        assert.ok(renderLine(after([0, PLAN], [1, event]), seconds, columns).length <= columns);
      },
    ),
  );
  const days = Array.from({ length: 9999 }, (_, i) => dayPlan(i));
  const many = after([0, { ...PLAN, days }], [9, rows(1)], [9000, rows(2)]);
  assert.match(renderLine(many, 36_000, 50), /^░+ 0\/9,999 days {2}10:00:00, .* left$/);
});

Deno.test("renderEvent() makes a line for the log", () => {
  assert.equal(renderEvent(PLAN), "2 files found, 2 days to build");
  const again = {
    ...PLAN,
    round: 1,
    days: [{ ...dayPlan(JULY_13), reason: "other columns" }],
  } as const;
  assert.equal(renderEvent(again), "1 day to build again: other columns");
  assert.equal(renderEvent(BUILT), "2024-07-13: 400 rows, 90 readings, 24 hour files");
  assert.equal(
    renderEvent({ kind: "problem", name: "a\n.csv", reason: "is empty" }),
    "problem: a·.csv is empty",
  );
  assert.equal(renderEvent(footers(1)), null);
});
