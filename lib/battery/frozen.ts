/**
 * Signals that stood still while their readings went on arriving.
 *
 * @module
 */
import type { PlaceDay, SteadyRun } from "./figures.ts";
import { type BatteryDay, inOrder } from "./history.ts";
import { FROZEN_AFTER, isSame, MANY_VALUES } from "./steady.ts";

/** A signal that kept one value for two hours or more. */
export interface FrozenRun {
  /** Its phase; null if it is the system's. */
  phase: string | null;
  /** Its module; null if it is a phase's or the system's. */
  module: string | null;
  /** Its column. */
  column: string;
  /** The value. */
  value: number | string;
  /** The start of the first row with readings. */
  from: number;
  /** The end of the last row with readings. */
  to: number;
}

/** A run, joined with its continuations on the following days. */
interface LongRun extends Pick<FrozenRun, "value" | "from" | "to"> {
  /** The days that it is part of. */
  days: number[];
  /** Whether its value is read outside of it on one of these days. */
  again: boolean;
}

/** The values and runs of a signal over all days. */
interface Signal extends Pick<FrozenRun, "phase" | "module" | "column"> {
  /** Its distinct values by day; null for a day with more than ten. */
  values: Map<number, (number | string)[] | null>;
  /** Its runs, joined across midnights. */
  runs: LongRun[];
}

/**
 * The runs of two hours or more of signals that take at least ten values elsewhere: in all of the
 * input but the run, its own value among them if it comes back. A run goes on across midnight, as
 * long as readings are no further apart than the max gap.
 */
export function frozenRuns(days: readonly BatteryDay[]): FrozenRun[] {
  return signalsOf(days).flatMap(({ phase, module, column, values, runs }) => {
    const distinct = distinctOf(values);
    return runs.filter((run) => run.to - run.from >= FROZEN_AFTER && isMoving(distinct, run))
      .map(({ value, from, to }) => ({ phase, module, column, value, from, to }));
  });
}

function signalsOf(days: readonly BatteryDay[]): Signal[] {
  const byPlace = new Map<string, Map<string, Signal>>();
  for (const { day, interval, maxGap, figures: { places } } of inOrder(days)) {
    const reach = (Math.max(1, Math.floor(maxGap / interval)) - 1) * interval;
    for (const { phase, module, steady, moving } of places) {
      const signals = byPlace.getOrInsertComputed(placeKey({ phase, module }), () => new Map());
      const signalOf = (column: string): Signal =>
        signals.getOrInsertComputed(
          column,
          () => ({ phase, module, column, values: new Map(), runs: [] }),
        );
      for (const column of moving) signalOf(column).values.set(day, null);
      for (const { column, values, runs } of steady) {
        const signal = signalOf(column);
        signal.values.set(day, values);
        // The first run of a day may continue the last one of the previous day.
        runs.forEach((run, i) => addRun(signal.runs, run, day, i === 0 ? reach : -1));
      }
    }
  }
  return [...byPlace.values()].flatMap((signals) => [...signals.values()]);
}

/** Tells places apart. */
export function placeKey({ phase, module }: Pick<PlaceDay, "phase" | "module">): string {
  return JSON.stringify([phase, module]);
}

/** Adds a run, or joins it to the last one if that ends at most `reach` seconds before it. */
function addRun(
  runs: LongRun[],
  [value, from, to, again]: SteadyRun,
  day: number,
  reach: number,
): void {
  const last = runs.at(-1);
  if (last !== undefined && from - last.to <= reach && areSame(last.value, value)) {
    last.to = to;
    last.days.push(day);
    last.again ||= again;
  } else runs.push({ value, from, to, days: [day], again });
}

function areSame(a: number | string, b: number | string): boolean {
  return typeof a === "number" && typeof b === "number" ? isSame(a, b) : a === b;
}

/** A value of a signal, and the days on which it is read. */
interface DistinctValue {
  value: number | string;
  days: number[];
}

/** The distinct values of a signal over all days; null if they are more than ten. */
function distinctOf(values: Signal["values"]): DistinctValue[] | null {
  const distinct: DistinctValue[] = [];
  for (const [day, list] of values) {
    if (list === null) return null;
    for (const value of list) {
      const known = distinct.find((other) => areSame(other.value, value));
      if (known !== undefined) known.days.push(day);
      else distinct.push({ value, days: [day] });
    }
    if (distinct.length > MANY_VALUES) return null;
  }
  return distinct;
}

/** Whether a signal takes at least ten values outside of a run. */
function isMoving(distinct: DistinctValue[] | null, { value, days, again }: LongRun): boolean {
  if (distinct === null) return true;
  if (distinct.length < MANY_VALUES) return false;
  const own = distinct.find((other) => areSame(other.value, value));
  const comesBack = again || (own?.days.some((day) => !days.includes(day)) ?? false);
  return distinct.length - 1 + (comesBack ? 1 : 0) >= MANY_VALUES;
}
