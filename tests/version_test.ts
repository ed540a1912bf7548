import assert from "node:assert/strict";
import { isOlder, OLDEST_DENO, VERSION } from "../lib/version.ts";

Deno.test("isOlder() compares number by number", () => {
  assert.deepEqual(
    ["2.9.5", "2.9.6", "2.10.0", "3.0.0", "1.46.3", "2.9.6+abc"].map((v) => isOlder(v, "2.9.6")),
    [true, false, false, false, true, false],
  );
  assert.equal(isOlder(Deno.version.deno, OLDEST_DENO), false);
  assert.match(VERSION, /^\d+\.\d+\.\d+$/);
});
