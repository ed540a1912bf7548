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
 * Syncs many files in a process with some rights, under a `sync` of our own; says if it was run.
 */
async function syncIn(
  folder: string,
  script: string,
  rights: string[],
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
    args: ["run", "--no-prompt", "--allow-read", ...rights, program],
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

const RIGHTS = ["--allow-run=sync", "--allow-sys=statfs,osRelease"];
const NOTE = `echo "$@" >> 'MARK'`;

Deno.test("many files are synced by one call, where it may be made", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, NOTE, RIGHTS), true);
  }));

Deno.test("without leave they are synced one by one", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, NOTE, RIGHTS.slice(1)), false);
  }));

Deno.test("a sync that fails, or can't even be started, leaves it to us", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, `${NOTE}\nexit 1`, RIGHTS), true);
    Deno.removeSync(join(folder, "was run"));
    assert.equal(await syncIn(folder, "#!/no/such/interpreter", RIGHTS), false);
  }));

Deno.test("a loader's variables, as clusters set them, do not stand in the way", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, NOTE, RIGHTS, { LD_LIBRARY_PATH: "/no/such/folder" }), true);
  }));
