/**
 * Which states of the system are normal and which are faults, and when they were reported.
 *
 * @module
 */
import type { BatteryDay, StateRun } from "../battery/mod.ts";
import { compareNatural } from "../telemetry/mod.ts";
import { placeName } from "./words.ts";

/** Whether a state is one of normal operation: idle, ready, run, standby. */
export function isUsual(state: string): boolean {
  return /^(idle|ready|run|standby)$/i.test(state);
}

/** Whether a state indicates a fault. */
export function isFault(state: string): boolean {
  return /error|emergency|fault|fail|alarm/i.test(state);
}

/** A stretch of time in a state. */
export type Run = Pick<StateRun, "state" | "from" | "to">;

/**
 * The states of each place over some days, in order of time. As in events, runs that are split only by
 * midnight or by a gap of at most the max gap are joined.
 */
export function statesByPlace(days: readonly BatteryDay[]): Map<string, Run[]> {
  const found = new Map<string, Run[]>();
  for (const { figures: { places } } of days) {
    for (const { states, ...place } of places) {
      for (const run of states) {
        const name = placeName(place) + (run.column === "system_state" ? "" : `, ${run.column}`);
        found.getOrInsertComputed(name, () => []).push(run);
      }
    }
  }
  const maxGap = days.reduce((gap, day) => Math.max(gap, day.maxGap), 0);
  return new Map(
    [...found].sort(([a], [b]) => compareNatural(a, b))
      .map(([name, runs]) => [name, joinRuns(runs, maxGap)]),
  );
}

/** Joins consecutive runs of the same state that are at most `gap` seconds apart. */
export function joinRuns(runs: readonly Run[], gap: number): Run[] {
  const found: Run[] = [];
  for (const run of runs.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last?.state === run.state && run.from - last.to <= gap) last.to = Math.max(last.to, run.to);
    else found.push({ ...run });
  }
  return found;
}
