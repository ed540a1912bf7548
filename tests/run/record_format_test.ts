import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { cli, inFolder, ROOT } from "../helpers/support.ts";

/** The format of a day's record, and a digest of the names and types of everything in it. */
const KNOWN = [14, "30cf8f2976e1d223"];

/** Objects whose keys are data. */
const MAPS = /\.(rejected|ofNoModule|withoutReadings|gaps|cells|inputs)$/;

/** The names and types of everything in a value. */
function* partsOf(value: unknown, name: string): Generator<string> {
  yield `${name} ${typeof value}`;
  if (typeof value !== "object" || value === null) return;
  const isMap = Array.isArray(value) || MAPS.test(name);
  for (const [key, part] of Object.entries(value)) {
    yield* partsOf(part, `${name}.${isMap ? "*" : key}`);
  }
}

Deno.test("a day's record has a new format if the form of its content has changed", () =>
  inFolder(async (folder) => {
    await cli("--input", join(ROOT, "data"), "--output", folder, "--quiet");
    const record = JSON.parse(Deno.readTextFileSync(join(folder, "_etl/days/2024-07-01.json")));
    record.figures = JSON.parse(record.figures);
    const parts = [...new Set(partsOf(record, ""))].sort();
    assert.deepEqual(
      [record.format, createHash("sha256").update(parts.join()).digest("hex").slice(0, 16)],
      KNOWN,
      "raise FORMAT in lib/store/records.ts, so that days are built again, and write both here",
    );
  }));
