// deno-lint-ignore-file no-console -- it is a command
/**
 * Opens a notebook in Jupyter, or says what there is to install.
 *
 * @module
 */
import { join } from "node:path";
import { showHelp } from "../../tools/task.ts";

const decoder = new TextDecoder();

/** What a command prints; nothing, if it is not there or fails. */
async function ask(...[command, ...args]: [string, ...string[]]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success ? decoder.decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether Jupyter finds Deno's kernel. */
async function knowsDeno(): Promise<boolean> {
  // Debian's package has no `jupyter kernelspec`.
  const paths = await ask("jupyter", "--paths", "--json");
  const { data }: { data: string[] } = JSON.parse(paths ?? '{ "data": [] }');
  const installed = (folder: string) => Deno.stat(join(folder, "kernels", "deno", "kernel.json"));
  return await Promise.any(data.map(installed)).then(() => true, () => false);
}

/** The Jupyter that is installed, the newer of two. */
async function findJupyter(): Promise<string> {
  for (const name of ["lab", "notebook"]) {
    if (await ask("jupyter", name, "--version") !== undefined) return name;
  }
  throw new Error(
    "there is no Jupyter: install it with `pip install jupyterlab`, or on Debian with " +
      "`apt-get install jupyter-notebook`, then its kernel with `deno jupyter --install`",
  );
}

if (import.meta.main) {
  showHelp(import.meta.url);
  try {
    const jupyter = await findJupyter();
    if (!await knowsDeno()) {
      throw new Error("Jupyter does not know Deno: run `deno jupyter --install`");
    }
    // Jupyter asks whether it shall end; this one waits for what it does.
    Deno.addSignalListener("SIGINT", () => {});
    const { code } = await new Deno.Command("jupyter", { args: [jupyter, ...Deno.args] }).spawn()
      .status;
    Deno.exit(code);
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
