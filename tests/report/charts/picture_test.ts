import assert from "node:assert/strict";
import { toSvg } from "../../../lib/report/charts/picture.ts";

Deno.test("toSvg() puts words around plots, long ones on several lines", () => {
  const words = { title: "<T>", description: "D", caption: "word ".repeat(99).trim() };
  const plot = {
    svg: `<svg width="5"></svg>`,
    names: `<svg width="6"></svg>`,
    margin: 6,
    height: 7,
  };
  const svg = toSvg({ ...words, plot, newest: 1 });
  assert.match(svg, /<title>&lt;T&gt;<\/title><desc>D<\/desc>/);
  assert.ok(svg.split("<text").length > 5);
  assert.match(
    svg,
    /<g transform="translate\(0,\d+\)"><svg width="5"><\/svg><svg width="6"><\/svg><\/g>/,
  );
});
