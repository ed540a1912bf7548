import assert from "node:assert/strict";
import { join } from "node:path";
import { dayFile, etl, inFolder, put } from "../helpers/support.ts";
import { textOf } from "../helpers/markup.ts";

const FIRST = Date.UTC(2024, 6, 13) / 1000;

/** What a module reports once a minute: values of cells, sensors and parts, and by payload type. */
interface Reported {
  cells: Record<string, number>;
  sensors: number[];
  voltages?: number[];
  others?: Record<string, number>;
}

/** Two hours of a module at rest. */
function rowsOf(
  day: number,
  module: string,
  { cells, sensors, voltages = [], others = {} }: Reported,
) {
  const values: [payload: string, value: number, tag?: string][] = [
    ...Object.entries(cells).map(([cell, value]) =>
      ["cell_voltage", value, cell] as [string, number, string]
    ),
    ...sensors.map((value, i) =>
      ["battery_sensor_temperature", value, String(i)] as [string, number, string]
    ),
    ...voltages.map((value, i) => ["module_voltage", value, String(i)] as [string, number, string]),
    ...Object.entries({ module_current: 0, ...others }),
  ];
  return Array.from({ length: 120 }, (_, minute) =>
    values.map(([payload, value, tag]) => ({
      time: FIRST + day * 86_400 + minute * 60,
      payload,
      value: String(value),
      tags: [
        ...[["phase", "1"], ["module", module]],
        ...(tag === undefined ? [] : [["number", tag]]),
      ] as [string, string][],
    }))).flat();
}

const FOUR = { a: 3.7, b: 3.7, c: 3.69, d: 3.4 };
const ROWS = [
  // Its own temperature is not one of the battery's six.
  ...rowsOf(0, "1", {
    ...{ cells: FOUR, sensors: [20, 20.2, 20.4, 20.6, 20.8, 21] },
    others: { module_temperature: 88 },
  }),
  // On its second day, two of four cells are never known.
  ...rowsOf(0, "2", { cells: FOUR, sensors: [30] }),
  ...rowsOf(1, "2", { cells: { a: 3.7, b: 3.65 }, sensors: [31] }),
  ...rowsOf(0, "3", {
    cells: Object.fromEntries(Array.from({ length: 14 }, (_, i) => [i + 1, i === 8 ? 3.85 : 3.7])),
    sensors: [25],
    // The only voltage has a further tag, which is in the name of its column.
    voltages: [26],
    others: { pump_temp: 95, foo_soc: 0.1 },
  }),
];

/** The caption and the description of a chart on a page. */
function chartOn(page: string, title: string): string {
  const found = new RegExp(`<figure><h3>${title}</h3>.*?</figure>`, "s").exec(page);
  const description = /aria-description="([^"]*)"/.exec(found![0])?.[1] ?? "";
  return `${textOf(found![0])} ${description}`;
}

Deno.test("the report's pages agree with daily.csv about each day", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.parquet"), dayFile(ROWS));
    await etl(folder, "--report");
    const [head, ...lines] = Deno.readTextFileSync(join(folder, "out/_etl/daily.csv")).trim()
      .split("\n").map((line) => line.split(","));
    const daily = lines.map((line) => Object.fromEntries(head!.map((name, i) => [name, line[i]!])));
    const ofModule = (module: string) => daily.filter((row) => row["module"] === module);
    const lastOf = (module: string, column: string) =>
      ofModule(module).findLast((row) => row[column] !== "")![column]!;
    const numbers = (rows: typeof daily, column: string) => rows.map((row) => Number(row[column]));
    const page = (name: string) =>
      Deno.readTextFileSync(join(folder, `out/_etl/report/${name}.html`));

    const table = textOf(/Table: Ordered by rest spread.*?<\/table>/s.exec(page("index"))![0]);
    for (const module of ["1", "2", "3"]) {
      const cell = lastOf(module, "weakest_cell").replace("cell_voltage_", "").replace("_", " ");
      const mv = Number(lastOf(module, "weakest_cell_deviation_mv"));
      const deviation = `${mv < 0 ? "−" : "+"}${Math.abs(mv).toFixed(1)} mV`;
      const spread = Math.round(Number(lastOf(module, "rest_spread_mv")));
      const hottest = Math.max(...numbers(ofModule(module), "battery_temperature_max_c")).toFixed(
        1,
      );
      assert.match(
        table,
        new RegExp(` 1_${module} .* ${spread} ${cell}: \\${deviation} ${hottest} `),
      );
      // Nothing changes all day, so that the medians of all rows are those at rest.
      const cells = chartOn(page(`module-1_${module}`), "Cells against .*?");
      assert.ok(cells.includes(`${cell} ${deviation}`), cells);
    }

    const second = daily.find((row) => row["day"] === "2024-07-14")!;
    assert.deepEqual([second["weakest_cell"], second["weakest_cell_deviation_mv"]], ["", ""]);
    assert.match(
      chartOn(page("day-2024-07-14"), "Cell voltage spread.*?"),
      /There is no row in which at least three quarters of a module's cells are known/,
    );

    const first = daily.filter((row) => row["day"] === "2024-07-13");
    const low = Math.min(...numbers(first, "battery_temperature_min_c"));
    const high = Math.max(...numbers(first, "battery_temperature_max_c"));
    const day = page("day-2024-07-13");
    assert.match(
      chartOn(day, "Battery temperatures"),
      new RegExp(`\\(°C\\): ${low} .*to ${high} `),
    );
    assert.match(chartOn(day, "Module temperature.*?"), /: 88 throughout/);
    assert.match(chartOn(day, "Module voltage"), /: 26 throughout/);
    assert.match(chartOn(day, "State of charge"), /There is no reading of such a signal/);
  }));
