/**
 * Writes sample telemetry, the same bytes for the same seed:
 *
 * ```sh
 * deno task sample                                        # data/ again, as it is
 * deno task sample --days 10 --modules 24 --out history   # a sample of any size
 * ```
 *
 * `--out` must be a new or an empty folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { listFolder, makeFolder, removeFolder } from "../../lib/store/mod.ts";
import { UsageError } from "../../lib/errors.ts";
import { showHelp } from "../task.ts";
import { makeSample, SAMPLE, type SampleOptions } from "./sample.ts";

const option = { type: "string" } as const;
const OPTIONS = { days: option, phases: option, modules: option, seed: option, out: option };

/**
 * Parses what to make from a command line: `--days`, `--phases`, `--modules`, `--seed`, and
 * `--out`, a new or an empty folder. Without arguments it is the sample in `data/`.
 *
 * @throws {UsageError} If it can't be made.
 */
export function parseSample(args: readonly string[]): SampleOptions & { out: string } {
  const names = ["days", "phases", "modules", "seed"] as const;
  let found: Partial<Record<(typeof names)[number] | "out", string>>;
  try {
    found = parseArgs({ args: [...args], options: OPTIONS }).values;
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
    showHelp(import.meta.url, OPTIONS);
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
