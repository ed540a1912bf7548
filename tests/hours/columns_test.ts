import assert from "node:assert/strict";
import fc from "fast-check";
import { readingsOfNoModule, reportingModules } from "../../lib/hours/columns.ts";
import { type Signal, statisticsOf, ValueSet } from "../../lib/telemetry/mod.ts";

const DAY = 86_400;
const values = new ValueSet();
const ONE = values.intern(Uint8Array.of(0x31), 0, 1);

/** The readings of a signal, which all have the same value. */
const seriesOf = (times: number[]) => ({
  times: Float64Array.from(times),
  ids: new Int32Array(times.length).fill(ONE),
  length: times.length,
});
const signalOf = (phase: string | null, module: string | null, payload = "x"): Signal => ({
  payload,
  column: payload,
  phase,
  module,
  reason: null,
  tags: [],
});

Deno.test("reportingModules() returns modules in natural order, with the hours of their own readings", () => {
  const signals = [
    signalOf("1", "10"),
    signalOf("1", "2"),
    signalOf("1", "2", "y"),
    signalOf("1", "3"),
    signalOf("1", null),
    signalOf(null, null),
  ];
  const times = [[0], [7200, 86_399], [-1, 3600, 86_400], [-1, 86_400], [50_000], [60_000]];
  const found = signals.map((signal, i) => {
    return { signal, statistics: statisticsOf(seriesOf(times[i]!), values) };
  });
  assert.deepEqual(reportingModules(found), [
    { phase: "1", module: "2", hours: [1, 2, 23] },
    { phase: "1", module: "10", hours: [0] },
  ]);
});

const anyTimes = fc.array(fc.integer({ min: -2, max: 26 }).map((hour) => hour * 3600 + 59))
  .map((times) => times.sort((a, b) => a - b));
const SIGNALS = [
  signalOf("1", "1"),
  signalOf("1", "2"),
  signalOf("2", "1"),
  signalOf("1", null),
  signalOf("2", null, "constructor"),
  signalOf("3", null),
  signalOf(null, null, "y"),
];

Deno.test("readingsOfNoModule() counts what a loop over the readings of phases and the system counts", () => {
  const anySeries = fc.tuple(...SIGNALS.map(() => anyTimes));
  fc.assert(fc.property(anySeries, (times) => {
    const signals = SIGNALS.map((signal, i) => {
      const series = seriesOf(times[i]!);
      return { signal, series, statistics: statisticsOf(series, values) };
    });
    const expected = new Map<string, number>();
    SIGNALS.forEach(({ payload, phase, module }, i) => {
      if (module !== null) return;
      for (const time of times[i]!) {
        const hour = Math.floor(time / 3600);
        const isTaken = SIGNALS.some((other, k) =>
          other.module !== null && (phase === null || other.phase === phase) &&
          times[k]!.some((time) => Math.floor(time / 3600) === hour)
        );
        if (isTaken || time < 0 || time >= DAY) continue;
        expected.set(payload, (expected.get(payload) ?? 0) + 1);
      }
    });
    const found = readingsOfNoModule(signals, reportingModules(signals));
    assert.deepEqual(new Map(Object.entries(found)), expected);
  }));
});
