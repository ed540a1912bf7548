import assert from "node:assert/strict";
import fc from "fast-check";
import { PairMap } from "../../lib/parquet/pair_map.ts";

Deno.test("PairMap.get() returns values set in the table and beyond it", () => {
  const small = fc.nat({ max: 40 });
  const number = fc.oneof(small, small, fc.nat({ max: 5_000 }), fc.nat({ max: 2 ** 26 - 1 }));
  const entries = fc.array(fc.tuple(number, number, fc.integer({ min: 1, max: 2 ** 31 - 1 })));
  fc.assert(
    fc.property(entries, (entries) => {
      const [map, wanted] = [new PairMap(), new Map<string, number>()];
      for (const [a, b, value] of entries) {
        map.set(a, b, value);
        wanted.set(`${a} ${b}`, value);
      }
      for (const [a, b] of entries) {
        assert.equal(map.get(a, b), wanted.get(`${a} ${b}`));
        assert.equal(map.get(a + 1, b), wanted.get(`${a + 1} ${b}`) ?? 0);
      }
    }),
    { numRuns: 30 },
  );
});
