/**
 * Limits of cell voltage, battery temperature and current, and the times of their violations.
 *
 * @module
 */
import { DAY } from "../telemetry/mod.ts";
import { runsWhere } from "./consecutive.ts";
import type { BatteryEvent } from "./events.ts";
import type { Extreme, ModuleDay } from "./figures.ts";
import { type BatteryDay, inOrder } from "./history.ts";

/**
 * The quantities that can have limits: what each is called, its unit, the fewest decimals that it is
 * shown with (a few millivolts matter to a cell), and the figure of a module's day with its range.
 */
export const LIMITED = {
  cell_voltage: { name: "cell voltage", unit: "V", digits: 3, figure: "cellVoltage" },
  battery_temperature: {
    name: "battery temperature",
    unit: "°C",
    digits: 2,
    figure: "batteryTemperature",
  },
  current: { name: "module current", unit: "A", digits: 2, figure: "current" },
} as const;

/** A quantity that can have limits. */
export type Limited = keyof typeof LIMITED;

/** The names of these quantities, in order. */
export const LIMITED_QUANTITIES = Object.keys(LIMITED) as Limited[];

/** The lowest and the highest value allowed, by quantity; one without limits is missing. */
export type Limits = { readonly [quantity in Limited]?: readonly [low: number, high: number] };

/**
 * A value, or its limit if both round to the same float32. Most values were recorded as float32,
 * which makes 3.65 into 3.6500000953674316; that does not count as beyond a limit of 3.65.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { besideLimit } from "./limits.ts";
 * assert.equal(besideLimit(Math.fround(3.65), 3.65), 3.65);
 * assert.equal(besideLimit(3.6501, 3.65), 3.6501);
 * ```
 */
export function besideLimit(value: number, limit: number): number {
  return Math.fround(value) === Math.fround(limit) ? limit : value;
}

/**
 * How many decimals a value and its margin are shown with beside a limit: enough to see on which
 * side of the limit the value is, and for the margin to be zero only if it really is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { limitDigits } from "./limits.ts";
 * assert.equal(limitDigits("cell_voltage", 4.25, 4.1), 3);
 * assert.equal(limitDigits("cell_voltage", 4.10003, 4.1), 5);
 * assert.equal(limitDigits("cell_voltage", 4.1004, 4.1003), 4);
 * ```
 */
export function limitDigits(quantity: Limited, value: number, limit: number): number {
  const { digits: least } = LIMITED[quantity];
  if (value === limit) return least;
  const isClear = (digits: number) => {
    const shown = Number(value.toFixed(digits));
    const margin = Number((value - limit).toFixed(digits));
    return margin !== 0 && shown !== limit && shown > limit === value > limit;
  };
  let digits: number = least;
  while (digits < 12 && !isClear(digits)) digits++;
  return digits;
}

/**
 * Parses limits from JSON: an object with `[low, high]` for any of `cell_voltage`,
 * `battery_temperature` and `current`.
 *
 * @throws {Error} If it is anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLimits } from "./limits.ts";
 * assert.deepEqual(parseLimits('{"cell_voltage": [3, 4.2]}'), { cell_voltage: [3, 4.2] });
 * assert.throws(() => parseLimits('{"volts": [3, 4.2]}'), /"volts"/);
 * ```
 */
export function parseLimits(text: string): Limits {
  let found: unknown;
  if (text.includes("\0")) throw new Error("it is UTF-16 text: save it as UTF-8");
  try {
    found = JSON.parse(text.replace("\ufeff", "")); // some Windows editors write this mark
  } catch {
    throw new Error("it is not JSON");
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new Error(`it must be an object such as {"cell_voltage": [3.0, 4.2]}`);
  }
  for (const [name, range] of Object.entries(found)) {
    if (!Object.hasOwn(LIMITED, name)) {
      throw new Error(`"${name}" is not one of ${LIMITED_QUANTITIES.join(", ")}`);
    }
    const isRange = Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) &&
      range[0] < range[1];
    if (!isRange) throw new Error(`"${name}" must be [low, high], low below high`);
  }
  return found as Limits;
}

/**
 * An event: a module that exceeds a limit on consecutive days, from the row with the worst value of
 * the first day to that of the last day. How long it was beyond the limit is not on record. Limits
 * belong to a report, so it is not in `events.csv`.
 */
export interface Violation extends Omit<BatteryEvent, "kind"> {
  /** The kind of event. */
  kind: "limit";
  /** The phase. */
  phase: string;
  /** The module. */
  module: string;
  /** The quantity that exceeds its limit. */
  quantity: Limited;
  /** Whether the value was too low or too high. */
  side: "low" | "high";
  /** The limit. */
  limit: number;
  /** The worst value; its column is that of the event. */
  value: number;
  /** The start of the first row that has it. */
  at: number;
  /** The starts of the consecutive days on which the limit is exceeded. */
  days: readonly number[];
}

/** An event of `events.csv`, or a violation of a report's limits. */
export type ReportedEvent = BatteryEvent | Violation;

/** Finds values beyond their limits, ordered by start; consecutive days are one violation. */
export function violationsOf(days: readonly BatteryDay[], limits: Limits | null): Violation[] {
  if (limits === null) return [];
  const ofDays = inOrder(days).flatMap((day) =>
    day.figures.modules.flatMap((module) => violationsOn(day, module, limits))
  );
  const byLimit = Map.groupBy(ofDays, ({ phase, module, quantity, side }) => {
    return JSON.stringify([phase, module, quantity, side]);
  });
  return [...byLimit.values()].flatMap(joinDays).sort((a, b) => a.from - b.from);
}

/** The violations of a module on one day: at most one of each limit. */
function violationsOn(
  { day, interval }: BatteryDay,
  figures: ModuleDay,
  limits: Limits,
): Violation[] {
  const { phase, module } = figures;
  return LIMITED_QUANTITIES.flatMap((quantity) => {
    const { name, figure, unit } = LIMITED[quantity];
    const [range, allowed] = [figures[figure], limits[quantity]];
    if (range === null || allowed === undefined) return [];
    const violation = (side: "low" | "high", limit: number, worst: Extreme): Violation => {
      const { value, column, at } = worst;
      const amount = (number: number | string) => `${number} ${unit}`.replace("-", "−");
      const shown = amount(value.toFixed(limitDigits(quantity, value, limit)));
      const detail = `${name} too ${side}: ${shown} (${column}), limit ${amount(limit)}`;
      const place = { phase, module, column };
      const span = { from: at, to: at + interval, at, days: [day] };
      return { kind: "limit", ...place, ...span, quantity, side, limit, value, detail };
    };
    const [low, high] = allowed;
    return [
      ...(besideLimit(range.min.value, low) < low ? [violation("low", low, range.min)] : []),
      ...(besideLimit(range.max.value, high) > high ? [violation("high", high, range.max)] : []),
    ];
  });
}

/** Joins the violations of one limit by one module on consecutive days. */
function joinDays(ofDays: readonly Violation[]): Violation[] {
  const runs = runsWhere(ofDays, (a, b) => b.days[0]! - a.days[0]! <= DAY);
  return runs.map((run) => ({
    ...run.reduce((a, b) => isWorse(b, a) ? b : a),
    from: run[0].from,
    to: run.at(-1)!.to,
    days: run.flatMap(({ days }) => days),
  }));
}

function isWorse(a: Violation, b: Violation): boolean {
  return a.side === "low" ? a.value < b.value : a.value > b.value;
}
