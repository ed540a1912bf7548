import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type BatteryDay,
  quantityByColumn,
  quantityOf,
  type StateRun,
} from "../../../lib/battery/mod.ts";
import { GAP_BOUNDS } from "../../../lib/telemetry/mod.ts";
import * as charts from "../../../lib/report/charts/mod.ts";
import { type ModuleRows, toSvg } from "../../../lib/report/charts/mod.ts";
import { ROOT, TABLE_OPTIONS } from "../../helpers/support.ts";
import { textOf } from "../../helpers/markup.ts";

const START = Date.UTC(2024, 6, 13);
const MINUTE = 60_000;

/** Rows of some modules, with what `cells` says of a row. */
function rowsOf(
  places: readonly (readonly [phase: string, module: string])[],
  minutes: number,
  cells: (place: number, minute: number) => Record<string, number | null>,
): ModuleRows[] {
  return places.map(([phase, module], place) => {
    const rows = Array.from({ length: minutes }, (_, minute) => cells(place, minute));
    const names = Object.keys(rows[0] ?? {});
    const numbers = new Map(
      names.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? NaN)]),
    );
    const times = Float64Array.from(rows, (_, minute) => START + minute * MINUTE);
    return { phase, module, times, numbers, quantityOf };
  });
}

/** Those rows of a module that pass a test. */
function keepRows(module: ModuleRows, keep: (row: number) => boolean): ModuleRows {
  const some = (column: Float64Array) => column.filter((_, i) => keep(i));
  const numbers = new Map([...module.numbers].map(([name, values]) => [name, some(values)]));
  return { ...module, times: some(module.times), numbers };
}

/** A day on record with the states that phases, or the system, have from minute to minute. */
function stateDay(
  places: Record<string, readonly (readonly [state: string, from: number, to: number])[]>,
): BatteryDay {
  const record = Object.entries(places).map(([name, runs]) => {
    const [phase = "", column = "system_state"] = name.split(" ");
    const states = runs.map(([state, from, to]): StateRun => ({
      ...{ column, state, from: START / 1000 + from * 60, to: START / 1000 + to * 60 },
    }));
    const others = { module: null, limits: [], signals: [] };
    return { phase: phase === "" ? null : phase, states, ...others };
  });
  const figures = { modules: [], places: record };
  return { day: START / 1000, interval: 60, maxGap: 300, fill: "hold", figures };
}

const SIX = [1, 2].flatMap((phase) =>
  [1, 2, 10].map((m): [string, string] => [String(phase), String(m)])
);

/** A day of six modules in minutes: a wave, a spike, a gap, and one module that differs. */
const DAY = rowsOf(SIX, 1440, (place, minute) => {
  const wave = Math.sin((minute / 1440) * 2 * Math.PI);
  const gap = minute >= 600 && minute < 720 && place === 2;
  const value = (number: number) => gap ? null : number;
  return {
    module_state_of_charge: value(0.5 + wave * 0.3 - (place === 4 ? 0.15 : 0)),
    module_voltage: value(52 + wave * 2),
    module_current: value(minute === 333 && place === 1 ? 40 : wave * 10),
    module_temperature: value(25 + wave * 3 + place),
    battery_sensor_temperature_sensor_1: value(28 + wave),
    debug_value_debug_value_key_cb_temp_core: value(48 + wave * 5),
    phase_current: wave * 30 + place,
    ...Object.fromEntries([1, 2, 3, 10].map((cell) => [
      `cell_voltage_battery_1_cell_${cell}`,
      minute % 30 < 15 ? 3.7 + wave / 10 - (cell === 3 ? 0.012 : 0) + cell / 1000 : null,
    ])),
  };
});
const [ONE] = DAY as [ModuleRows];
const STATES = stateDay({ "": [["IDLE", 0, 500], ["CHARGE", 500, 900]] });
const HOURS = [...Array(24).keys()];
const COVERAGE = [{
  day: START / 1000,
  modules: SIX,
  options: TABLE_OPTIONS,
  coverage: SIX.map((_, i) => ({
    observed: HOURS.map((hour) => hour * 10 + i * 50),
    filled: HOURS.map((hour) => hour === 7 ? 0 : 200),
  })),
}];
const gapsOf = (counts: Record<number, number>) => GAP_BOUNDS.map((bound) => counts[bound] ?? 0);
const GAPS = [{
  gaps: { volts: gapsOf({ 0: 10, 5: 100_000, 60: 1 }), state: gapsOf({ 5: 20, 60: 3 }) },
}];
const OUTCOMES = [
  { day: START / 1000, rows: 5030, readings: 1000, rejected: { "a module without a phase": 30 } },
  { day: START / 1000 + 86_400, rows: 5000, readings: 1200, rejected: {} },
];

const SOURCE = { source: "Rows of 60 s (mean); a value is held for at most 300 s" };
/** What draws a chart: without an entry in FIGURES, the types do not fit. */
type Chart = Exclude<keyof typeof charts, "readHours" | "freeRows" | "toSvg">;
const FIGURES: Record<Chart, () => charts.Figure> = {
  stateOfCharge: () => charts.stateOfCharge(DAY, SOURCE),
  moduleVoltage: () => charts.moduleVoltage([ONE], SOURCE),
  moduleCurrent: () => charts.moduleCurrent(DAY, SOURCE),
  batteryTemperatures: () => charts.batteryTemperatures(DAY, SOURCE),
  moduleTemperature: () => charts.moduleTemperature(DAY, SOURCE),
  boardTemperatures: () => charts.boardTemperatures(DAY, SOURCE),
  cellSpread: () => charts.cellSpread(DAY, SOURCE),
  cellStrip: () => charts.cellStrip(ONE, SOURCE),
  phaseCurrent: () => charts.phaseCurrent(DAY, SOURCE),
  systemState: () => charts.systemState([STATES], SOURCE),
  coverage: () => charts.coverage(COVERAGE),
  samplingGaps: () => charts.samplingGaps(GAPS),
  rowsByDay: () => charts.rowsByDay(OUTCOMES),
  rejectedByDay: () => charts.rejectedByDay(OUTCOMES),
};

const DRAWN: Record<string, () => string> = Object.fromEntries(
  Object.entries(FIGURES).map(([name, make]) => [name, () => toSvg(make())]),
);

/** Those that are drawn of records, not of rows. */
const FROM_RECORDS = ["coverage", "samplingGaps", "rowsByDay", "rejectedByDay", "systemState"];

/** Without what another machine may do otherwise: the last digits, and the names of parts. */
function normalised(svg: string): string {
  return svg.replace(/-?\d+\.\d+|-?\.\d+/g, (number) => String(Math.round(Number(number))))
    .replace(/ (id|class)="[^"]*"/g, "").replace(/></g, ">\n<");
}

for (const [name, draw] of Object.entries(DRAWN)) {
  Deno.test(`the chart ${name} looks as in tests/snapshots`, () => {
    const path = join(ROOT, "tests", "snapshots", `${name}.svg`);
    const changed = path.replace(".svg", "-changed.svg");
    const svg = draw();
    assert.equal(draw(), svg, "it is a function of its rows");
    // After a look at them: SNAPSHOTS=write deno test -A tests/report/charts
    if (Deno.env.get("SNAPSHOTS") === "write") Deno.writeTextFileSync(path, svg);
    const same = normalised(svg) === normalised(Deno.readTextFileSync(path));
    if (!same) Deno.writeTextFileSync(changed, svg);
    assert.ok(same, `${name} looks different: compare ${changed} with ${path}`);
  });
}

Deno.test("every chart has a title, a description, units, the time zone, the source and the rule", () => {
  for (const [name, draw] of Object.entries(DRAWN)) {
    const svg = draw();
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/, name);
    assert.match(svg, /role="img" aria-label="[^"]{8,}" aria-description="[^"]{20,}"/, name);
    if (!FROM_RECORDS.includes(name) || name === "systemState") {
      assert.match(textOf(svg), /held for at most 300 s/, name);
    }
    if (name !== "samplingGaps") assert.match(svg, /time \(UTC\)/, name);
  }
  const units = { moduleVoltage: "V", moduleCurrent: "A", batteryTemperatures: "°C" };
  for (const [name, unit] of Object.entries(units)) {
    assert.ok(DRAWN[name]!().includes(`(${unit})`), name);
  }
});

Deno.test("captions are whole sentences, with one full stop at the end", () => {
  const empty = charts.moduleVoltage([]);
  for (
    const { title, caption, description } of [...Object.values(FIGURES).map((f) => f()), empty]
  ) {
    for (const text of [caption, description]) {
      assert.match(text, /[^.]\.$/, title);
      assert.doesNotMatch(text, /\.\./, title);
    }
  }
});

Deno.test("a spike of one row is seen, however long the span", () => {
  const days = 90;
  const modules = rowsOf([["1", "1"]], days * 1440, (_, minute) => ({
    module_voltage: minute === 77_777 ? 91 : 52 + ((minute * 7919) % 1000) / 1000,
  }));
  const svg = toSvg(charts.moduleVoltage(modules));
  assert.match(svg, /Voltage \(V\): 52 \([^)]*\) to 91 \(/);
  assert.ok(svg.length < 300_000, `${svg.length} bytes`);
});

Deno.test("a gap is drawn as a gap", () => {
  const pieces = (svg: string) =>
    [...svg.matchAll(/<path d="(M[^"]*)"[^>]*><title>/g)]
      .map(([, path]) => path!.split("M").length - 1);
  const voltage = (minute: number) => minute >= 600 && minute < 720 ? null : 52;
  const with_ = rowsOf([["1", "1"]], 1440, (_, m) => ({ module_voltage: voltage(m) }));
  const dropped = with_.map((module) => keepRows(module, (row) => voltage(row) !== null));
  const whole = rowsOf([["1", "1"]], 1440, () => ({ module_voltage: 52 }));
  assert.deepEqual(pieces(toSvg(charts.moduleVoltage(with_))), [2]);
  assert.deepEqual(pieces(toSvg(charts.moduleVoltage(dropped))), [2], "rows that are not there");
  assert.deepEqual(pieces(toSvg(charts.moduleVoltage(whole))), [1]);
});

Deno.test("a single reading between two gaps is drawn as a dot", () => {
  const voltage = (minute: number) => minute > 300 && minute !== 700 ? null : 52;
  const modules = rowsOf([["1", "1"]], 1440, (_, minute) => ({ module_voltage: voltage(minute) }));
  // A line without length is drawn as a dot, because of its round ends.
  assert.match(
    toSvg(charts.moduleVoltage(modules)),
    /stroke-linecap="round"[^>]*><path d="M[\d.,]+L[\d.,]+M[\d.,]+Z"/,
  );
});

Deno.test("a chart without data says so", () => {
  const others = rowsOf([["1", "1"]], 3, () => ({ volts: null }));
  const empty = DAY.map((module) => keepRows(module, () => false));
  for (const name of Object.keys(FIGURES) as Chart[]) {
    if (FROM_RECORDS.includes(name)) continue;
    const draw = name === "cellStrip"
      ? ([module]: readonly ModuleRows[]) => charts.cellStrip(module!)
      : charts[name] as (modules: readonly ModuleRows[]) => charts.Figure;
    assert.match(toSvg(draw(others)), /There is no /, name);
    assert.match(toSvg(draw(empty)), /There is no /, name);
  }
  assert.match(toSvg(charts.coverage([])), /There is no hour file/);
  assert.match(toSvg(charts.samplingGaps([])), /There is no /);
  assert.match(toSvg(charts.rowsByDay([])), /There is no /);
  const unreadable = { day: 0, rows: 3, readings: 0, rejected: { "a row without a value": 3 } };
  assert.match(toSvg(charts.rowsByDay([unreadable])), /There is no reading/);
  assert.match(toSvg(charts.rejectedByDay([])), /There is no /);
  assert.match(toSvg(charts.systemState([])), /There is no /);
  assert.match(toSvg(charts.systemState([stateDay({})])), /There is no /);
});

Deno.test("names from the data are escaped", () => {
  const name = `<script>alert("1")</script>&\u0001`;
  const modules = rowsOf([[name, name]], 60, () => ({
    module_voltage: 1,
    [`module_voltage_${name}`]: 2,
    [`cell_voltage_${name}_1`]: 3,
    [`cell_voltage_${name}_2`]: 4,
  }));
  for (
    const svg of [
      toSvg(charts.moduleVoltage(modules)),
      toSvg(charts.systemState([stateDay({ "": [[name, 0, 60]] })])),
      toSvg(charts.cellStrip(modules[0]!)),
      toSvg(charts.cellSpread(modules)),
      toSvg(charts.samplingGaps([{ gaps: { [name]: gapsOf({ 1: 2 }) } }])),
      toSvg(charts.rejectedByDay([{ day: 0, rows: 2, readings: 0, rejected: { [name]: 2 } }])),
    ]
  ) {
    assert.ok(!svg.includes("<script"), svg.slice(0, 200));
    // deno-lint-ignore no-control-regex -- XML can't hold it
    assert.ok(!/[\u0000-\u0008]/.test(svg));
  }
});

Deno.test("modules whose phase and module would join to the same text keep their own lines", () => {
  const modules = rowsOf([["1_1", "1"], ["1", "1_1"]], 10, (place) => ({ module_voltage: place }));
  assert.match(
    toSvg(charts.moduleVoltage(modules)),
    /<title>1_1 \/ 1 module_voltage: [^<]* 0 to 0<.*<title>1 \/ 1_1 module_voltage: [^<]* 1 to 1</s,
  );
});

Deno.test("charts show the names of modules as they were reported, and link to their folders", () => {
  const place: [string, string] = ["Rack_3", "北 1"];
  const modules = rowsOf([place], 10, (_, minute) => ({
    module_voltage: 1,
    cell_voltage_1: 3,
    cell_voltage_2: 3 + minute / 1000,
  }));
  const drawn = [charts.moduleVoltage, charts.cellSpread].map((chart) =>
    toSvg(chart(modules, { link: (folder) => `page of ${folder}` }))
  );
  drawn.push(
    toSvg(
      charts.coverage([{
        ...COVERAGE[0]!,
        modules: [place],
        coverage: COVERAGE[0]!.coverage.slice(0, 1),
      }]),
    ),
  );
  for (const svg of drawn) assert.match(textOf(svg), /Rack_3 \/ 北 1/);
  assert.match(drawn[0]!, /href="page of Rack%5F3_%E5%8C%97%201"/);
  assert.ok(drawn.every((svg) => !svg.replace(/href="[^"]*"/g, "").includes("%5F")));
});

Deno.test("a scale that is narrow beside its values has room for its long numbers", () => {
  const roomIn = (step: number) => {
    const rows = rowsOf(
      [["1", "1"]],
      60,
      (_, minute) => ({ module_voltage: 53 + minute % 2 * step }),
    );
    return Number(/<rect[^>]* x="([\d.]+)"/.exec(toSvg(charts.moduleVoltage(rows)))![1]);
  };
  assert.ok(roomIn(0.01) > roomIn(1), "53.005 takes more room than 53.5");
  assert.equal(roomIn(1), roomIn(10));
});

Deno.test("phaseCurrent() has a line as long as any module of the phase reports", () => {
  const modules = rowsOf([["1", "1"], ["1", "2"]], 1440, (place, minute) => ({
    phase_current: place === 0 && minute > 120 ? null : minute / 100,
  }));
  assert.match(
    textOf(toSvg(charts.phaseCurrent(modules))),
    /Current \(A\): 0 \(.*\) to 14\.39 \(2024-07-13 23:59\)/,
  );
});

Deno.test("cellSpread() compares a module's own cells, and cells only", () => {
  const modules = rowsOf([["1", "1"], ["1", "2"]], 10, () => ({
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((cell) => [`cell_voltage_cell_${cell}`, 3.7 + cell / 1000]),
    ),
    cells_voltage_delta: 0.005,
  })).map((module, place) => {
    const has = (name: string) => place === 0 || /_cell_[12]$/.test(name);
    return { ...module, numbers: new Map([...module.numbers].filter(([name]) => has(name))) };
  });
  const text = textOf(toSvg(charts.cellSpread(modules)));
  assert.match(text, /Spread \(mV\): 1 in 1_2 \([^)]*\) to 5 in 1_1/);
  assert.match(text, /1_2 cell 1: median deviation −0.5 mV in 10 rows/);
});

Deno.test("batteryTemperatures() draws the extremes of more sensors than have colours", () => {
  const modules = rowsOf([["1", "1"]], 100, (_, minute) =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `battery_sensor_temperature_sensor_${i}`,
        i === 11 && minute === 50 ? 92 : 20 + i / 10,
      ]),
    ));
  const text = textOf(toSvg(charts.batteryTemperatures(modules)));
  assert.match(text, /highest of 12 .*lowest of 12 .*20 \(.*\) to 92 \(2024-07-13 00:50\)/);
});

Deno.test("a module's own temperature has a chart of its own, and is not one of the battery's", () => {
  const modules = rowsOf([["1", "1"]], 10, () => ({
    ...Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`battery_sensor_temperature_sensor_${i}`, 20 + i / 10]),
    ),
    module_temperature: 88,
  }));
  const battery = charts.batteryTemperatures(modules);
  assert.match(battery.caption, /Temperature \(°C\): 20 .* to 20\.5 /);
  assert.equal(battery.legend!.length, 6);
  assert.match(charts.moduleTemperature(modules).caption, /Temperature \(°C\): 88 throughout/);
});

Deno.test("no chart guesses a quantity from a name", () => {
  const modules = rowsOf([["1", "1"]], 10, () => ({ foo_soc: 0.5, pump_temp: 90 }));
  for (const chart of [charts.stateOfCharge, charts.batteryTemperatures]) {
    assert.match(chart(modules).caption, /There is no reading/);
  }
});

Deno.test("a quantity is that of the payload type, whatever further tags are in the column's name", () => {
  const quantityOf = quantityByColumn([
    { payload: "module_voltage", column: "module_voltage_part_2" },
  ]);
  const [module] = rowsOf([["1", "1"]], 10, () => ({ module_voltage_part_2: 26 }));
  assert.match(charts.moduleVoltage([{ ...module!, quantityOf }]).caption, /26 throughout/);
});

Deno.test("charts show values that differ only by rounding as equal", () => {
  const noise = (place: number, minute: number) => 50 + (minute % 2) * (place + 1) * 1e-14;
  const modules = rowsOf(SIX, 60, (...at) => ({ module_voltage: noise(...at) }));
  const figure = charts.moduleVoltage(modules);
  assert.match(figure.caption, /Voltage \(V\): 50 throughout/);
  assert.doesNotMatch(figure.caption, /beyond the scale/);
  assert.doesNotMatch(toSvg(figure), />\d+\.\d{5,}</);
});

Deno.test("cells are compared whatever their names end in", () => {
  const [module] = rowsOf([["1", "1"]], 10, () => ({
    ...{ cell_voltage_a: 3.7, cell_voltage_b: 3.7, cell_voltage_c: 3.7, cell_voltage_d: 3.4 },
  }));
  assert.match(charts.cellStrip(module!).description, /cell a 0\.0 mV, .*cell d −300\.0 mV/);
  assert.match(charts.cellSpread([module!]).caption, /Spread \(mV\): 300 throughout/);
});

Deno.test("cells without any value count among those of which three quarters must be known", () => {
  const modules = rowsOf([["1", "1"]], 10, () => ({
    ...{ cell_voltage_1: 3.7, cell_voltage_2: 3.7, cell_voltage_3: null, cell_voltage_4: null },
  }));
  const caption = /There is no row in which at least three quarters of a module's cells are known/;
  assert.match(charts.cellStrip(modules[0]!).caption, caption);
  assert.match(charts.cellSpread(modules).caption, caption);
});

Deno.test("moduleVoltage() and coverage() show the long names of modules in full", () => {
  const racks = Array.from({ length: 8 }, (_, i) => ["CONTAINER-NORTH", `RACK-0${i}`] as const);
  const modules = rowsOf(racks, 3, () => ({ module_voltage: 50 }));
  const text = textOf(toSvg(charts.moduleVoltage(modules)));
  const covered = {
    day: START / 1000,
    modules: racks.map(([phase, module]): [string, string] => [phase, module]),
    options: TABLE_OPTIONS,
    coverage: racks.map(() => ({ observed: HOURS, filled: HOURS })),
  };
  const reporting = textOf(toSvg(charts.coverage([covered])));
  for (const [phase, module] of racks) {
    assert.ok(text.includes(`${phase}_${module}`) && reporting.includes(`${phase}_${module}`));
  }
});

Deno.test("coverage() has so few dates on a long axis that they do not overlap", () => {
  const labels = (days: number) => {
    const covered = [0, days - 1].map((number) => ({
      day: START / 1000 + number * 86_400,
      modules: [["1", "1"]] as [string, string][],
      options: TABLE_OPTIONS,
      coverage: [{ observed: HOURS.map(() => 720), filled: HOURS.map(() => 0) }],
    }));
    const dates = toSvg(charts.coverage(covered)).matchAll(/>(\d+ [A-Z]|[A-Z])[a-z]+( \d{4})?</g);
    return [...dates].length;
  };
  // As many as fit side by side: 3 Mar, or Mar 2024.
  for (const days of [20, 29, 89, 115, 299]) assert.ok(labels(days) <= 11, `${days} days`);
  for (const days of [301, 400, 720, 2000]) assert.ok(labels(days) <= 9, `${days} days`);
});

Deno.test("coverage() weighs days by their time, not by their rows", () => {
  const day = (number: number, interval: number, observed: number) => ({
    day: START / 1000 + number * 86_400,
    modules: [["1", "1"]] as [string, string][],
    options: { ...TABLE_OPTIONS, interval },
    coverage: [{ observed: HOURS.map(() => observed), filled: HOURS.map(() => 0) }],
  });
  // Half of the rows of each day, and then all rows of the day that has fewer.
  assert.match(
    charts.coverage([day(0, 5, 360), day(1, 60, 30)]).caption,
    /observed 50\.0 %, filled \d+\.\d %, empty \d+\.\d %/,
  );
  assert.match(
    charts.coverage([day(0, 5, 0), day(1, 60, 60)]).caption,
    /observed 50\.0 %, filled \d+\.\d %, empty \d+\.\d %/,
  );
});

Deno.test("systemState() has rows per phase where phases differ, and per signal where there are several", () => {
  const day = stateDay({
    A: [["IDLE", 0, 60]],
    B: [["FAULT", 0, 60]],
    "A system_state_unit_b": [["ON", 0, 30], ["OFF", 30, 60]],
  });
  const text = textOf(toSvg(charts.systemState([day])));
  for (const row of ["phase A: IDLE", "phase B: FAULT", "phase A, system_state_unit_b: ON"]) {
    assert.ok(text.includes(row), `${row} in ${text}`);
  }
  const runs = Array.from({ length: 600 }, (_, i) => [`S${i % 200}`, i, i + 1] as const);
  const many = stateDay({ "": [...runs, ["ERROR", 700, 701]] });
  // However rare it is, a fault has a row of its own.
  assert.match(textOf(toSvg(charts.systemState([many]))), /177 other states.* ERROR/);
});

Deno.test("a value that no scale can hold is not drawn, and the chart says so", () => {
  const modules = rowsOf(
    [["1", "1"]],
    3,
    (_, minute) => ({ module_voltage: minute === 1 ? 1.7e308 : -1e308 }),
  );
  assert.match(toSvg(charts.moduleVoltage(modules)), /There is a value beyond 1e300/);
});

Deno.test("one outlier does not flatten the other panels, and is marked with its value", () => {
  const modules = rowsOf(SIX, 100, (place, minute) => ({
    module_voltage: place === 3 && minute === 50 ? 700 : 50 + place / 10,
  }));
  const svg = toSvg(charts.moduleVoltage(modules));
  const [low, high] = /data-y="([^"]*)"/.exec(svg)![1]!.split(",").map(Number);
  assert.ok(low! >= 49 && high! <= 52, `${low} to ${high}`);
  assert.match(textOf(svg), /▲ 700/);
  assert.match(textOf(svg), /to 700 in 2_1 \(2024-07-13 00:50\).*beyond the scale/);
  assert.match(textOf(svg), /2_1 module_voltage, cut at the edge: voltage \(V\) 50\.3 to 700/);
});

Deno.test("modules without a signal have no panel, but a line that names them", () => {
  const modules = rowsOf(SIX, 10, (place) => ({ module_voltage: place < 2 ? null : 50 }));
  const figure = charts.moduleVoltage(modules);
  assert.match(figure.description, /4 panels/);
  assert.match(figure.caption, /Without such a reading: 1_1, 1_2/);
});

Deno.test("the median of all ends where the last reading does", () => {
  const modules = rowsOf(SIX, 600, (place) => ({ module_voltage: 50 + place }));
  const span = { from: START, to: START + 1440 * MINUTE };
  const svg = toSvg(charts.moduleVoltage(modules, { span }));
  const [, , x0, x1] = /data-x="([^"]*)"/.exec(svg)![1]!.split(",").map(Number);
  const median = /stroke-dasharray="3 2"[^>]*><path d="([^"]*)"/.exec(svg)!;
  const end = Math.max(...median[1]!.match(/[^MLZ]+/g)!.map(parseFloat));
  const expected = x0! + (x1! - x0!) * (600 / 1440);
  assert.ok(Math.abs(end - expected) < 4, `${end} instead of ${expected}`);
});

Deno.test("of several equal extremes none is named", () => {
  const modules = rowsOf(
    SIX,
    10,
    (place, minute) => ({ module_voltage: place === 5 ? 49 : 50 + minute }),
  );
  assert.match(
    charts.moduleVoltage(modules).caption,
    /Voltage \(V\): 49 in 2_10 \([^)]*\) to 59\.$/,
  );
});

Deno.test("a current's sign is said where it is known", () => {
  assert.match(
    charts.moduleCurrent([ONE], { positiveCurrent: "discharge" }).caption,
    /Positive current is discharge/,
  );
  assert.doesNotMatch(charts.moduleCurrent([ONE]).caption, /[Pp]ositive/);
});

Deno.test("states of charge are per cent, whether they are reported as such or as fractions", () => {
  const charge = (value: number, options?: charts.ChartOptions) => {
    const rows = rowsOf([["1", "1"]], 3, () => ({ module_state_of_charge: value }));
    return charts.stateOfCharge(rows, options).caption;
  };
  assert.match(charge(55), /State of charge \(%\): 55 throughout/);
  assert.match(charge(0.55), /State of charge \(%\): 55 throughout/);
  assert.match(charge(0.55, { socUnit: "fraction" }), /: 55 throughout/);
  // On a day on which all are nearly empty, only other days tell.
  assert.match(charge(1.2, { socUnit: "percent" }), /: 1\.2 throughout/);
  assert.match(charge(1.2), /: 120 throughout/);
});

Deno.test("boards have a chart of their own", () => {
  assert.doesNotMatch(toSvg(charts.batteryTemperatures(DAY)), /debug_value/);
  assert.match(toSvg(charts.boardTemperatures(DAY)), /debug_value/);
});

Deno.test("boards that report for all modules, or for all of a phase, are drawn once", () => {
  const panelsOf = (value: (place: number, minute: number) => number | null) => {
    const rows = rowsOf(SIX, 60, (place, minute) => ({
      debug_value_temp_core: value(place, minute),
    }));
    // One module reported for half as long.
    rows[1] = keepRows(rows[1]!, (row) => row < 30);
    return textOf(toSvg(charts.boardTemperatures(rows)));
  };
  const common = panelsOf((_, minute) => minute % 7 === 0 ? null : 40 + minute);
  assert.match(common, /1 panel,.* all modules /);
  const ofPhases = panelsOf((place, minute) => (place < 3 ? 40 : 50) + minute);
  assert.match(ofPhases, /2 panels,.* phase 1 .*phase 2 /);
  const own = panelsOf((place, minute) => place === 5 && minute === 59 ? null : 40 + minute);
  assert.match(own, /6 panels,.* 1_1 .* 2_10 /);
  const one = rowsOf([["1", "1"]], 60, () => ({ debug_value_temp_core: 40 }));
  assert.match(textOf(toSvg(charts.boardTemperatures(one))), / 1_1 /);
});

Deno.test("the tooltips of rowsByDay() have the number of rows, and their share in the day", () => {
  const svg = toSvg(charts.rowsByDay(OUTCOMES));
  assert.match(svg, /<title>2024-07-13, readings: 1,000 rows, 20 %</);
  assert.match(svg, /<title>2024-07-14, duplicates: 3,800 rows, 76 %</);
});

Deno.test("samplingGaps() names classes as durations, which do not overlap", () => {
  const svg = toSvg(charts.samplingGaps(GAPS));
  assert.match(textOf(svg), / 1 s 10 s 60 s 10 min 6 h /);
  assert.doesNotMatch(svg, /rotate\(-60\)/);
  assert.match(svg, /<title>5 s to 10 s: 100,000 readings</);
  assert.match(textOf(svg), /15 classes from under 1 s to 6 h or more/);
});

Deno.test("a state is as wide as it was long, and a tick if that is too little", () => {
  const day = stateDay({
    "": [["IDLE", 0, 700], ["ERROR", 700, 701], ["IDLE", 701, 720], ["RUN", 720, 1440]],
  });
  const svg = toSvg(charts.systemState([day]));
  const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"[^>]*><title>(\w+):/g)]
    .map(([, width, state]) => [state, Number(width)] as const);
  const total = widths.reduce((sum, [, width]) => sum + width, 0);
  const run = widths.filter(([state]) => state === "RUN").reduce((sum, [, w]) => sum + w, 0);
  assert.ok(Math.abs(run / total - 0.5) < 0.01, `${run} of ${total}`);
  assert.match(svg, /stroke="#d1403a"[^>]*><title>ERROR: 2024-07-13 11:40 to 2024-07-13 11:41/);
});

Deno.test("cells are measured against their median where three quarters of them are known", () => {
  const modules = rowsOf(
    [["1", "1"]],
    100,
    (_, minute) =>
      Object.fromEntries([1, 2, 3, 4].map((cell) => [
        `cell_voltage_cell_${cell}`,
        // In the first half all are known, in the third quarter three, in the last one two.
        minute >= 75 && cell > 2 || minute >= 50 && cell > 3
          ? null
          : cell === 1
          ? 3.1
          : 3.7 + cell / 1000,
      ])),
  );
  const figure = charts.cellStrip(modules[0]!);
  assert.match(figure.caption, /of 75 rows in which at least three quarters/);
  assert.match(figure.description, /cell 1 −602\.\d mV, cell 2 (−0\.5|0\.0) mV/);
  assert.match(charts.cellSpread(modules).caption, /n = 75\. Beside/);
  assert.match(charts.cellSpread(DAY).caption, /n = 720 per module/);
});

Deno.test("a panel links to its module's page where the options say which", () => {
  const link = (folder: string) => `module-${folder}.html`;
  const svg = toSvg(charts.moduleVoltage(DAY, { link }));
  assert.match(svg, /<a [^>]*href="module-1_10\.html"/);
  assert.match(svg, /^<svg [^>]*role="group"/);
  assert.match(toSvg(charts.moduleVoltage(DAY)), /^<svg [^>]*role="img"/);
});

Deno.test("freeRows() leaves nothing of the columns", () => {
  const rows = rowsOf([["1", "1"]], 10, () => ({ module_voltage: 1 }));
  charts.freeRows(rows);
  assert.equal(rows[0]!.times.length, 0);
  assert.equal(rows[0]!.numbers.get("module_voltage")!.length, 0);
});

Deno.test("cellStrip() draws rows as long as they are, if those of other days are shorter", () => {
  const rows = [...Array(1440).keys(), ...HOURS.map((hour) => 1440 + hour * 60)];
  const [module] = rowsOf([["1", "1"]], rows.length, () => ({
    cell_voltage_1: 3.7,
    cell_voltage_2: 3.7,
  })) as [ModuleRows];
  module.times.set(rows.map((minute) => START + minute * MINUTE));
  const bars = toSvg(charts.cellStrip(module)).match(/<title>cell 1: within ±5 mV, [^<]*/g);
  assert.deepEqual(bars, [
    "<title>cell 1: within ±5 mV, 2024-07-13 00:00 to 2024-07-15 00:00 UTC",
  ]);
});
