/**
 * Empties the packages in DENO_DIR that a program does not use at run time, for a small image:
 * `deno run -A deploy/prune.ts solution.ts lib/run/worker.ts`. Deno fetches everything in the lock
 * file, also for tests and benchmarks, and native code for musl as well as for glibc.
 *
 * @module
 */
import { join } from "node:path";

/** What `deno info --json` says. */
interface Info {
  modules: { npmPackage?: string }[];
  npmPackages: Record<string, { name: string; dependencies: string[]; localPath: string }>;
}

function infoOf(entry: string): Info {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--frozen", entry],
  }).outputSync();
  if (!success) throw new Error(`deno info ${entry}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const infos = Deno.args.map(infoOf);
const packages = new Map(infos.flatMap(({ npmPackages }) => Object.entries(npmPackages)));
const used = new Set<string>();
const use = (id: string) => {
  const { name, dependencies } = packages.get(id)!;
  if (used.has(id) || /^@types\/|-musl$/.test(name)) return;
  used.add(id);
  dependencies.forEach(use);
};
for (const { npmPackage } of infos.flatMap(({ modules }) => modules)) {
  if (npmPackage !== undefined) use(npmPackage);
}
for (const [id, { localPath }] of packages) {
  if (used.has(id)) continue;
  try {
    for (const { name } of Deno.readDirSync(localPath)) {
      // The folder stays: Deno wants to see one for every package of the lock file.
      Deno.removeSync(join(localPath, name), { recursive: true });
    }
  } catch (error) {
    // Packages of other platforms were not fetched in the first place.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
