import assert from "node:assert/strict";
import { join } from "node:path";
import { reportedTimes } from "../../lib/report/charts/coverage.ts";
import { readHours } from "../../lib/report/charts/module_rows.ts";
import { readRecords, rowCounts } from "../../lib/store/mod.ts";
import { GAP_BOUNDS, sumGaps } from "../../lib/telemetry/mod.ts";
import { dayFile, etl, inFolder, JULY_13, put } from "../helpers/support.ts";

const row = (time: number, payload: string, value: string, module: string | null = "1") => ({
  time: JULY_13 + time,
  payload,
  value,
  tags: [["phase", "1"], ...(module === null ? [] : [["module", module]])] as [string, string][],
});

const page = (folder: string, name: string) =>
  Deno.readTextFileSync(join(folder, "out/_etl/report", name));
const pages = (folder: string) =>
  [...Deno.readDirSync(join(folder, "out/_etl/report"))].map(({ name }) => name).sort();

Deno.test("--report writes pages, and later only those that change", () =>
  inFolder(async (folder) => {
    const first = [row(10, "volts", "1"), row(12, "volts", "1"), row(12, "volts", "1")];
    put(join(folder, "in/a.parquet"), dayFile(first));
    put(join(folder, "in/b.parquet"), dayFile([row(86_400 * 3, "volts", "2", "2")]));
    await etl(folder);
    assert.throws(() => pages(folder), Deno.errors.NotFound);
    await etl(folder, "--report");
    const all = ["day-2024-07-13.html", "day-2024-07-16.html", "index.html"];
    assert.deepEqual(pages(folder), [...all, "module-1_1.html", "module-1_2.html"]);
    assert.match(
      page(folder, "index.html"),
      /<td class="short">Distinct readings<\/td><td class="number">3</,
    );
    assert.match(page(folder, "index.html"), /No row was rejected/);
    assert.match(
      page(folder, "day-2024-07-13.html"),
      /<td class="short">Duplicates<\/td><td class="number">1</,
    );

    for (const name of all) {
      const captions = [
        ...page(folder, name).matchAll(/<(?:fig)?caption[^>]*>(.*?)<\/(?:fig)?caption>/g),
      ];
      const texts = captions.map(([, text]) => text!);
      assert.ok(texts.length > 2 && texts.every((text) => /[^.]\.$/.test(text)), texts.join("\n"));
    }

    const written = (name: string) =>
      Deno.statSync(join(folder, "out/_etl/report", name)).mtime!.getTime();
    const before = pages(folder).map(written);
    put(join(folder, "in/c.csv"), "timestamp,payload_type,value,tags\n1,x,y,z\n");
    await etl(folder, "--report");
    assert.match(page(folder, "index.html"), /a timestamp before 2000/);
    assert.match(page(folder, "index.html"), /<td class="short">c\.csv<\/td>/);
    const after = pages(folder).map(written);
    assert.deepEqual(pages(folder).filter((_, i) => before[i] !== after[i]), ["index.html"]);
    await etl(folder, "--report");
    assert.deepEqual(pages(folder).map(written), after, "a run that finds nothing new");
    put(join(folder, "in/c.csv"), "timestamp,payload_type,value,tags\n2,other,y,z\n");
    await etl(folder, "--report");
    assert.match(page(folder, "index.html"), /<td class="short">other<\/td>/, "as many, others");

    Deno.removeSync(join(folder, "in/b.parquet"));
    await etl(folder, "--report");
    assert.deepEqual(pages(folder), ["day-2024-07-13.html", "index.html", "module-1_1.html"]);
    assert.doesNotMatch(page(folder, "day-2024-07-13.html"), /Day after/);
  }));

Deno.test("a module's days are drawn apart if they are weeks apart, and alone as one module's", () =>
  inFolder(async (folder) => {
    const rows = [0, 3, 30].flatMap((day) => [
      row(day * 86_400, "module_voltage", "52"),
      row(day * 86_400 + 600, "module_state_of_charge", "0.5"),
      row(day * 86_400, "cell_voltage_1", "3.7"),
      row(day * 86_400, "cell_voltage_2", "3.6"),
      row(day * 86_400, "system_state", day === 3 ? "ERROR" : "IDLE"),
    ]);
    put(join(folder, "in/a.parquet"), dayFile(rows));
    await etl(folder, "--report");
    const module = page(folder, "module-1_1.html");
    assert.match(
      module.replace(/<\/?time>/g, ""),
      /These charts show 2024-08-12; older days, more than a week apart, follow/,
    );
    const voltages = [...module.matchAll(/<h3>Module voltage<.*?<figcaption[^>]*>([^.]*)\./gs)];
    assert.deepEqual(voltages.map(([, span]) => span!.replace(/<\/?time>/g, "")), [
      "2024-08-12 00:00 to 2024-08-12 01:00 UTC", // the hours with readings, since they are few
      "2024-07-13 00:00 to 2024-07-17 00:00 UTC",
    ]);
    assert.match(module, /<summary>2024-07-13 to 2024-07-16, state<\/summary>/);
    const day = page(folder, "day-2024-08-12.html");
    assert.doesNotMatch(module + day, /by module|each module|per module|1 modules/);
    assert.doesNotMatch(day, /These charts show/);
  }));

Deno.test("a module's pages say how the rows of each day were made if their options differ", () =>
  inFolder(async (folder) => {
    const rows = [0, 1].map((day) => row(day * 86_400, "module_voltage", "52"));
    put(join(folder, "in/a.parquet"), dayFile(rows));
    await etl(folder);
    await etl(folder, "--from", "2024-07-14", "--interval", "1m", "--report");
    const text = page(folder, "module-1_1.html").replace(/<[^>]*>/g, " ").replaceAll("\u00a0", " ");
    assert.match(
      text,
      /Rows of 5 s \(mean\); a value is held for at most 300 s; on other days: rows of 60 s \(mean\);/,
    );
    // 5 s of one day, 60 s of the other: 65 s of 48 h.
    assert.match(text, /Overall: observed 0\.1 %, filled 0\.[34] %/);
    assert.doesNotMatch(page(folder, "day-2024-07-14.html"), /rows of 5\ss/i);
  }));

Deno.test("--report names a page that can't be written, and writes the rest", () =>
  inFolder(async (folder) => {
    put(join(folder, "in/a.parquet"), dayFile([row(10, "volts", "1")]));
    put(join(folder, "out/_etl/report/module-1_1.html/in the way"), "");
    const { code, problems } = await etl(folder, "--report");
    assert.equal(code, 1);
    assert.deepEqual(problems.map(({ name }: { name: string }) => name), [
      "_etl/report/module-1_1.html",
    ]);
    assert.ok(pages(folder).includes("index.html"));
  }));

Deno.test("readHours(), reportedTimes(), sumGaps() and rowCounts() hold what was read", () =>
  inFolder(async (folder) => {
    const rows = [
      row(0, "module_voltage", "1"),
      row(5, "module_voltage", "3"),
      row(65, "module_voltage", "3"),
      row(3600, "module_voltage", "5", "2"),
      row(3600, "module_voltage", "x", "2"),
      row(3600, "phase_current", "5", null),
      // Nothing is known of it, so no chart needs it.
      row(0, "uptime", "5"),
    ];
    put(join(folder, "in/a.parquet"), dayFile([...rows, ...rows]));
    await etl(folder);
    const output = join(folder, "out");
    const days = [...readRecords(output, join(output, "_etl")).days.values()];
    const [first, second] = readHours(output, days, [["1", "1"], ["1", "2"]]);
    assert.deepEqual([first!.phase, first!.module], ["1", "1"]);
    assert.deepEqual([...first!.numbers.keys()], ["module_voltage", "phase_current"]);
    assert.deepEqual([...first!.times.subarray(0, 2)], [JULY_13 * 1000, JULY_13 * 1000 + 5000]);
    assert.deepEqual([first!.times.length, second!.times.length], [720, 720]);
    assert.deepEqual([...first!.numbers.get("module_voltage")!.subarray(0, 3)], [1, 3, 3]);

    const { modules } = reportedTimes(days)!;
    const hours = [...modules].map(([name, columns]) => [name, ...columns.slice(0, 2)]);
    assert.deepEqual(hours, [
      // 0 s, 5 s and 65 s, and what five minutes hold
      ["1_1", { observed: 15, filled: 355, all: 3600 }, { observed: 0, filled: 0, all: 3600 }],
      ["1_2", { observed: 0, filled: 0, all: 3600 }, { observed: 5, filled: 300, all: 3600 }],
    ]);
    const [day] = days as [(typeof days)[number]];
    const apart = reportedTimes([{ ...day, day: day.day + 20 * 86_400 }, day])!;
    assert.equal(apart.step, 6 * 3_600_000, "columns of six hours, for there are many");
    const columns = apart.modules.get("1_1")!;
    assert.equal(columns.length, 21 * 4, "also of days between, of which there is nothing");
    assert.equal(columns.filter(({ observed }) => observed === 0).length, 21 * 4 - 2);
    assert.deepEqual(columns.map(({ all }) => all), Array(21 * 4).fill(6 * 3600));
    const gaps = sumGaps(days);
    assert.deepEqual([...gaps.keys()], ["module_voltage"]);
    const counts = gaps.get("module_voltage")!.map((count, i) => [GAP_BOUNDS[i], count]);
    assert.deepEqual(counts.filter(([, count]) => count! > 0), [[5, 1], [60, 1]]);
    assert.deepEqual(rowCounts(days), {
      rows: 14,
      readings: 6,
      duplicates: 7,
      rejected: { "a value that is not a finite number": 1 },
    });
  }));
