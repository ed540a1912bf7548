/**
 * The command that writes sample telemetry: `deno task sample`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { listFolder, makeFolder, removeFolder } from "../../lib/store/mod.ts";
import { UsageError } from "../../lib/errors.ts";
import { makeSample, SAMPLE, type SampleOptions } from "./sample.ts";

/**
 * Reads what is to be made from a command line: `--days`, `--phases`, `--modules`, `--seed`, and
 * `--out`, a folder that is new or empty. Without arguments it is the sample in `data/`.
 *
 * @throws {UsageError} If it can't be made.
 */
export function parseSample(args: readonly string[]): SampleOptions & { out: string } {
  const option = { type: "string" } as const;
  const names = ["days", "phases", "modules", "seed"] as const;
  let found: Partial<Record<(typeof names)[number] | "out", string>>;
  try {
    const options = { days: option, phases: option, modules: option, seed: option, out: option };
    found = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const [days, phases, modules, seed] = names.map((name) => {
    const number = Number(found[name] ?? SAMPLE[name]);
    if (!Number.isInteger(number) || number < 1 || number > 100_000) {
      throw new UsageError(`--${name} ${found[name]}: it must be a whole number from 1 to 100000`);
    }
    return number;
  }) as [number, number, number, number];
  const { out = "data" } = found;
  if (found.out === undefined && Object.keys(found).length > 0) {
    throw new UsageError("--out is missing: data/ is for the sample without other options");
  }
  if (found.out !== undefined && listFolder(out).length > 0) {
    throw new UsageError(`--out ${out} is not empty: give a new folder`);
  }
  return { days, phases, modules, seed, out };
}

if (import.meta.main) {
  try {
    const { out, ...options } = parseSample(Deno.args);
    if (Deno.args.length === 0) removeFolder(join(out, "2024"));
    makeSample(options, (name, bytes) => {
      makeFolder(out, dirname(name));
      Deno.writeFileSync(join(out, name), bytes);
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // deno-lint-ignore no-console -- it is a command
    console.error(`sample: ${error.message}`);
    Deno.exit(2);
  }
}
