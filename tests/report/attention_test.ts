import assert from "node:assert/strict";
import type { BatteryEvent } from "../../lib/battery/mod.ts";
import { attention, findingsOf } from "../../lib/report/overview/attention.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";

const DAY = 86_400;
const HOUR = 3600;

/** A silence of a module, in seconds after the first day's start. */
const silence = (module: string, from: number, to: number): BatteryEvent => ({
  phase: "1",
  module,
  kind: "silent",
  detail: "no readings of its own",
  column: null,
  from: FIRST_DAY + from,
  to: FIRST_DAY + to,
  value: null,
});

Deno.test("attention() is silent about a silence if days without data explain all but an hour", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 1, cells: 2, missing: [1, 2, 3] });
  const kinds = (to: number) => attention(days, [silence("1", DAY, to)]).map(({ kind }) => kind);
  assert.deepEqual(kinds(4 * DAY + HOUR - 5), ["missing"]);
  assert.deepEqual(kinds(4 * DAY + HOUR), ["silent", "missing"]);
});

Deno.test("findingsOf() makes one finding of modules that were silent for over 80 % of the time together", () => {
  const texts = (from: number) =>
    findingsOf([silence("1", 0, 10 * HOUR), silence("2", from, from + 10 * HOUR)])
      .map(({ text }) => text);
  assert.deepEqual(texts(2 * HOUR - 5), ["no reading from 1_1, 1_2 for up to 10 h"]);
  assert.deepEqual(texts(2 * HOUR), Array(2).fill("no reading for 10 h"));
  assert.equal(texts(11 * HOUR).length, 2);
});
