import assert from "node:assert/strict";
import fc from "fast-check";
import { shortPath } from "../../../lib/report/charts/figure.ts";

/** The corners of a path of straight lines, in tenths of a pixel. */
function corners(path: string): number[][] {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([MLlhvZ])([^MLlhvZ]*)/g)].filter(([, c]) => c !== "Z").map(
    ([, command, rest]) => {
      const [a = 0, b = 0] = rest!.split(",").map((text) => Math.round(Number(text) * 10));
      if (command === "M" || command === "L") [x, y] = [a, b];
      else if (command === "h") x += a;
      else if (command === "v") y += a;
      else [x, y] = [x + a, y + b];
      return [x, y];
    },
  );
}

Deno.test("shortPath() keeps the corners of a path", () =>
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: -999, max: 9999 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
    }),
    (points) => {
      const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x / 10},${y / 10}`).join("") +
        "Z";
      const distinct = corners(path).filter(([x, y], i, all) =>
        i === 0 || x !== all[i - 1]![0] || y !== all[i - 1]![1]
      );
      const found = corners(shortPath(path)).filter(([x, y], i, all) =>
        i === 0 || x !== all[i - 1]![0] || y !== all[i - 1]![1]
      );
      assert.deepEqual(found, distinct);
    },
  )));

Deno.test("shortPath() leaves curves as they are", () => {
  assert.equal(shortPath("M0,0C1,1,2,2,3,3"), "M0,0C1,1,2,2,3,3");
});
