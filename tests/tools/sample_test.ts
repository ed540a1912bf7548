import assert from "node:assert/strict";
import { join } from "node:path";
import { makeSample, SAMPLE } from "../../tools/sample/sample.ts";
import { readReal } from "../helpers/real.ts";
import { exists, inFolder, put, ROOT, TELEMETRY, tree } from "../helpers/support.ts";

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
    assert.deepEqual([...new Set(states)].sort(), ["CHARGE", "DISCHARGE", "IDLE"]);
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
      at("module_current", 11.5) > 5 && at("module_current", 20) < -5 &&
        at("module_current", 3) === 0,
    );
    assert.ok(at("cell_voltage", 14, "1") > at("cell_voltage", 9, "1"), "cells follow");
    const warmth = (hour: number) => at("module_temperature", hour);
    assert.ok(warmth(13.5) > warmth(9) + 3, "current warms");
    const spread = (hour: number) => at("cell_voltage", hour, "1") - at("cell_voltage", hour, "9");
    assert.ok(Math.abs(spread(20.5)) > 0.02, "the weak cell shows under load");
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
