/**
 * Which states of the system are faults, and when which state was reported.
 *
 * @module
 */
import { type BatteryDay, type JoinedRun, stateRuns } from "../battery/mod.ts";
import { compareNatural } from "../telemetry/mod.ts";
import { placeName } from "./words.ts";

/**
 * Whether a state indicates a fault.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isFault } from "./states.ts";
 * assert.ok(["ERROR", "InverterFault", "fail"].every(isFault));
 * assert.ok(!["DEFAULT", "no_error", "No alarm"].some(isFault));
 * ```
 */
export function isFault(state: string): boolean {
  return /(?<!de|\bno[ _-]?)(error|emergency|fault|fail|alarm)/i.test(state);
}

/** The states of each place over some days, in order of time. */
export function statesByPlace(
  days: readonly BatteryDay[],
): [place: string, runs: JoinedRun[]][] {
  const nameOf = (run: JoinedRun) =>
    placeName(run) + (run.column === "system_state" ? "" : `, ${run.column}`);
  const found = Map.groupBy(stateRuns(days), ({ phase, module, column }) => {
    return JSON.stringify([phase, module, column]);
  });
  return [...found.values()].map((runs): [string, JoinedRun[]] => [nameOf(runs[0]!), runs])
    .sort(([a], [b]) => compareNatural(a, b));
}
