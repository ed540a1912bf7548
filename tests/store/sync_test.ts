import assert from "node:assert/strict";
import { join } from "node:path";
import { syncFiles, syncFolders } from "../../lib/store/sync.ts";
import { inFolder, put, ROOT } from "../helpers/support.ts";

Deno.test("syncFiles() and syncFolders() sync few and many", () =>
  inFolder(async (folder) => {
    const paths = Array.from({ length: 100 }, (_, i) => join(folder, `${i % 3}`, `${i}`));
    for (const path of paths) put(path, "x");
    await syncFiles(paths.slice(0, 3));
    await syncFiles(paths);
    await syncFolders([join(folder, "1")], paths.length);
    await assert.rejects(syncFiles([join(folder, "no such file")]), Deno.errors.NotFound);
  }));

/**
 * Syncs many files in a process with some permissions that finds a script instead of `sync`.
 *
 * @returns Whether the script was run.
 */
async function syncIn(
  folder: string,
  script: string,
  permissions: string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  const [bin, mark] = [join(folder, "bin"), join(folder, "was run")];
  put(
    join(bin, "sync"),
    `${script.startsWith("#!") ? "" : "#!/bin/sh\n"}${script.replace("MARK", mark)}\n`,
  );
  Deno.chmodSync(join(bin, "sync"), 0o755);
  const paths = Array.from({ length: 100 }, (_, i) => join(folder, "files", String(i)));
  for (const path of paths) put(path, "x");
  const program = join(folder, "program.ts");
  put(
    program,
    `import { syncFiles } from ${
      JSON.stringify(new URL(`file://${join(ROOT, "lib/store/sync.ts")}`))
    };\n` +
      `await syncFiles(${JSON.stringify(paths)});`,
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", ...permissions, program],
    env: { ...env, PATH: `${bin}:${Deno.env.get("PATH")}` },
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  try {
    return Deno.readTextFileSync(mark).startsWith(`-f ${join(folder, "files")}`);
  } catch {
    return false;
  }
}

const PERMISSIONS = ["--allow-run=sync", "--allow-sys=statfs,osRelease"];
const LOG = `echo "$@" >> 'MARK'`;

Deno.test("syncFiles() syncs many files with one run of sync", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, LOG, PERMISSIONS), true);
  }));

Deno.test("syncFiles() syncs files one by one without the permission to run sync", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, LOG, PERMISSIONS.slice(1)), false);
  }));

Deno.test("syncFiles() syncs files one by one if sync fails or can't be started", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, `${LOG}\nexit 1`, PERMISSIONS), true);
    Deno.removeSync(join(folder, "was run"));
    assert.equal(await syncIn(folder, "#!/no/such/interpreter", PERMISSIONS), false);
  }));

Deno.test("syncFiles() runs sync without the dynamic loader's variables, which clusters set", () =>
  inFolder(async (folder) => {
    assert.equal(
      await syncIn(folder, LOG, PERMISSIONS, { LD_LIBRARY_PATH: "/no/such/folder" }),
      true,
    );
  }));
