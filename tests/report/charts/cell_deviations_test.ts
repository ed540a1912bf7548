import assert from "node:assert/strict";
import fc from "fast-check";
import { cellDeviations } from "../../../lib/report/charts/cell_deviations.ts";
import { medianOf } from "../../../lib/battery/mod.ts";

const cell = fc.option(fc.integer({ min: 3000, max: 4200 }), { nil: NaN, freq: 4 });

Deno.test("cellDeviations() measures against the median of each row with enough cells", () => {
  fc.assert(fc.property(
    fc.integer({ min: 2, max: 9 }).chain((cells) =>
      fc.array(fc.array(cell, { minLength: cells, maxLength: cells }), { maxLength: 20 })
    ),
    (rows) => {
      const width = rows[0]?.length ?? 2;
      const columns = Array.from(
        { length: width },
        (_, k) => Float64Array.from(rows, (row) => row[k]! / 1000),
      );
      const { values, spread, known } = cellDeviations(columns);
      let enough = 0;
      rows.forEach((row, i) => {
        const there = row.filter((value) => value === value);
        if (there.length < width * 0.75) {
          assert.ok(Number.isNaN(spread[i]) && values.every((column) => Number.isNaN(column[i])));
          return;
        }
        enough++;
        assert.ok(Math.abs(spread[i]! - (Math.max(...there) - Math.min(...there))) < 0.01);
        row.forEach((value, k) => {
          const expected = value - medianOf(there);
          if (value === value) assert.ok(Math.abs(values[k]![i]! - expected) < 0.01);
          else assert.ok(Number.isNaN(values[k]![i]));
        });
      });
      assert.equal(known, enough);
    },
  ));
});
