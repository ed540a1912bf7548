import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder, put, ROOT } from "./helpers/support.ts";

async function messageOf(program: string, env: Record<string, string> = {}): Promise<string> {
  const args = ["run", "--quiet", "--cached-only", "-A", program, "--help"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
  assert.equal(code, 2);
  return new TextDecoder().decode(stderr);
}

Deno.test("solution.ts asks for a network if packages are missing", () =>
  inFolder(async (folder) => {
    const message = await messageOf(join(ROOT, "solution.ts"), { DENO_DIR: folder });
    assert.match(
      message,
      /^hourgrid: .*npm.*: the first run needs a network, to fetch packages\n$/,
    );
  }));

Deno.test("solution.ts asks for a new copy if files of the program are missing", () =>
  inFolder(async (folder) => {
    for (const file of ["solution.ts", "deno.json", "lib/version.ts"]) {
      put(join(folder, file), Deno.readTextFileSync(join(ROOT, file)));
    }
    const message = await messageOf(join(folder, "solution.ts"));
    assert.match(
      message,
      /^hourgrid: Module not found .*: the program is damaged: get a new copy\n$/,
    );
  }));
