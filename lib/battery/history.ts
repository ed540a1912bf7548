/**
 * Derives figures that need many days: the direction of the current, the unit of the state of
 * charge, and the capacity of each module.
 *
 * @module
 */
import type { TableOptions } from "../hours/mod.ts";
import { DAY, folderOf } from "../telemetry/mod.ts";
import type { DayFigures, ModuleDay, RestEnd, Swing } from "./figures.ts";
import { LEAST_SWING, swingBetween } from "./flow.ts";
import { medianOf } from "./median.ts";

/** The figures of a day on record, with the options of its rows. */
export interface BatteryDay extends Pick<TableOptions, "interval" | "maxGap" | "fill"> {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** The figures of its batteries. */
  figures: DayFigures;
}

/** Parses the figures of days on record, which the store keeps as text. */
export function batteryDays(
  records: Iterable<
    { day: number; options: Omit<BatteryDay, "day" | "figures">; figures: string | null }
  >,
): BatteryDay[] {
  return Array.from(records, ({ day, options: { interval, maxGap, fill }, figures }) => {
    const found: DayFigures = figures === null ? { modules: [], places: [] } : JSON.parse(figures);
    return { day, interval, maxGap, fill, figures: found };
  });
}

/** A module on a day. */
export interface ModuleOnDay extends Pick<BatteryDay, "day" | "interval"> {
  /** The figures of the module. */
  figures: ModuleDay;
}

/** Each module's days in order, by the name of its folder. */
export function daysByModule(days: readonly BatteryDay[]): Map<string, ModuleOnDay[]> {
  const found = new Map<string, ModuleOnDay[]>();
  for (const { day, interval, figures: { modules } } of inOrder(days)) {
    for (const figures of modules) {
      const list = found.getOrInsertComputed(folderOf(figures.phase, figures.module), () => []);
      list.push({ day, interval, figures });
    }
  }
  return found;
}

/** Days in order of time. */
export function inOrder(days: readonly BatteryDay[]): BatteryDay[] {
  return days.toSorted((a, b) => a.day - b.day);
}

/**
 * What a positive current means: `discharge` if Σ I·ΔSOC over all rows of all modules is negative,
 * otherwise `charge`. ΔSOC is the change to the module's next row with a state of charge, which may
 * be days later.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { positiveCurrent } from "./history.ts";
 * assert.equal(positiveCurrent([]), "charge");
 * ```
 */
export function positiveCurrent(days: readonly BatteryDay[]): "charge" | "discharge" {
  return correlationOver(days) < 0 ? "discharge" : "charge";
}

/** Σ I·ΔSOC over all rows of all modules. */
function correlationOver(days: readonly BatteryDay[]): number {
  let sum = 0;
  for (const list of daysByModule(days).values()) {
    let before: ModuleDay["soc"] = null;
    for (const { figures: { soc } } of list) {
      if (soc === null) continue;
      if (before !== null) sum += (before.lastCurrent ?? 0) * (soc.first - before.last);
      sum += soc.correlation;
      before = soc;
    }
  }
  return sum;
}

/** How much charge has to flow through a module before the sign of its current says anything, in Ah. */
const TELLING_CHARGE = 1;

/** Whether enough charge has flowed, in or out of some module, for `positiveCurrent` to be certain. */
export function isCurrentSignKnown(days: readonly BatteryDay[]): boolean {
  const hasFlowed = [...daysByModule(days).values()].some((list) =>
    list.reduce((sum, { figures }) => sum + figures.throughput, 0) >= TELLING_CHARGE
  );
  return hasFlowed && correlationOver(days) !== 0;
}

/**
 * Tells out from in, given what is known of positive and of negative current.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { outAndIn } from "./history.ts";
 * assert.deepEqual(outAndIn({ positive: 5, negative: 7 }, "discharge"), { out: 5, into: 7 });
 * assert.deepEqual(outAndIn({ positive: 5, negative: 7 }, "charge"), { out: 7, into: 5 });
 * ```
 */
export function outAndIn<T>(
  { positive, negative }: Readonly<Record<"positive" | "negative", T>>,
  meaning: "charge" | "discharge",
): { out: T; into: T } {
  return meaning === "discharge"
    ? { out: positive, into: negative }
    : { out: negative, into: positive };
}

/** The unit in which states of charge are reported: per cent if any of them exceeds 1.5. */
export function socUnit(days: readonly BatteryDay[]): "fraction" | "percent" {
  const isPercent = days.some(({ figures }) =>
    figures.modules.some(({ soc }) => (soc?.max ?? 0) > 1.5)
  );
  return isPercent ? "percent" : "fraction";
}

/** An estimate of a module's capacity. */
export interface Capacity {
  /** The capacity in Ah. */
  ah: number;
  /** How many pairs of rests it is the median of. */
  n: number;
}

/** A pair of rests counts only if the current is unknown for at most this share of the time. */
const MOST_UNKNOWN = 0.05;

/**
 * Estimates the capacity of each module, by the name of its folder: the median of |ΔAh/ΔSOC| between
 * neighbouring rests, from the last row of one to the first row of the next, whose states of charge
 * differ by more than 0.3. A pair does not count if the current between them is unknown for more
 * than 5 % of the time, since charge would be missing, or if a day between them has no rows. A
 * module without a pair that counts is left out.
 */
export function capacities(days: readonly BatteryDay[]): Map<string, Capacity> {
  const full = socUnit(days) === "percent" ? 100 : 1;
  const found = new Map<string, Capacity>();
  for (const [folder, list] of daysByModule(days)) {
    const swings: Swing[] = [];
    // The end of the last rest, with its charge counted from the midnight before the current day.
    let last: RestEnd | null = null;
    let next = list[0]!.day;
    for (const { day, figures: { rests, swings: own, charge, unknownCurrent } } of list) {
      if (day !== next) last = null;
      if (last !== null && rests !== null) swings.push(swingBetween(last, rests[0]));
      swings.push(...own);
      const end: RestEnd | null = rests?.[1] ?? last;
      last = end &&
        { ...end, charge: end.charge - charge, unknown: end.unknown - unknownCurrent };
      next = day + DAY;
    }
    const estimates = swings
      .filter(({ soc, unknown }) => Math.abs(soc / full) > LEAST_SWING && unknown <= MOST_UNKNOWN)
      .map(({ charge, soc }) => Math.abs(charge / soc * full));
    if (estimates.length > 0) found.set(folder, { ah: medianOf(estimates), n: estimates.length });
  }
  return found;
}
