import assert from "node:assert/strict";
import { createPolarsEncoder } from "../../lib/hours/polars_writer.ts";
import { ValueSet } from "../../lib/telemetry/mod.ts";
import { TABLE_OPTIONS } from "../helpers/support.ts";

/** Without waiting for them to be released, the frames of 60 hours take 0.5 GB. */
const MAX_GROWTH = 300e6;

Deno.test("createPolarsEncoder() releases an hour's frame before the next", async () => {
  const encodeHour = await createPolarsEncoder(TABLE_OPTIONS, new ValueSet());
  const runs = {
    ends: Int32Array.from({ length: 720 }, (_, i) => i + 1),
    values: Float64Array.from({ length: 720 }, (_, i) => Math.sqrt(i)),
    length: 720,
  };
  const columns = Array.from({ length: 90 }, (_, i) => (
    { name: `c_${i}`, kind: "numeric", runs, shared: false } as const
  ));
  const table = { hour: 1_720_828_800, firstRow: 0, phase: "1", module: "1", columns };
  await encodeHour(table);
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 60; i++) {
    await encodeHour(table);
    const growth = Deno.memoryUsage().rss - before;
    assert.ok(growth < MAX_GROWTH, `${growth} bytes more after ${i + 1} hours`);
  }
});
