import assert from "node:assert/strict";
import fc from "fast-check";
import { lacksZone, parseInstant } from "../../lib/telemetry/instants.ts";

const BILLION = 1_000_000_000n;
const anyInstant = fc.bigInt(946_684_800n * BILLION, 4_102_444_800n * BILLION);

/** An instant in ISO 8601, in a zone that is some minutes ahead of UTC. */
function iso(nanoseconds: bigint, minutes: number, decimals: number): string {
  const local = new Date(Number(nanoseconds / 1_000_000n) + minutes * 60_000).toISOString();
  const fraction = String(nanoseconds % BILLION).padStart(9, "0").slice(0, decimals);
  const sign = minutes < 0 ? "-" : "+";
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
    .map((part) => String(part).padStart(2, "0"));
  return `${local.slice(0, 19)}.${fraction}${sign}${hour}:${minute}`;
}

Deno.test("parseInstant() is exact to the nanosecond for numbers of all units and ISO 8601", () => {
  fc.assert(fc.property(anyInstant, fc.integer({ min: -839, max: 840 }), (instant, minutes) => {
    const digits = String(instant).padStart(19, "0");
    const texts = [9, 6, 3, 0].map((decimals) => {
      const point = digits.length - decimals;
      return `${digits.slice(0, point)}.${digits.slice(point)}`;
    });
    const exponent = `${digits[0]}.${digits.slice(1)}e+9`;
    for (const text of [...texts, exponent, iso(instant, minutes, 9), ` ${texts[0]} `]) {
      assert.deepEqual(parseInstant(text), { value: instant }, text);
    }
  }));
});

Deno.test("parseInstant() cuts off digits beyond the nanosecond", () => {
  const wanted = { value: 1_720_828_799_999_999_999n };
  for (const text of ["1720828799.9999999999", "2024-07-12T23:59:59.99999999999Z"]) {
    assert.deepEqual(parseInstant(text), wanted);
  }
});

Deno.test("parseInstant() tells what is no instant from what is out of range", () => {
  const unreadable = [
    "",
    "x",
    "1.2.3",
    "12:00",
    "2024-00-10",
    "2023-02-29",
    "2024-07-13T24:00",
    "20240713T235960Z",
    "20240713T001530123",
    "2024-07-13 001",
    "1e",
  ];
  for (const text of unreadable) {
    assert.deepEqual(parseInstant(text), { reason: "a timestamp that can't be read" }, text);
  }
  const absurd = ["0", "-1720828800", "4102444800.1", "1e-5", "1e999999999"];
  for (const text of [...absurd, "0001-01-01", "9999-12-31", "0024-07-13", "9".repeat(99)]) {
    assert.deepEqual(parseInstant(text), {
      reason: "a timestamp before 2000 or after 2100",
    }, text);
  }
  // In time that grows with its length, not with the square of it.
  assert.deepEqual(parseInstant(`${"0".repeat(1e6)}x`), {
    reason: "a timestamp that can't be read",
  });
  assert.deepEqual(parseInstant("4102444800"), { value: 4_102_444_800n * BILLION });
});

Deno.test("lacksZone() is true only of ISO 8601 without an offset", () => {
  const without = ["2024-07-13 00:00:12", " 2024-07-13T00:00:12.5 ", "2024-07-13", "20240713T0000"];
  const others = ["2024-07-13 00:00:12 UTC", "2024-07-13T00:00:12Z", "2024-07-13 00:00+02", ""];
  const numbers = ["1720828812", "1720828812.5", "noon"];
  assert.deepEqual(without.map(lacksZone), without.map(() => true));
  assert.deepEqual([...others, ...numbers].filter(lacksZone), []);
});
