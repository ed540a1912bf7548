import assert from "node:assert/strict";
import { heatLegend, heatMap, heatSection } from "../../lib/report/overview/heat_map.ts";
import { dayAxis, stripPlot } from "../../lib/report/overview/strip.ts";
import { makeDays } from "../helpers/battery_days.ts";

Deno.test("heatMap() hatches what has too few rows, and leaves blank what has no data", () => {
  const axis = dayAxis(makeDays({ days: 4, phases: 1, modules: 1, cells: 2 }));
  const scale = { bounds: [1, 2, 3, 4, 5, 6, 7], unit: "mV", few: "too few" };
  const rows = [{ name: ["m.html", "<1>"] as const, values: [0, 8, null, undefined] }];
  const strip = heatMap("a map", rows, scale);
  const [plot, { name }] = [stripPlot(axis, strip), strip];
  assert.match(plot, /<path class="h0" d="M0 0h1v1h-1z"\/>/);
  assert.match(plot, /<path class="h7" d="M1 0h1v1h-1z"\/>/);
  assert.match(plot, /<path class="blank" d="M3 0h1v1h-1z"\/>/);
  assert.doesNotMatch(plot, /class="few"/);
  assert.match(plot, /0\.0,8\.0,~,/);
  assert.match(name, /<a href="m\.html">&lt;1&gt;<\/a>/);
  assert.equal(heatLegend(scale).match(/<li>/g)!.length, 10);
});

Deno.test("heatMap() puts a value at a bound into the class above, or below on a reversed scale", () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7];
  const classes = (isReversed: boolean) => {
    const rows = [{ name: "x", values: [0.9, 1, 6.9, 7] }];
    const { shapes } = heatMap("a map", rows, { bounds, unit: "mV", isReversed });
    return [...shapes.matchAll(/class="(h\d)" d="M(\d)/g)].map(([, name, day]) => [name, day]);
  };
  assert.deepEqual(classes(false), [["h0", "0"], ["h1", "1"], ["h6", "2"], ["h7", "3"]]);
  assert.deepEqual(classes(true), [["h7", "0"], ["h6", "1"], ["h1", "2"], ["h0", "3"]]);
});

Deno.test("heatMap() has the values for tooltips, and the names of rows with and without links", () => {
  const scale = { bounds: [1], unit: "mV" };
  const rows = [{ name: "plain", values: [1, null] }, {
    name: ["a.html", "link"] as const,
    values: [undefined, 2],
  }];
  const { heat, name } = heatMap("a map", rows, scale);
  assert.equal(heat, "1.0,~;,2.0");
  assert.match(name, /<li title="plain">plain<\/li><li><a href="a\.html">link<\/a><\/li>/);
});

Deno.test("heatSection() has a wide column for long names, which may differ only at their ends", () => {
  const axis = dayAxis(makeDays({ days: 1, phases: 1, modules: 1, cells: 2 }));
  const markup = (name: string) =>
    heatSection(axis, "", "", [{ name: ["a.html", name], values: [1] }], {
      bounds: [1],
      unit: "mV",
    }).join("");
  assert.match(markup("1_10"), /class="axis narrow"/);
  assert.match(markup("CONTAINER-1_RACK-10"), /class="axis wide"/);
});

Deno.test("heatLegend() has each class with its bounds", () => {
  const text = heatLegend({ bounds: [1, 20], unit: "mV" }).replace(/<[^>]*>/g, " ");
  assert.equal(text.replace(/\s+/g, " ").trim(), "under 1 mV 1–20 20 and more no data");
});
