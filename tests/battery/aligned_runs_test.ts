import assert from "node:assert/strict";
import fc from "fast-check";
import { valueAt } from "../../lib/battery/runs.ts";
import { alignRuns, createAlignedRuns } from "../../lib/battery/aligned_runs.ts";

/** Columns of the same number of rows, as runs. */
const anyColumns = fc.integer({ min: 1, max: 60 }).chain((rows) =>
  fc.array(
    fc.uniqueArray(fc.integer({ min: 1, max: rows })).map((ends) => {
      const inOrder = [...new Set([...ends, rows])].sort((a, b) => a - b);
      const values = inOrder.map((end, i) => i % 3 === 2 ? NaN : end);
      const [length, room] = [inOrder.length, [0, 0]]; // buffers are longer than what they hold
      return {
        ends: Int32Array.from([...inOrder, ...room]),
        values: Float64Array.from([...values, ...room]),
        length,
      };
    }),
    { minLength: 1, maxLength: 5 },
  )
);

Deno.test("alignRuns() divides a day where any column changes, and keeps the values of all", () => {
  fc.assert(fc.property(fc.array(anyColumns, { maxLength: 3 }), (days) => {
    const out = createAlignedRuns(); // reused for days with more or fewer rows and columns
    for (const columns of days) {
      alignRuns(columns, out);
      const ends = columns.flatMap(({ ends, length }) => [...ends.subarray(0, length)]);
      const expected = [...new Set(ends)].sort((a, b) => a - b);
      assert.deepEqual([...out.ends.subarray(0, out.length)], expected);
      columns.forEach((runs, c) => {
        const values = expected.map((end) => valueAt(runs, end - 1));
        assert.deepEqual([...out.values[c]!.subarray(0, out.length)], values);
      });
    }
  }));
});
