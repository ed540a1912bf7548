/**
 * What happened, from when to when: states, limits at zero, frozen signals, silent modules and
 * cells that leave the others.
 *
 * @module
 */
import type { BatteryDay } from "./history.ts";

/** Something that happened. */
export interface BatteryEvent {
  /** When it began, in seconds since the epoch. */
  from: number;
  /** When it ended: the end of its last row. */
  to: number;
  /** The phase; null if it is the whole system's. */
  phase: string | null;
  /** The module; null if it is a phase's or the system's. */
  module: string | null;
  /** What it is. */
  kind: "state" | "derating" | "frozen" | "silent" | "cell";
  /** The state, or a few words. */
  detail: string;
  /** The column that says so; null for a silent module. */
  column: string | null;
}

/** All events of some days, in the order of time. */
export function eventsOf(_days: readonly BatteryDay[]): BatteryEvent[] {
  return [];
}
