// deno-lint-ignore-file no-console -- a skipped test says so
import assert from "node:assert/strict";
import { exists } from "../helpers/support.ts";
import { freeze, INPUTS, readManifest } from "./freeze.ts";

const manifest = readManifest();

for (const [name, { path, options }] of Object.entries(INPUTS)) {
  const there = exists(path);
  if (!there) console.log(`skipped: there is no ${name} telemetry at ${path}`);
  Deno.test(`the manifest has all options for the ${name} telemetry`, () => {
    assert.deepEqual(Object.keys(manifest[name]!), options);
  });
  for (const some of options) {
    Deno.test({
      name: `the ${name} telemetry gives the frozen bytes with ${some}`,
      ignore: !there,
      fn: async () => assert.deepEqual(await freeze(path, some), manifest[name]![some]),
    });
  }
}
