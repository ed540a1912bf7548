// deno-lint-ignore-file no-console -- it is a command
/**
 * Puts the command `hourgrid` on the PATH, with the permissions it needs and no others:
 *
 * ```sh
 * deno task install
 * ```
 *
 * It goes into ~/.deno/bin, or the folder `bin` in $DENO_INSTALL_ROOT, and runs this clone.
 *
 * @module
 */
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SHARD_VARIABLES } from "../lib/run/mod.ts";
import { parseTask } from "./task.ts";

parseTask(import.meta.url, { options: {} });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "install",
    "--global",
    "--force",
    "--quiet",
    "--name",
    "hourgrid",
    ...["--config", join(root, "deno.json"), "--no-prompt", "--allow-read", "--allow-write"],
    // By its path: see pinDeno().
    ...[`--allow-run=${Deno.execPath()},sync`, "--allow-sys=osRelease,statfs"],
    ...[`--allow-env=${SHARD_VARIABLES.join(",")}`, join(root, "solution.ts")],
  ],
}).spawn().status;
if (code !== 0) Deno.exit(code);
const folder = join(Deno.env.get("DENO_INSTALL_ROOT") ?? join(homedir(), ".deno"), "bin");
pinDeno(join(folder, "hourgrid"));
const isOnPath = (Deno.env.get("PATH") ?? "").split(delimiter).includes(folder);
console.log(`hourgrid is in ${folder}`);
if (!isOnPath) console.log(`Put that on the PATH: export PATH="${folder}:$PATH"`);

/**
 * Has a command run this Deno: the one on the PATH may be a wrapper, such as the one from npm, or
 * missing, if this one came from npx.
 */
function pinDeno(command: string): void {
  if (Deno.build.os === "windows") return;
  const script = Deno.readTextFileSync(command);
  Deno.writeTextFileSync(command, script.replace(/^exec deno /m, `exec '${Deno.execPath()}' `));
}
