import assert from "node:assert/strict";
import fc from "fast-check";
import { GAP_BOUNDS, gapsOf, statisticsOf } from "../../lib/telemetry/statistics.ts";
import { signalOf, type Tags } from "../../lib/telemetry/tags.ts";
import { ValueSet } from "../../lib/telemetry/values.ts";

const seriesOf = (readings: readonly (readonly [time: number, text: string])[]) => {
  const [values, encoder] = [new ValueSet(), new TextEncoder()];
  const series = {
    times: Float64Array.from(readings, ([time]) => time),
    ids: Int32Array.from(readings, ([, text]) => {
      const bytes = encoder.encode(text);
      return values.intern(bytes, 0, bytes.length);
    }),
    length: readings.length,
  };
  return { series, values };
};
const statistic = (...readings: (readonly [time: number, text: string])[]) => {
  const { series, values } = seriesOf(readings);
  return statisticsOf(series, values);
};

Deno.test("statisticsOf() counts the day's own readings, and finds their hours", () => {
  const { from, to, numeric, hours } = statistic(
    ...([[-1, "1"], [0, "on"], [3599.5, "1"]] as const),
    ...([[7200, "1"], [86_399, "2"], [86_400, "2"]] as const),
  );
  assert.deepEqual([from, to, numeric], [1, 5, 3]);
  assert.equal(hours, 0b101 | (1 << 23));
});

Deno.test("gapsOf() counts gaps between the day's own readings by payload type", () => {
  const found = (payload: string, tags: Tags, times: number[]) => ({
    signal: signalOf(payload, tags),
    statistics: statistic(...times.map((time, i) => [time, `${i}`] as const)),
  });
  const counts = (wanted: Record<number, number>) => GAP_BOUNDS.map((bound) => wanted[bound] ?? 0);
  const gaps = gapsOf([
    found("volts", [["phase", "1"]], [-3, 0, 1, 1, 4]),
    found("volts", [["phase", "2"]], [10, 90_000]),
    found("state", [], [0, 40_000]),
  ]);
  assert.deepEqual(gaps, {
    state: counts({ 21_600: 1 }),
    volts: counts({ 1: 1, 2: 1 }),
  });
  assert.deepEqual(Object.keys(gaps), ["state", "volts"], "in order, since they are recorded");
});

Deno.test("statisticsOf() counts every gap in the last bin whose bound it reaches", () =>
  fc.assert(fc.property(
    fc.uniqueArray(fc.integer({ min: 0, max: 86_399_999 }), { minLength: 2 }),
    (milliseconds) => {
      const times = milliseconds.toSorted((a, b) => a - b).map((time) => time / 1000);
      const { gaps } = statistic(...times.map((time) => [time, "1"] as const));
      const wanted = GAP_BOUNDS.map(() => 0);
      for (let i = 1; i < times.length; i++) {
        const gap = times[i]! - times[i - 1]!;
        wanted[GAP_BOUNDS.findLastIndex((bound) => bound <= gap)]!++;
      }
      assert.deepEqual([...gaps], wanted);
    },
  )));
