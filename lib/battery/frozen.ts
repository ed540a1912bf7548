/**
 * Frozen signals: those that kept one value while their readings continued to arrive.
 *
 * @module
 */
import type { Place } from "../telemetry/mod.ts";
import type { ColumnStretch, ConstantRun } from "./figures.ts";
import { type BatteryDay, inOrder } from "./history.ts";
import { FROZEN_AFTER, isSame, MANY_VALUES } from "./signal_day.ts";

/** Rows with readings in which a signal kept one value for two hours or more. */
export interface FrozenRun extends ColumnStretch, Place {
  /** The value. */
  value: number | string;
}

/** A run, joined with its continuations on the following days. */
interface LongRun extends Pick<FrozenRun, "value" | "from" | "to"> {
  /** The days that it is on. */
  days: number[];
  /** Whether its value also occurs outside it on one of these days. */
  recurs: boolean;
}

/** The values and runs of a signal over all days. */
interface Signal extends Place, Pick<FrozenRun, "column"> {
  /** Its distinct values by day; null for a day with more than ten. */
  values: Map<number, (number | string)[] | null>;
  /** Its runs, joined across midnights. */
  runs: LongRun[];
}

/**
 * The runs of two hours or more of signals that have at least ten values outside the run, anywhere
 * in the input; its own value counts if it recurs. A run continues across midnight if the readings
 * are no further apart than the max gap.
 */
export function frozenRuns(days: readonly BatteryDay[]): FrozenRun[] {
  return signalsOf(days).flatMap(({ phase, module, column, values, runs }) => {
    const long = runs.filter(({ from, to }) => to - from >= FROZEN_AFTER);
    if (long.length === 0) return []; // most signals
    const distinct = distinctOf(values);
    return long.filter((run) => isExpectedToChange(distinct, run))
      .map(({ value, from, to }) => ({ phase, module, column, value, from, to }));
  });
}

function signalsOf(days: readonly BatteryDay[]): Signal[] {
  const byPlace = new Map<string, Map<string, Signal>>();
  for (const { day, interval, maxGap, figures: { places } } of inOrder(days)) {
    const reach = (Math.max(1, Math.floor(maxGap / interval)) - 1) * interval;
    for (const { phase, module, signals } of places) {
      const found = byPlace.getOrInsertComputed(placeKey({ phase, module }), () => new Map());
      for (const { column, values, runs } of signals) {
        const create = (): Signal => ({ phase, module, column, values: new Map(), runs: [] });
        const signal = found.getOrInsertComputed(column, create);
        signal.values.set(day, values);
        // The first run of a day may continue the last one of the previous day.
        runs.forEach((run, i) => addRun(signal.runs, run, day, i === 0 ? reach : -1));
      }
    }
  }
  return [...byPlace.values()].flatMap((signals) => [...signals.values()]);
}

/** A key that identifies a place. */
export function placeKey({ phase, module }: Place): string {
  return JSON.stringify([phase, module]);
}

/** Adds a run, or joins it to the last run if that ends at most `reach` seconds earlier. */
function addRun(
  runs: LongRun[],
  [value, from, to, recurs]: ConstantRun,
  day: number,
  reach: number,
): void {
  const last = runs.at(-1);
  if (last !== undefined && from - last.to <= reach && areSame(last.value, value)) {
    last.to = to;
    last.days.push(day);
    last.recurs ||= recurs;
  } else runs.push({ value, from, to, days: [day], recurs });
}

function areSame(a: number | string, b: number | string): boolean {
  return typeof a === "number" && typeof b === "number" ? isSame(a, b) : a === b;
}

/** A value of a signal, and the days on which it occurs. */
interface DistinctValue {
  value: number | string;
  days: number[];
}

/** The distinct values of a signal over all days; null if there are more than ten. */
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

/** Whether a signal has at least ten values outside a run. */
function isExpectedToChange(
  distinct: DistinctValue[] | null,
  { value, days, recurs }: LongRun,
): boolean {
  if (distinct === null) return true;
  if (distinct.length < MANY_VALUES) return false;
  const own = distinct.find((other) => areSame(other.value, value));
  const isElsewhere = recurs || (own?.days.some((day) => !days.includes(day)) ?? false);
  return distinct.length - (isElsewhere ? 0 : 1) >= MANY_VALUES;
}
