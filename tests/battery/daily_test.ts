import assert from "node:assert/strict";
import { dayOf, type Stretches } from "./build.ts";
import { JULY_13 } from "../helpers/support.ts";

const HOUR = 720;
const busy: Stretches = [[0, 24 * HOUR, 1]];

Deno.test("collectFigures() takes shared rows of every hour in which any module has files", () => {
  // The second module has files before the first one.
  const modules = [[5, 6], [1]].map((hours, i) => ({ module: `${i}`, hours, own: { busy } }));
  const { places } = dayOf({ modules, shared: { system_state: [[0, 24 * HOUR, "RUN"]] } }).figures;
  const hours = places[0]!.states.map((
    { from, to },
  ) => [(from - JULY_13) / 3600, (to - JULY_13) / 3600]);
  assert.deepEqual(hours, [[1, 2], [5, 7]]);
});

Deno.test("collectFigures() puts the system before phases, and phases before modules", () => {
  const modules = ["1", "2"].map((module) => ({ module, own: { busy } }));
  const { places } = dayOf({ modules, shared: { humidity: busy }, sharedPhase: "1" }).figures;
  assert.deepEqual(
    places.map(({ phase, module }) => [phase, module]),
    [[null, null], ["1", null], ["1", "1"], ["1", "2"]],
  );
});

Deno.test("collectFigures() leaves no gap between neighbouring rows longer than the max gap", () => {
  const grid = { interval: 900, maxGap: 300, fill: "hold" } as const;
  const { places } = dayOf({ grid, modules: [{ own: { level: [[8, 24, 5]] } }] }).figures;
  const [level] = places.find(({ module }) => module === "1")!.signals;
  assert.deepEqual(level!.runs, [[5, JULY_13 + 2 * 3600, JULY_13 + 6 * 3600, false]]);
});

Deno.test("collectFigures() rounds down a max gap that is not a whole number of rows", () => {
  const grid = { interval: 60, maxGap: 330, fill: "hold" } as const;
  const runs = (apart: number) => {
    const level = Array.from({ length: 30 }, (_, i): Stretches[number] => {
      return [480 + i * apart, 481 + i * apart, 5];
    });
    const { places } = dayOf({ grid, modules: [{ own: { level } }] }).figures;
    return places.find(({ module }) => module === "1")!.signals[0]!.runs.length;
  };
  assert.deepEqual([runs(5), runs(6)], [1, 0]);
});
