import assert from "node:assert/strict";
import { join } from "node:path";
import { dayFile, exists, inFolder, put, ROOT } from "../helpers/support.ts";

Deno.test("the installed command runs in any folder, finds its workers and imports files", () =>
  inFolder(async (folder) => {
    const [root, elsewhere] = [join(folder, "root"), join(folder, "elsewhere")];
    const installed = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, "tools", "install.ts")],
      env: { DENO_INSTALL_ROOT: root, NO_COLOR: "1" },
    }).output();
    assert.equal(installed.code, 0, new TextDecoder().decode(installed.stderr));
    const said = new TextDecoder().decode(installed.stdout);
    assert.match(said, /^hourgrid is in .*bin\nPut that on the PATH: export PATH="/);
    const tags: [string, string][] = [["phase", "1"], ["module", "1"]];
    const row = { time: 1_720_828_800, payload: "volts", value: "1", tags };
    put(join(elsewhere, "data", "a.parquet"), dayFile([row]));
    put(
      join(elsewhere, "data", "b.csv"),
      'timestamp,payload_type,value,tags\n1720915200,volts,2,"[[""phase"",""1""],[""module"",""1""]]"\n',
    );
    const ran = await new Deno.Command(join(root, "bin", "hourgrid"), {
      args: ["data/*.{parquet,csv}", "--output", "hours", "--report"],
      cwd: elsewhere,
      env: { PATH: "/nowhere" }, // as after `npx deno`, which leaves no deno on the PATH
    }).output();
    const [stdout, stderr] = [ran.stdout, ran.stderr].map((b) => new TextDecoder().decode(b));
    assert.equal(ran.code, 0, stderr);
    assert.match(stdout!, /\n2 hour files in hours\/, report hours\/_etl\/report\/index\.html\n$/);
    assert.ok(exists(join(elsewhere, "hours", "1_1/2024/07/14/00.parquet")));
  }));
