// deno-lint-ignore-file no-console -- it prints help
/**
 * The flags of the project's own tasks, and their help: the comment at the top of the file.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Flags as node:util parses them. */
export type TaskOptions = NonNullable<ParseArgsConfig["options"]>;

/** Prints the help of the task in a file and ends the process, if the arguments ask for it. */
export function showHelp(
  file: string,
  options: TaskOptions = {},
  args: string[] = Deno.args,
): void {
  if (!args.some((arg) => arg === "-h" || arg === "--help")) return;
  console.log(helpOf(Deno.readTextFileSync(fileURLToPath(file)), options));
  Deno.exit(0);
}

/** The help of a task: the comment at the top of its file, and its flags with their defaults. */
export function helpOf(source: string, options: TaskOptions): string {
  const [, comment] = /\/\*\*\n([\s\S]*?)\n? \*\//.exec(source) ?? ["", ""];
  const lines = comment!.split("\n").map((line) => line.replace(/^ \* ?/, ""))
    .filter((line) => !/^(@module|```.*)$/.test(line));
  const flags = Object.entries(options).map(([name, { type, default: fallback }]) => {
    const value = type === "boolean" ? "" : " <value>";
    const shown = type === "boolean" || fallback === undefined ? "" : `  (default: ${fallback})`;
    return `  --${name}${value}${shown}`;
  });
  return [lines.join("\n").trim(), "", "Flags:", ...flags, "  -h, --help"].join("\n");
}

/**
 * Parses the flags of the task in a file. Ends the process with status 0 after its help, and with
 * status 2 if a flag is wrong.
 */
export function parseTask<T extends ParseArgsConfig & { options: TaskOptions }>(
  file: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  showHelp(file, config.options, [...config.args ?? Deno.args]);
  try {
    return parseArgs(config);
  } catch (error) {
    const [first] = (error as Error).message.split(". ");
    console.error(`${first}\nTry --help.`);
    Deno.exit(2);
  }
}
