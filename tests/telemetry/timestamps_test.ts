import assert from "node:assert/strict";
import {
  dayName,
  isoTime,
  magnitude,
  parseInstant,
  secondsIn,
  type TimeUnit,
} from "../../lib/telemetry/timestamps.ts";

const DAY = 1_720_828_800; // 2024-07-13

Deno.test("text becomes an instant", () => {
  const second = 1_720_828_812n * 1_000_000_000n;
  const cases: [string, TimeUnit, bigint][] = [
    ["1720828812", "epoch", second],
    ["1720828812000", "epoch", second],
    ["1720828812000000", "epoch", second],
    ["1720828812000000001", "epoch", second + 1n],
    ["1720828812.5", "epoch", second + 500_000_000n],
    ["1.720828812e+9", "epoch", second],
    ["1720828812001", "ms", second + 1_000_000n],
    ["2024-07-13T00:00:12Z", "epoch", second],
    ["2024-07-13 00:00:12", "epoch", second],
    ["2024-07-13T02:00:12.000000001+02:00", "epoch", second + 1n],
    ["2024-07-12T22:00:12-0200", "epoch", second],
    ["2024-07-13T02:00:12+02:00[Europe/Berlin]", "epoch", second],
    ["2024-07-13T02:00:12+02:00:00", "epoch", second],
    ["2024-07-13", "epoch", second - 12_000_000_000n],
  ];
  for (const [text, unit, nanoseconds] of cases) {
    assert.deepEqual(parseInstant(text, unit), { day: DAY, nanoseconds }, text);
  }
});

Deno.test("what is no instant says why", () => {
  for (
    const text of [
      "",
      "yesterday",
      "2024-13-01",
      "2024-07-13T25:00",
      "12:00",
      "nan",
      "0x10",
      "2024-07-13T12:00[Europe/Berlin]",
    ]
  ) {
    assert.equal(parseInstant(text, "epoch"), "a timestamp that can't be read", text);
  }
  const absurd = ["0", "-5", "1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "20240713", "1e300"];
  for (const text of absurd) {
    assert.equal(parseInstant(text, "epoch"), "a timestamp before 2000 or after 2100", text);
  }
  // Seconds in a column of milliseconds are 1970, not 2024.
  assert.equal(parseInstant("1720828812", "ms"), "a timestamp before 2000 or after 2100");
});

Deno.test("stored timestamps are told apart by magnitude, to the nanosecond", () => {
  const view = new DataView(new ArrayBuffer(8));
  const read = (value: bigint, unit: TimeUnit) => {
    view.setBigInt64(0, value, true);
    return secondsIn(view, 0, unit, DAY);
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
  assert.equal(magnitude(1e15), "us");
});

Deno.test("instants and days are printed as ISO 8601", () => {
  assert.equal(dayName(DAY), "2024-07-13");
  assert.equal(isoTime(DAY, 12), "2024-07-13T00:00:12Z");
  assert.equal(isoTime(DAY, 12.5), "2024-07-13T00:00:12.5Z");
  assert.equal(isoTime(DAY, 86_399.000000001), "2024-07-13T23:59:59.000000001Z");
});
