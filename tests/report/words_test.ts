import assert from "node:assert/strict";
import fc from "fast-check";
import {
  duration,
  energy,
  fixed,
  format,
  listOf,
  percent,
  placeName,
  plural,
  sentences,
  shorten,
  signed,
  tidyNumbers,
} from "../../lib/report/words.ts";

Deno.test("format() has four significant digits, or all those before the point, and a real minus sign", () => {
  const anyNumber = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  fc.assert(fc.property(anyNumber, (number) => {
    const text = format(number);
    assert.ok(!text.includes("-"));
    const back = Number(text.replaceAll("−", "-"));
    assert.ok(Math.abs(back - number) <= 0.005 * Math.abs(number) + 1e-300, `${number} ${text}`);
  }));
  assert.deepEqual([0, 12.3456, -0.000_123_44].map(format), ["0", "12.35", "−0.0001234"]);
  assert.deepEqual([999.96, -32_768, 12_345.6].map(format), ["1000", "−32768", "12346"]);
  assert.deepEqual([9_999_999, 1e7, -2e7].map(format), ["9999999", "1.00e+7", "−2.00e+7"]);
  assert.deepEqual([1e-5, 9e-6, -9e-6].map(format), ["0.00001", "9.00e−6", "−9.00e−6"]);
});

Deno.test("signed() gives a sign to all but what is rounded to zero", () => {
  assert.deepEqual([0, -0, 0.04, -0.04, 0.05, -0.06, 1234.5].map((value) => signed(value, 1)), [
    "0.0",
    "0.0",
    "0.0",
    "0.0",
    "+0.1",
    "−0.1",
    "+1,234.5",
  ]);
  assert.deepEqual([fixed(-1234, 0), fixed(2, 2)], ["−1,234", "2.00"]);
});

Deno.test("shorten() keeps both ends of a text that is too long", () => {
  const names = fc.tuple(fc.stringMatching(/^[a-z]{0,40}$/), fc.integer({ min: 3, max: 40 }));
  fc.assert(fc.property(names, ([name, length]) => {
    const text = shorten(name, length);
    if (name.length <= length) return assert.equal(text, name);
    assert.equal(text.length, length);
    const [start, end] = text.split("…") as [string, string];
    assert.ok(name.startsWith(start) && name.endsWith(end));
    assert.ok(start.length - end.length === 0 || start.length - end.length === 1);
  }));
});

Deno.test("listOf(), plural(), placeName() and sentences() word what they are given", () => {
  const names = ["a", "b", "c"];
  assert.deepEqual([listOf(names, 2), listOf(names, 3)], ["a, b and 1 more", "a, b, c"]);
  assert.deepEqual([0, 1, 2000].map((count) => plural(count, "day")), [
    "0 days",
    "1 day",
    "2,000 days",
  ]);
  assert.equal(placeName({ phase: null, module: null }), "system");
  assert.equal(placeName({ phase: "1", module: null }), "phase 1");
  assert.equal(placeName({ phase: "1", module: "a/b" }), "1_a/b");
  assert.equal(sentences("one", false, undefined, "Two three"), "One. Two three.");
});

Deno.test("tidyNumbers() has minus signs, and at most six digits of long numbers", () => {
  assert.equal(
    tidyNumbers("cell_1-2 up to -53.849998474 mV, 3.25 V, -x"),
    "cell_1-2 up to −53.85 mV, 3.25 V, -x",
  );
});

Deno.test("energy() is in Wh, kWh or MWh", () => {
  assert.deepEqual([0, 0.00046, 0.9994, 1, 999.94, 1000, 12_345].map(energy), [
    "0 Wh",
    "0.5 Wh",
    "999.4 Wh",
    "1 kWh",
    "999.9 kWh",
    "1 MWh",
    "12.35 MWh",
  ]);
});

Deno.test("percent() has a decimal below 10 % and above 99 %", () => {
  assert.deepEqual([0.0999, 0.1, 0.99, 0.991].map(percent), [
    "10.0 %",
    "10 %",
    "99 %",
    "99.1 %",
  ]);
});

Deno.test("duration() is in minutes from 2 minutes, in hours from 2 hours, in days above 3 days", () => {
  const DAY = 86_400;
  assert.deepEqual(
    [119, 120, 7199, 7200, 9.94 * 3600, 36_000, 3 * DAY, 3 * DAY + 1].map(duration),
    [
      "119 s",
      "2 min",
      "120 min",
      "2 h",
      "9.9 h",
      "10 h",
      "72 h",
      "3 days",
    ],
  );
});

Deno.test("percent() shows a small share as more than 0 %, and almost all as less than 100 %", () => {
  assert.deepEqual([0, 0.0001, 0.004, 0.5, 0.997, 0.99999, 1].map(percent), [
    ...["0 %", "0.1 %", "0.4 %", "50 %", "99.7 %", "99.9 %", "100 %"],
  ]);
});

Deno.test("duration() counts minutes, hours and days", () => {
  assert.deepEqual([30, 60, 5400, 10_000, 200_000, 400_000].map(duration), [
    ...["30 s", "60 s", "90 min", "2.8 h", "56 h", "5 days"],
  ]);
});
