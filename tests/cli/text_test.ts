import assert from "node:assert/strict";
import { clock, columns, duration, percent, plural, printable } from "../../lib/cli/text.ts";

Deno.test("printable() replaces only characters that a terminal would obey, or that nobody sees", () => {
  assert.equal(printable("a\u001b]0;x\u0007b\u009b\u202e\r\n"), "a·]0;x·b····");
  assert.equal(printable("\ufefftimestamp"), "·timestamp");
  assert.equal(printable("Grün 🔋"), "Grün 🔋");
});

Deno.test("clock() shows hours only if there are any", () => {
  assert.deepEqual([0, 7.4, 59.6, 3599, 3600, 36_061].map(clock), [
    ...["0:00", "0:07", "1:00", "59:59", "1:00:00", "10:01:01"],
  ]);
});

Deno.test("plural() separates thousands and counts one as one", () => {
  assert.deepEqual([plural(0, "day"), plural(1, "day"), plural(1234, "day")], [
    ...["0 days", "1 day", "1,234 days"],
  ]);
});

Deno.test("columns() aligns names to the left and numbers to the right", () => {
  assert.equal(columns([["files", "7"], ["  read", "1,234"]]), "files       7\n  read  1,234");
});

Deno.test("duration() writes a duration as --max-gap takes it", () => {
  assert.deepEqual([0, 90, 900, 3600, 5400].map(duration), ["0s", "90s", "15m", "1h", "90m"]);
});

Deno.test("percent() never rounds to 0 % or 100 %", () => {
  assert.deepEqual([0.0099, 0.01, 0.99, 0.991].map(percent), [
    "under 1 %",
    "1 %",
    "99 %",
    "over 99 %",
  ]);
  assert.deepEqual([0, 0.001, 0.554, 0.999, 1].map(percent), [
    ...["0 %", "under 1 %", "55 %", "over 99 %", "100 %"],
  ]);
});
