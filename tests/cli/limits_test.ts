import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/options.ts";
import { inFolder, put } from "../helpers/support.ts";

const PATHS = ["--input", "in", "--output", "out"];

Deno.test("--limits reads a JSON file", () =>
  inFolder((folder) => {
    const path = join(folder, "limits.json");
    put(path, '{"cell_voltage": [3.0, 4.2]}');
    const request = parseArguments([...PATHS, "--report", "--limits", path]);
    assert.ok("options" in request);
    assert.deepEqual(request.options.limits, { cell_voltage: [3, 4.2] });
  }));

Deno.test("--limits refuses a file that does not exist or is wrong, and names it", () =>
  inFolder((folder) => {
    const path = join(folder, "limits.json");
    const parse = () => parseArguments([...PATHS, "--report", "--limits", path]);
    assert.throws(parse, /^UsageError: Cannot parse --limits ".*limits\.json": .*can't be read/);
    put(path, '{"volts": [3, 4]}');
    assert.throws(
      parse,
      /^UsageError: Cannot parse --limits ".*limits\.json": "volts" is not one of/,
    );
  }));

Deno.test("--limits needs --report", () =>
  inFolder((folder) => {
    const path = join(folder, "limits.json");
    put(path, "{}");
    assert.throws(() => parseArguments([...PATHS, "--limits", path]), /--limits needs --report/);
  }));
