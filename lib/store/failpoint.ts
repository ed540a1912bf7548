/**
 * Failpoints: named places at which a test can stop a run, to see that any of them may be the last.
 *
 * @module
 */

let left: number | null = null;

/**
 * Stops this process for good if the environment variable HOURGRID_HALT names this failpoint, as in
 * `file renamed:3` for its third time; so a test can kill the run right there.
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
