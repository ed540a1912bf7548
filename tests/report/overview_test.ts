import assert from "node:assert/strict";
import type { BatteryDay, BatteryEvent, ReportedEvent } from "../../lib/battery/mod.ts";
import { eventsOf, violationsOf } from "../../lib/battery/mod.ts";
import { attention, findingsOfEvents } from "../../lib/report/overview/attention.ts";
import { eventList } from "../../lib/report/overview/events.ts";
import { extremeOf, extremeTable } from "../../lib/report/overview/extremes.ts";
import { overview } from "../../lib/report/overview/first_page.ts";
import { stateStrips } from "../../lib/report/overview/state_strip.ts";
import { dayAxis, stripPlot } from "../../lib/report/overview/strip.ts";
import { cellHistories, slopeOf } from "../../lib/report/overview/weakest_cells.ts";
import { positiveWords } from "../../lib/report/words.ts";
import { FIRST_DAY, makeDays } from "../helpers/battery_days.ts";
import { textOf } from "../helpers/markup.ts";

const DAY = 86_400;
const ALL = makeDays({ days: 78, phases: 3, modules: 8, cells: 14, missing: [12, 13, 60] });
const shownOf = (events: ReportedEvent[]) => ({ events, positiveCurrent: "charge" });

Deno.test("attention() puts dangers before gaps in the data, and the longest first", () => {
  const days = ALL;
  const found = attention(days, eventsOf(days));
  assert.deepEqual(found.map(({ kind }) => kind).slice(0, 3), ["cell", "state", "state"]);
  const [cell, error, emergency] = found;
  assert.match(cell!.text, /cell_9 up to −711 mV from the median at rest, on 37 days/);
  assert.equal(cell!.folder, "2_4");
  assert.equal(cell!.from, FIRST_DAY + 40 * DAY);
  assert.match(error!.text, /the system in state ERROR for 38 h/);
  assert.match(emergency!.text, /EMERGENCY for 23 min/);
  const rest = found.slice(3).map(({ kind, text }) => `${kind}: ${text}`);
  assert.ok(
    rest.includes(
      "sparse: all cells are known in 3.0 % of the rows",
    ),
    rest.join("\n"),
  );
  assert.ok(rest.includes("missing: 3 days without data between the first and the last"));
});

Deno.test("findingsOfEvents() names the worst violation of each limit, and counts other modules", () => {
  const events = violationsOf(ALL, { cell_voltage: [3, 4.09], current: [-1e3, 1e3] });
  const [found, ...others] = findingsOfEvents(events);
  assert.deepEqual([found!.level, found!.kind, others], [3, "limit", []]);
  assert.match(
    found!.text,
    /^cell voltage too high: 4\.123 V \(cell_.*\), limit 4\.09 V, violated on 75 days in 23 modules$/,
  );
  assert.deepEqual(found!.folder, "3_8");
});

Deno.test("findingsOfEvents() counts each day of a violation once, even if the days are not in a row", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 2, cells: 2 });
  for (const number of [0, 1, 4]) {
    for (const { current } of days[number]!.figures.modules) current!.max.value = 80;
  }
  const [found] = findingsOfEvents(violationsOf(days, { current: [-60, 60] }));
  assert.match(
    found!.text,
    /too high: 80\.00 A \(module_current\), limit 60 A, violated on 3 days in 2 modules$/,
  );
});

Deno.test("eventList() shows violations of limits as findings and in the table of events", () => {
  const [day] = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 }) as [BatteryDay];
  const events = violationsOf([day], { current: [-1, 1] });
  const text = textOf(eventList(shownOf(events), [day], { kind: "index" }).join(""));
  assert.match(
    text,
    /limit 1_1 module current too low: −21\.50 A \(module_current\), limit −1 A worst at 2024/,
  );
  assert.match(
    text,
    /limit 1_1 module current too high: 24\.20 A \(module_current\), limit 1 A worst at 2024-06-01/,
  );
  assert.match(
    text,
    / – 1_1 limit module current too low: −21\.50 A \(module_current\), limit −1 A /,
  );
  assert.match(text, /Positive current is charge\. /);
  const others = violationsOf([day], { cell_voltage: [3, 4] });
  const list = eventList(shownOf(others), [day], { kind: "index" });
  assert.doesNotMatch(list.join(""), /Positive current/);
});

Deno.test("violations have the time of their worst value, the only one on record", () => {
  const days = makeDays({ days: 3, phases: 1, modules: 1, cells: 2 });
  const [, , worst] = days as [BatteryDay, BatteryDay, BatteryDay];
  worst.figures.modules[0]!.current!.max.value = 99;
  const found = violationsOf(days, { current: [-1e3, 1] });
  const [list, , folded] = eventList(shownOf(found), days, { kind: "index" }).map(textOf);
  assert.match(
    list!,
    /too high: 99\.00 A .*, limit 1 A, violated on 3 days worst at 2024-06-03 \d\d:\d\d $/,
  );
  assert.match(
    folded!,
    /2024-06-01 \d\d:\d\d 2024-06-03 \d\d:\d\d – 1_1 limit module current too high: 99\.00 A \(module_current\), limit 1 A, on 3 days in a row, worst at 2024-06-03 \d\d:\d\d /,
  );
});

Deno.test("eventList() names the largest deviation of a cell that deviated several times", () => {
  const [event] = eventsOf(ALL).filter(({ kind }) => kind === "cell") as [BatteryEvent];
  const events = [-597.5, -685.5, 110].map((mv, i): BatteryEvent => ({
    ...event,
    ...{ from: event.from + i * 864_000, to: event.from + i * 864_000 + 86_400 },
    // A name may say anything.
    detail: `9 up to 7 mV up to ${mv} mV from the median at rest`,
    value: mv,
  }));
  assert.match(
    textOf(eventList(shownOf(events), ALL, { kind: "index" })[0]!),
    /cell 2_4 9 up to 7 mV up to −685\.5 mV/,
  );
});

Deno.test("a finding links to the day with data on which it began, and to no other", () => {
  const days = [0, 1, 5].map((number) => ({ day: FIRST_DAY + number * DAY }));
  const silent = { phase: "1", module: "2", kind: "silent", detail: "" } as const;
  const listOn = (day: number) => {
    const from = FIRST_DAY + 2 * DAY;
    const events: BatteryEvent[] = [
      { ...silent, from, to: FIRST_DAY + 5 * DAY + 5, column: null, value: null },
    ];
    return eventList(shownOf(events), days, { kind: "day", day: FIRST_DAY + day * DAY })[0]!;
  };
  // It began where the last day before the missing ones ends.
  assert.match(
    listOn(5),
    /<a href="day-2024-06-02\.html">2024-06-03 00:00<\/a> to <time>2024-06-06 00:00<\/time>/,
  );
  assert.match(listOn(5), /<a href="module-1_2\.html">1_2<\/a> no reading for 3 days/);
  assert.match(
    listOn(1),
    /<span class="when"><time>2024-06-03 00:00<\/time> to <time>2024-06-06 00:00/,
  );
});

Deno.test("the meaning of positive current is certain only if an ampere-hour has flowed", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 1, cells: 2 });
  assert.equal(positiveWords(days), "discharge");
  for (const { figures: { modules: [module] } } of days) {
    module!.throughput = 0.4;
  }
  assert.equal(
    positiveWords(days),
    "counted as discharge: too little charge has flowed to tell, or no state of charge has changed",
  );
  assert.match(
    textOf(overview(days, null).join("")),
    /Positive current is counted as discharge: too/,
  );
  assert.match(positiveWords([]), /^counted as charge: /);
});

Deno.test("cellHistories() dates a deviation by the last days in a row beyond 20 mV", () => {
  const weak = cellHistories(ALL).find(({ folder, column }) =>
    folder === "2_4" && column.endsWith("_9")
  )!;
  assert.equal(weak.since, FIRST_DAY + 40 * DAY);
  const slope = slopeOf(weak.counted)!;
  assert.ok(Math.abs(slope + 3) < 1e-9, String(slope));
  assert.equal(weak.rows, 37 * 900);
  const good = cellHistories(ALL).find(({ folder, column }) =>
    folder === "1_1" && column.endsWith("_1")
  )!;
  assert.deepEqual([good.since, good.deviation], [null, 0]);
});

Deno.test("cellHistories() has no cell without 60 rows at rest", () => {
  const folders = [1, 2, 3].flatMap((phase) =>
    Array.from({ length: 8 }, (_, i) => `${phase}_${i + 1}`)
  );
  // Module 1_2 has no cells, and those of 1_3 are known in too few rows.
  const expected = folders.filter((folder) => folder !== "1_2" && folder !== "1_3");
  assert.deepEqual([...new Set(cellHistories(ALL).map(({ folder }) => folder))].sort(), expected);
});

Deno.test("extremeOf() names no module of several that have the same value", () => {
  const lowest = extremeOf(ALL, "battery_temperature", "min")!;
  assert.deepEqual([lowest.value, lowest.others], [19.4, 23]);
  assert.match(textOf(extremeTable(ALL, null)), /lowest battery temperature 19\.4 °C 24 modules –/);
  const highest = extremeOf(ALL, "cell_voltage", "max")!;
  assert.deepEqual([highest.folder, highest.others], ["3_8", 0]);
});

Deno.test("extremeTable() says what positive current is, if a current is known", () => {
  assert.match(textOf(extremeTable(ALL, null)), /Positive current is discharge/);
  const [day] = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 }) as [BatteryDay];
  day.figures.modules[0]!.current = null;
  assert.doesNotMatch(textOf(extremeTable([day], null)), /Positive/);
});

Deno.test("extremeTable() shows margins with limits only, and never says safe", () => {
  const limits = { cell_voltage: [3, 4.12] } as const;
  const text = textOf(extremeTable(ALL, limits));
  assert.match(text, /highest cell voltage 4\.123 V 3_8 .* 4\.12 .*violated/);
  assert.match(text, /lowest cell voltage .* 3 \+0\.377/);
  assert.match(text, /highest battery temperature .*no limit –/);
  assert.doesNotMatch(textOf(extremeTable(ALL, null)), /margin [^s]|safe|violated/);
});

Deno.test("overview() of 78 days of 24 modules has all its parts in less than 1 MB", () => {
  const parts = overview(ALL, null);
  const text = textOf(parts.join(""));
  for (
    const heading of [
      ...["Attention", "Use and condition", "Rest spread of modules", "All cells known", "Modules"],
      ...["Weakest cells", "Extremes", "Events", "Rows with a value by signal"],
    ]
  ) assert.ok(text.includes(` ${heading} `), heading);
  assert.ok(parts.join("").length < 1e6);
  assert.deepEqual(overview(ALL, null), parts, "it is a function of the days");
  assert.match(text, /days of data 75 3 missing/);
  assert.doesNotMatch(parts.join(""), /day-2024-(06-13|06-14|07-31)/, "no link to a missing day");
  assert.match(text, /ERROR 38 h EMERGENCY 23 min RUN/);
  assert.match(text, /Positive current is discharge/);
});

Deno.test("overview() says for what share of the time the current is known", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 2, cells: 2 });
  for (const module of days.flatMap(({ figures }) => figures.modules)) module.unknownCurrent = 0;
  days[1]!.figures.modules[1]!.unknownCurrent = DAY;
  const text = textOf(overview(days, null).join(""));
  assert.match(text, /energy out [\d.]+ kWh 2 modules; current known 75 % of the time /);
});

Deno.test("overview() of days without any figure says so, and of no days is empty", () => {
  const days: BatteryDay[] = [{
    day: FIRST_DAY,
    interval: 5,
    maxGap: 300,
    fill: "hold",
    figures: { modules: [], places: [] },
  }];
  const text = textOf(overview(days, null).join(""));
  assert.match(text, /Nothing in the rows needs attention/);
  assert.match(text, /No state, energy, state of charge or battery temperature is known/);
  assert.match(text, /No module has cells/);
  assert.deepEqual(overview([], null), []);
  assert.deepEqual(overview([], null, ["why"]).map(textOf), [" Attention why "]);
});

Deno.test("overview() shows names from the data as text", () => {
  const name = `<script>alert("1")</script>`;
  const days = makeDays({ days: 3, phases: 1, modules: 1, cells: 2 }).map((day) => ({
    ...day,
    figures: {
      modules: day.figures.modules.map((module) => ({ ...module, phase: name, module: name })),
      places: day.figures.places.map((place) => ({
        ...place,
        states: place.states.map((run) => ({ ...run, state: name })),
      })),
    },
  }));
  assert.ok(!overview(days, { current: [-1, 1] }).join("").includes("<script"));
});

Deno.test("stateStrips() joins what midnight and short gaps have cut, but counts only the rows", () => {
  const days = makeDays({ days: 2, phases: 1, modules: 1, cells: 2 });
  const run = (state: string, from: number, to: number) => ({
    column: "system_state",
    state,
    from: FIRST_DAY + from,
    to: FIRST_DAY + to,
  });
  const place = { phase: null, module: null, limits: [], signals: [] };
  days[0]!.figures.places = [{
    ...place,
    states: [
      ...[run("ERROR", 0, 600), run("ERROR", 900, 1200), run("ERROR", 3000, 3600)],
      run("IDLE", 3600, 7200),
    ],
  }];
  days[1]!.figures.places = [];
  const axis = dayAxis(days);
  const [strip] = stateStrips(axis, days);
  const shapes = stripPlot(axis, strip!).matchAll(/class="state (\w+)".*?<title>(.*?)</g);
  // Faults are drawn last, above all others.
  assert.deepEqual([...shapes].map(([, name, text]) => `${name}, ${text}`), [
    "idle, IDLE: 2024-06-01 01:00 to 2024-06-01 02:00 UTC",
    "fault, ERROR: 2024-06-01 00:00 to 2024-06-01 00:20 UTC",
    "fault, ERROR: 2024-06-01 00:50 to 2024-06-01 01:00 UTC",
  ]);
  assert.match(textOf(strip!.side!), /ERROR 25 min IDLE 60 min/);
});

Deno.test("stateStrips() names a dozen states, faults first, and counts the others", () => {
  const [day] = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 }) as [BatteryDay];
  const states = Array.from({ length: 30 }, (_, i) => ({
    ...{ column: "system_state", state: i === 29 ? "ERROR" : `S${i}` },
    ...{ from: FIRST_DAY + i * 600, to: FIRST_DAY + i * 600 + 600 - i },
  }));
  day.figures.places = [{ phase: null, module: null, limits: [], signals: [], states }];
  const [strip] = stateStrips(dayAxis([day]), [day]);
  const text = textOf(strip!.side!);
  assert.match(text, /^ ERROR 10 min S0 10 min .* S10 10 min and 18 other states $/);
});

Deno.test("stateStrips() says how many hours a state lasted, even if they are days", () => {
  const days = makeDays({ days: 5, phases: 1, modules: 1, cells: 2 });
  for (const { day, figures } of days) {
    const states = [{ column: "system_state", state: "IDLE", from: day, to: day + 86_400 }];
    figures.places = [{ phase: null, module: null, limits: [], signals: [], states }];
  }
  const [strip] = stateStrips(dayAxis(days), days);
  assert.match(textOf(strip!.side!), /IDLE 120 h/);
});

Deno.test("overview() and attention() show the names of modules as they were reported", () => {
  const days = structuredClone(ALL.slice(38, 44));
  for (const { figures: { modules, places } } of days) {
    for (const module of modules) {
      Object.assign(module, { phase: `Rack_${module.phase}`, cellsFilled: 0.1 });
    }
    const own = { phase: "Rack_2", module: "4", limits: [], signals: [] };
    places.push({ ...own, states: places[0]!.states });
  }
  const markup = overview(days, { cell_voltage: [3, 4.09] }).join("");
  assert.match(markup, /href="module-Rack%255F2_4\.html">Rack_2 \/ 4</);
  assert.match(markup, /<span>state: Rack_2 \/ 4</);
  assert.doesNotMatch(markup.replace(/href="[^"]*"/g, ""), /%5F/);
  assert.match(attention(days, []).map(({ text }) => text).join(), /: Rack_1 \/ 1 \(10 %\), /);
});

Deno.test("overview() shows the same share of filled cells in the map and in the table", () => {
  const days = makeDays({ days: 1, phases: 1, modules: 1, cells: 2 });
  const module = days[0]!.figures.modules[0]!;
  Object.assign(module, { rows: 1440, cellsFilled: 0.25 });
  // From 7:40 to 8:20, which is a third of the time that two hour files have.
  module.reported = [27_600, 30_000].map((second) => days[0]!.day + second) as [number, number];
  const markup = overview(days, {}).join("");
  const [, map] = /<h2[^>]*>All cells known.*?data-rows="([^"]*)"/s.exec(markup)!;
  const [, table] = /<h2[^>]*>Modules<.*?([\d.]+)[^\d]*%[^%]*<\/table>/s.exec(markup)!;
  assert.deepEqual([map, table], ["75.0", "75"]);
});
