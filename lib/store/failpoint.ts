/**
 * Failpoints: named places at which a test can stop a run, to show that it may be killed at any of
 * them.
 *
 * @module
 */

let left: number | null = null;

/**
 * Blocks this process forever if the environment variable HOURGRID_HALT names this failpoint, so
 * that a test can kill the run there. `file renamed:3` blocks when the failpoint is reached the
 * third time.
 */
export function failpoint(name: string): void {
  if (left === Infinity) return;
  if (left === null) {
    const right = Deno.permissions.querySync({ name: "env", variable: "HOURGRID_HALT" });
    const halt = right.state === "granted" ? Deno.env.get("HOURGRID_HALT") : undefined;
    left = halt === undefined ? Infinity : Number(halt.split(":")[1] ?? 1);
    if (left === Infinity) return;
  }
  if (Deno.env.get("HOURGRID_HALT")!.split(":")[0] !== name || --left > 0) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`halted: ${name}\n`));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
