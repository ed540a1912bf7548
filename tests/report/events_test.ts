import assert from "node:assert/strict";
import type { BatteryEvent } from "../../lib/battery/mod.ts";
import type { Finding } from "../../lib/report/overview/findings.ts";
import { eventTable, findingList } from "../../lib/report/overview/events.ts";
import { FIRST_DAY } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

const event = (from: number, to: number, detail: string, module: string | null): BatteryEvent => ({
  kind: "state",
  phase: "1",
  module,
  column: "system_state",
  value: null,
  detail,
  from: FIRST_DAY + from,
  to: FIRST_DAY + to,
});

Deno.test("eventTable() has the newest events first; of those that began together, the one that ended last", () => {
  const events = [
    event(0, 600, "first", "1"),
    event(1200, 1800, "short", "1"),
    event(1200, 2400, "long", "1"),
  ];
  const details = (text: string) => [...text.matchAll(/ state (\w+)/g)].map(([, name]) => name);
  assert.deepEqual(details(textOf(eventTable(events))), ["long", "short", "first"]);
  assert.deepEqual(details(textOf(eventTable(events.toReversed()))), ["long", "short", "first"]);
});

Deno.test("eventTable() links modules, and has at most forty events", () => {
  assert.match(eventTable([event(0, 9, "OFF", "2")]), /<a href="module-1_2\.html">1_2<\/a>/);
  assert.match(eventTable([event(0, 9, "OFF", null)]), /<td[^>]*>phase 1<\/td>/);
  const some = (count: number) =>
    textOf(eventTable(Array.from({ length: count }, (_, i) => event(i, i + 9, "OFF", "1"))));
  assert.match(some(40), /^ ?40 events\. /);
  assert.match(
    some(41),
    /^ ?40 of 41 events, most serious first, then newest first; all are in _etl\/events\.csv\. /,
  );
  assert.equal(some(41).match(/ OFF/g)!.length, 40);
  const serious = event(0, 9, "ERROR", "1");
  const all = [serious, ...Array.from({ length: 50 }, (_, i) => event(i + 1, i + 9, "OFF", "1"))];
  assert.match(textOf(eventTable(all)), /what [\d: -]+ 9 s 1_1 state ERROR /);
});

Deno.test("findingList() has at most twelve findings, and counts the others", () => {
  const finding: Finding = {
    level: 1,
    kind: "silent",
    text: "no reading for 2 h",
    folder: null,
    from: FIRST_DAY,
    to: FIRST_DAY + 7200,
  };
  const list = (count: number) =>
    findingList(Array(count).fill(finding), [{ day: FIRST_DAY }], { kind: "index" });
  assert.equal(list(12).length, 1);
  assert.match(textOf(list(13)[1]!), /Not listed: 1 further finding\./);
  assert.equal(list(13)[0]!.match(/<li /g)!.length, 12);
  assert.match(list(0).join(), /Nothing in the rows needs attention/);
});
