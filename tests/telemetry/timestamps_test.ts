import assert from "node:assert/strict";
import {
  dayName,
  isoTime,
  parseDay,
  secondsIn,
  type TimeUnit,
  unitByMagnitude,
} from "../../lib/telemetry/timestamps.ts";
import { JULY_13 } from "../helpers/support.ts";

Deno.test("secondsIn() and wholeSecondIn() find the unit by magnitude, exact to the nanosecond", () => {
  const view = new DataView(new ArrayBuffer(8));
  const read = (value: bigint, unit: TimeUnit) => {
    view.setBigInt64(0, value, true);
    return secondsIn(view, 0, unit, JULY_13);
  };
  assert.equal(read(1_720_828_812n, "epoch"), 12);
  assert.equal(read(1_720_828_812_500n, "epoch"), 12.5);
  assert.equal(read(1_720_828_812_500_000n, "epoch"), 12.5);
  assert.equal(read(1_720_828_812_500_000_000n, "epoch"), 12.5);
  assert.equal(Math.floor(read(1_720_828_812_999_999_999n, "epoch")), 12);
  assert.notEqual(read(1_720_915_199_999_999_999n, "ns"), read(1_720_915_199_999_999_998n, "ns"));
  for (const value of [0n, -1n, 5n, 2n ** 62n, -(2n ** 63n), 4_102_444_801n]) {
    assert.ok(Number.isNaN(read(value, "epoch")), String(value));
  }
  assert.ok(Number.isNaN(read(1_720_828_812n, "ms")));
  assert.equal(unitByMagnitude(1e15), "us");
});

Deno.test("parseDay() parses only what dayName() returns", () => {
  assert.deepEqual(["2024-07-13", "1969-12-31"].map(parseDay), [JULY_13, -86_400]);
  for (const name of ["", "2024-02-30", "2024-7-13", "2024-13-01", "24-07-13", "2024-07-13x"]) {
    assert.equal(parseDay(name), null, name);
  }
});

Deno.test("isoTime() and dayName() format ISO 8601", () => {
  assert.equal(dayName(JULY_13), "2024-07-13");
  assert.equal(isoTime(JULY_13, 12), "2024-07-13T00:00:12Z");
  assert.equal(isoTime(JULY_13, 12.5), "2024-07-13T00:00:12.5Z");
  assert.equal(isoTime(JULY_13, 86_399.000000001), "2024-07-13T23:59:59.000000001Z");
});
