/**
 * Freezes the hour files: writes to `manifest.json`, for many options, the hashes of what the tool
 * makes of the sample and of the real days. `frozen_test.ts` holds every later version against it.
 *
 * ```sh
 * deno run -A tests/frozen/freeze.ts            # with the tool of this checkout
 * deno run -A tests/frozen/freeze.ts CHECKOUT   # with that of another one
 * ```
 *
 * Run it only where the bytes are meant to change: another version number (which stands in every
 * file), another compressor (zstd is Deno's, lz4 and gzip are Polars'), a decision on the format. Say
 * in the commit message why. Where there are no real days, their part of the manifest stays.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHOICES } from "../../lib/hours/mod.ts";
import { exists, inFolder, ROOT, TELEMETRY, tree } from "../helpers/support.ts";

/** What the tool made of an input with some options. */
export interface Frozen {
  /** How many hour files there are. */
  files: number;
  /** The SHA-256 of lines of path and SHA-256, a line per file. */
  digest: string;
  /** The first 16 digits of the same for each module, to find a difference. */
  modules: Record<string, string>;
}

/** For each input, by name, what its options give. */
export type Manifest = Record<string, Record<string, Frozen>>;

/** Options that are frozen for every input, as on the command line. */
const OPTIONS: readonly string[] = [
  ...CHOICES.fill.flatMap((fill) =>
    CHOICES.aggregate.map((how) => `--fill ${fill} --aggregate ${how}`)
  ),
  "--compression zstd",
  "--compression none",
  "--interval 1m",
  "--max-gap 30s",
  "--interval 10m --max-gap 2h --fill linear",
];

/** What Polars writes; it takes four times as long, and much memory. */
const POLARS: readonly string[] = [
  "--writer polars",
  "--writer polars --compression lz4",
  "--writer polars --compression gzip",
];

/** The inputs by their name in the manifest, and the options that are frozen for each. */
export const INPUTS: Readonly<Record<string, { path: string; options: readonly string[] }>> = {
  sample: { path: join(ROOT, "data"), options: [...OPTIONS, ...POLARS] },
  real: { path: TELEMETRY, options: OPTIONS },
};

const MANIFEST = new URL("manifest.json", import.meta.url);

/** Reads what was frozen. */
export function readManifest(): Manifest {
  return JSON.parse(Deno.readTextFileSync(MANIFEST));
}

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/**
 * Runs the tool of a checkout into a fresh folder, and hashes the hour files.
 *
 * @throws {Error} If the run fails, or prints anything.
 */
export async function freeze(
  input: string,
  options: string,
  checkout: string = ROOT,
): Promise<Frozen> {
  const files: { path: string; sum: string }[] = [];
  await inFolder(async (output) => {
    const paths = ["--input", input, "--output", output, "--quiet"];
    const args = ["run", "-A", join(checkout, "solution.ts"), ...paths, ...options.split(" ")];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    const said = new TextDecoder().decode(stderr);
    if (code !== 0 || said !== "") throw new Error(`${options} ended with ${code}: ${said}`);
    for (const [path, bytes] of tree(output)) files.push({ path, sum: sha256(bytes) });
  });
  const digestOf = (list: typeof files) =>
    sha256(list.map(({ path, sum }) => `${path} ${sum}\n`).join(""));
  const modules = Map.groupBy(files, ({ path }) => path.slice(0, path.indexOf("/")));
  return {
    files: files.length,
    digest: digestOf(files),
    modules: Object.fromEntries(
      [...modules].map(([module, list]) => [module, digestOf(list).slice(0, 16)]),
    ),
  };
}

if (import.meta.main) {
  const [checkout = ROOT] = Deno.args;
  const manifest = exists(fileURLToPath(MANIFEST)) ? readManifest() : {};
  for (const [name, { path, options }] of Object.entries(INPUTS)) {
    if (!exists(path)) continue;
    manifest[name] = {};
    for (const some of options) manifest[name][some] = await freeze(path, some, checkout);
  }
  Deno.writeTextFileSync(MANIFEST, JSON.stringify(manifest, null, 2) + "\n");
}
