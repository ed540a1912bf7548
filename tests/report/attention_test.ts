import assert from "node:assert/strict";
import type { BatteryEvent } from "../../lib/battery/mod.ts";
import { attention, findingsOfEvents } from "../../lib/report/overview/attention.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";

const DAY = 86_400;
const HOUR = 3600;

/** An event in seconds after the first day's start. */
const event = (
  kind: BatteryEvent["kind"],
  place: [phase: string | null, module: string | null],
  [from, to]: [number, number],
  more: Partial<BatteryEvent> = {},
): BatteryEvent => ({
  kind,
  phase: place[0],
  module: place[1],
  detail: "",
  column: null,
  value: null,
  from: FIRST_DAY + from,
  to: FIRST_DAY + to,
  ...more,
});
const silence = (module: string, from: number, to: number) =>
  event("silent", ["1", module], [from, to]);

Deno.test("attention() leaves out a silence if days without data explain all but an hour", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 1, cells: 2, missing: [1, 2, 3] });
  const kinds = (to: number) => attention(days, [silence("1", DAY, to)]).map(({ kind }) => kind);
  assert.deepEqual(kinds(4 * DAY + HOUR - 5), ["missing"]);
  assert.deepEqual(kinds(4 * DAY + HOUR), ["silent", "missing"]);
  const [missing] = attention(days, []);
  assert.deepEqual([missing!.from, missing!.to], [FIRST_DAY + DAY, FIRST_DAY + 4 * DAY]);
});

Deno.test("attention() names modules that report nothing for more than the last hour", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 3, cells: 2 });
  const texts = () =>
    attention(days, []).filter(({ kind }) => kind === "silent")
      .map(({ text, to }) => [text, (to - FIRST_DAY) / DAY]);
  const stop = (number: number, module: number, before: number) =>
    days[number]!.figures.modules[module]!.reported![1] -= before;
  stop(2, 1, HOUR);
  assert.deepEqual(texts(), []);
  stop(2, 1, 5);
  assert.deepEqual(texts(), [["no reading for 60 min", 3]]);
  days[2]!.figures.modules.length = 1;
  assert.deepEqual(texts(), [["no reading from 1_2, 1_3 for up to 24 h", 3]]);
  days[2]!.figures.modules[0]!.reported = null; // all of its readings were rejected
  assert.deepEqual(texts(), []);
});

Deno.test("findingsOfEvents() makes one finding of modules that were silent together for over 80 % of the time", () => {
  const texts = (from: number) =>
    findingsOfEvents([silence("1", 0, 10 * HOUR), silence("2", from, from + 10 * HOUR)])
      .map(({ text }) => text);
  assert.deepEqual(texts(2 * HOUR - 5), ["no reading from 1_1, 1_2 for up to 10 h"]);
  assert.deepEqual(texts(2 * HOUR), Array(2).fill("no reading for 10 h"));
  assert.equal(texts(11 * HOUR).length, 2);
  // A short silence within a long one is a finding of its own.
  assert.equal(findingsOfEvents([silence("1", 0, 10 * HOUR), silence("2", 0, 2 * HOUR)]).length, 2);
});

Deno.test("findingsOfEvents() names the module of a finding, unless there are several or none", () => {
  const span: [number, number] = [0, 3 * HOUR];
  const folders = (...events: BatteryEvent[]) =>
    findingsOfEvents(events).map(({ folder }) => folder);
  assert.deepEqual(folders(event("silent", ["1", "2"], span)), ["1_2"]);
  assert.deepEqual(folders(silence("1", 0, HOUR), silence("2", 0, HOUR)), [null]);
  assert.deepEqual(folders(event("state", ["1", null], span, { detail: "OFF" })), [null]);
  assert.deepEqual(folders(event("state", [null, null], span, { detail: "OFF" })), [null]);
});

Deno.test("findingsOfEvents() says where and how often signals of a kind were frozen, and for how long at most", () => {
  const frozen = (phase: string | null, module: string | null, number: number, hours: number) =>
    event("frozen", [phase, module], [0, hours * HOUR], { column: `cell_${number}` });
  const text = (...events: BatteryEvent[]) =>
    findingsOfEvents(events).map(({ text }) => text).join();
  assert.equal(text(frozen("1", "2", 3, 4)), "cell_3 kept its value for 4 h");
  assert.equal(text(frozen(null, null, 3, 4)), "cell_3 of the system kept its value for 4 h");
  assert.equal(
    text(frozen("1", "2", 3, 4), frozen("1", "2", 5, 6)),
    "cell_# kept its value 2 times, for up to 6 h",
  );
  assert.equal(
    text(frozen("1", "2", 3, 4), frozen("1", "3", 3, 3)),
    "cell_# in 2 modules kept its value 2 times, for up to 4 h",
  );
  assert.equal(
    text(frozen("1", null, 3, 4), frozen(null, null, 3, 3)),
    "cell_# in 2 places kept its value 2 times, for up to 4 h",
  );
  // A current that stays at 0 A means rest.
  const level = (column: string, detail: string) =>
    findingsOfEvents([event("frozen", ["1", "1"], [0, 3 * HOUR], { column, detail })])[0]!.level;
  assert.equal(level("module_current", "module_current at 0"), 0);
  assert.equal(level("module_current", "module_current at 10"), 2);
  assert.equal(level("module_voltage", "module_voltage at 0"), 2);
  // Its time is that of the longest.
  const [found] = findingsOfEvents([
    event("frozen", ["1", "1"], [0, 3 * HOUR], { column: "x" }),
    event("frozen", ["1", "1"], [5 * HOUR, 9 * HOUR], { column: "x" }),
  ]);
  assert.deepEqual([found!.from, found!.to], [FIRST_DAY + 5 * HOUR, FIRST_DAY + 9 * HOUR]);
});

Deno.test("findingsOfEvents() adds up how long a state lasted and a limit was zero, by place and column", () => {
  const text = (...events: BatteryEvent[]) => findingsOfEvents(events).map(({ text }) => text);
  const state = (from: number, detail: string, phase: string | null = null) =>
    event("state", [phase, null], [from, from + 2 * HOUR], { column: "system_state", detail });
  assert.deepEqual(text(state(0, "OFF"), state(DAY, "OFF"), state(5 * HOUR, "WAIT")), [
    "the system in state OFF 2 times, for 4 h in total",
    "the system in state WAIT for 2 h",
  ]);
  assert.deepEqual(text(state(0, "OFF"), state(0, "ERROR", "1")), [
    "phase 1 in state ERROR for 2 h",
    "the system in state OFF for 2 h",
  ]);
  assert.match(text(state(0, "x".repeat(999)))[0]!, /^the system in state x{50}…x{49} for 2 h$/);
  const span: [number, number] = [0, 2 * HOUR];
  assert.deepEqual(text(event("state", ["1", "2"], span, { detail: "OFF" })), [
    "in state OFF for 2 h",
  ]);
  const ofModules = ["1", "2", "2"].map((module, i) =>
    event("state", ["1", module], [i * DAY, i * DAY + 2 * HOUR], { detail: "OFF" })
  );
  assert.deepEqual(text(...ofModules), ["2 modules in state OFF 3 times, for 6 h in total"]);
  // A state that is not a fault comes after gaps in the data, however long it lasted.
  const long = event("state", [null, null], [0, 9 * DAY], { detail: "OFF" });
  assert.deepEqual(findingsOfEvents([long, silence("1", 0, HOUR)]).map(({ kind }) => kind), [
    "silent",
    "state",
  ]);
  const limit = (column: string, from: number) =>
    event("derating", [null, null], [from, from + 2 * HOUR], { column, detail: `${from}` });
  assert.deepEqual(text(limit("in", 0), limit("out", 0), limit("in", DAY)), [
    "in of the system at 0 A 2 times, for 4 h in total",
    "out of the system at 0 A for 2 h",
  ]);
});
