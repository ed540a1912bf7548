import assert from "node:assert/strict";
import { join } from "node:path";
import { syncAll } from "../lib/sync.ts";
import { inFolder, put, ROOT } from "./support.ts";

Deno.test("files and folders are synced, few or many", () =>
  inFolder(async (folder) => {
    const paths = Array.from({ length: 100 }, (_, i) => join(folder, `${i % 3}`, `${i}`));
    for (const path of paths) put(path, "x");
    await syncAll(paths.slice(0, 3));
    await syncAll(paths);
    await syncAll([join(folder, "1")], paths.length);
    await assert.rejects(syncAll([join(folder, "no such file")]), Deno.errors.NotFound);
  }));

/** Syncs many files in a process with some rights, under a `sync` of our own; says if it was run. */
async function syncIn(folder: string, script: string, ...rights: string[]): Promise<boolean> {
  const [bin, mark] = [join(folder, "bin"), join(folder, "was run")];
  put(join(bin, "sync"), `#!/bin/sh\necho "$@" >> '${mark}'\n${script}\n`);
  Deno.chmodSync(join(bin, "sync"), 0o755);
  const paths = Array.from({ length: 100 }, (_, i) => join(folder, "files", String(i)));
  for (const path of paths) put(path, "x");
  const program = join(folder, "program.ts");
  put(
    program,
    `import { syncAll } from ${JSON.stringify(new URL(`file://${join(ROOT, "lib/sync.ts")}`))};\n` +
      `await syncAll(${JSON.stringify(paths)});`,
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", ...rights, program],
    env: { PATH: `${bin}:${Deno.env.get("PATH")}` },
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  try {
    return Deno.readTextFileSync(mark).startsWith(`-f ${join(folder, "files")}`);
  } catch {
    return false;
  }
}

Deno.test("many files are synced by one call, where it may be made", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, "exit 0", "--allow-run=sync"), true);
  }));

Deno.test("without leave they are synced one by one", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, "exit 0"), false);
  }));

Deno.test("a sync that can't do it leaves it to us", () =>
  inFolder(async (folder) => {
    assert.equal(await syncIn(folder, "exit 1", "--allow-run=sync"), true);
  }));
