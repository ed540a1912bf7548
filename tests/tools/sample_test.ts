import assert from "node:assert/strict";
import { join } from "node:path";
import { makeSample, SAMPLE } from "../../tools/sample/sample.ts";
import { readReal } from "../helpers/real.ts";
import { cli, exists, inFolder, put, ROOT, TELEMETRY, tree } from "../helpers/support.ts";

Deno.test("the sample in data/ is what the seed gives, byte for byte", () => {
  const made = new Map<string, Uint8Array>();
  makeSample(SAMPLE, (name, bytes) => made.set(name, bytes));
  const there = tree(join(ROOT, "data"));
  assert.deepEqual([...there.keys()], [...made.keys()].sort());
  for (const [name, bytes] of made) assert.deepEqual(there.get(name), bytes, name);
  const size = [...there.values()].reduce((sum, { length }) => sum + length, 0);
  assert.ok(size < 3e6, `${size} bytes`);
});

Deno.test("another seed gives another sample", () => {
  const [a, b] = [1, 2].map((seed) => {
    const sizes: number[] = [];
    makeSample({ days: 1, phases: 1, modules: 1, seed }, (_, bytes) => sizes.push(bytes.length));
    return sizes;
  });
  assert.notDeepEqual(a, b);
});

/** Payload types with the names of their tags. */
const kinds = (rows: { payload: string; tags: [string, string][] }[]) =>
  [...new Set(rows.map(({ payload, tags }) => [payload, ...tags.map(([key]) => key)].join(" ")))]
    .sort();

Deno.test("the sample has the signals, bursts and copies of the real thing", () =>
  inFolder(async (folder) => {
    const paths: string[] = [];
    makeSample({ days: 1, phases: 1, modules: 1, seed: 3 }, (name, bytes) => {
      put(join(folder, name), bytes);
      paths.push(join(folder, name));
    });
    const rows = (await Promise.all(paths.map(readReal))).flat();
    if (exists(TELEMETRY)) {
      const day = join(TELEMETRY, "2024/07/13");
      const real = [...Deno.readDirSync(day)].map(({ name }) => join(day, name)).slice(0, 8);
      const all = (await Promise.all(real.map(readReal))).flat();
      assert.deepEqual(kinds(rows), kinds(all));
    }
    const volts = rows.filter(({ payload }) => payload === "module_voltage");
    const seconds = [...new Set(volts.map(({ time }) => time))].sort((a, b) => a - b);
    const copies = volts.length / seconds.length;
    assert.ok(copies >= 4 && copies <= 5, `${copies} copies`);
    const steps = seconds.slice(1).map((second, i) => second - seconds[i]!);
    assert.ok(steps.includes(1) && steps.some((step) => step >= 10 && step < 30), "bursts");
    assert.ok(steps.some((step) => step > 60 && step <= 430), "silences of minutes");
    assert.ok(steps.some((step) => step >= 3600), "a gap of an hour");
    const states = rows.filter(({ payload }) => payload === "system_state").map(({ value }) =>
      value
    );
    assert.deepEqual([...new Set(states)].sort(), ["ERROR", "IDLE", "RUN"]);
  }));

Deno.test("the physics is plausible", () =>
  inFolder(async (folder) => {
    const rows: Awaited<ReturnType<typeof readReal>> = [];
    const paths: string[] = [];
    makeSample({ days: 1, phases: 1, modules: 1, seed: 3 }, (name, bytes) => {
      put(join(folder, name), bytes);
      paths.push(join(folder, name));
    });
    for (const path of paths) rows.push(...await readReal(path));
    const at = (payload: string, hour: number, cell?: string) =>
      Number(
        rows.find(({ payload: p, time, tags }) =>
          p === payload && time % 86_400 >= hour * 3600 &&
          (cell === undefined || tags.some(([key, value]) => key === "cell" && value === cell))
        )!.value,
      );
    assert.ok(
      at("module_state_of_charge", 14) > at("module_state_of_charge", 9) + 0.2,
      "charged at noon",
    );
    assert.ok(
      at("module_state_of_charge", 22.6) < at("module_state_of_charge", 18) - 0.2,
      "used at night",
    );
    assert.ok(
      at("module_current", 11.5) < -5 && at("module_current", 20) > 5 &&
        Math.abs(at("module_current", 3)) < 0.2,
    );
    assert.ok(at("cell_voltage", 14, "1") > at("cell_voltage", 9, "1"), "cells follow");
    const warmth = (hour: number) => at("module_temperature", hour);
    assert.ok(warmth(13.5) > warmth(9) + 3, "current warms");
    const spread = (hour: number) => at("cell_voltage", hour, "1") - at("cell_voltage", hour, "9");
    assert.ok(spread(3) > 0.1 && spread(3) < 0.16, "the weak cell is low at rest");
    assert.ok(spread(20.5) > spread(3) + 0.03, "and lower under load");
  }));

Deno.test("a module is neither overcharged nor overdrawn", () =>
  inFolder(async (folder) => {
    const options = { days: 2, phases: 1, modules: 1, seed: 2 };
    const paths: string[] = [];
    makeSample(options, (name, bytes) => {
      put(join(folder, name), bytes);
      paths.push(join(folder, name));
    });
    const rows = (await Promise.all(paths.map(readReal))).flat();
    const charges = rows.filter(({ payload }) => payload === "module_state_of_charge")
      .map(({ value }) => Number(value));
    const least = charges.reduce((a, b) => Math.min(a, b));
    const most = charges.reduce((a, b) => Math.max(a, b));
    assert.ok(least >= 0.09 && most <= 1, `${least} to ${most}`);
  }));

Deno.test("what is the matter in the sample stands in the tables", () =>
  inFolder(async (folder) => {
    const { code } = await cli("--input", join(ROOT, "data"), "--output", folder, "--quiet");
    assert.equal(code, 0);
    const table = (name: string) =>
      Deno.readTextFileSync(join(folder, "_etl", name)).trim().split("\n").slice(1)
        .map((line) => line.split(","));
    const found = table("events.csv").map(([, , phase, module, kind, detail]) =>
      [`${phase}_${module}`, kind, detail!.split(" ")[0]].join(" ")
    );
    assert.deepEqual([...new Set(found)].sort(), [
      "1_1 cell cell_voltage_battery_1_cell_9",
      ...["1_1", "1_2", "2_1"].map((module) => `${module} silent no`),
      "2_2 frozen battery_sensor_temperature_battery_1_sensor_1",
      "2_2 silent no",
      "_ derating system_derating_charging_amp",
      "_ state ERROR",
    ]);
    // Positive current is discharge: more goes out in the evening than comes in at noon.
    for (const [, phase, module, , out, into, , , , , least, most, ...rest] of table("daily.csv")) {
      assert.ok(Number(out) > Number(into) && Number(least) < -8 && Number(most) > 10);
      const filled = Number(rest[8]);
      assert.equal(filled < 0.1, `${phase}_${module}` === "2_1", `${filled} of the cells' rows`);
    }
  }));

Deno.test("a phase's current follows its strongest module", () =>
  inFolder(async (folder) => {
    const rows: Awaited<ReturnType<typeof readReal>> = [];
    for (const [name, bytes] of sampleFiles({ days: 1, phases: 1, modules: 3, seed: 5 })) {
      put(join(folder, name), bytes);
      rows.push(...await readReal(join(folder, name)));
    }
    const at = (payload: string) =>
      Map.groupBy(rows.filter((row) => row.payload === payload), ({ time }) => time);
    const modules = at("module_current");
    for (const [time, [row]] of at("phase_current")) {
      const strongest = modules.get(time)!.map(({ value }) => Number(value))
        .reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
      assert.ok(Math.abs(Number(row!.value) - strongest) < 0.21, `${row!.value}, ${strongest}`);
    }
  }));

function sampleFiles(options: typeof SAMPLE): Map<string, Uint8Array> {
  const made = new Map<string, Uint8Array>();
  makeSample(options, (name, bytes) => made.set(name, bytes));
  return made;
}
