/**
 * The modules over all days.
 *
 * @module
 */
import {
  type BatteryDay,
  capacities,
  type Capacity,
  daysByModule,
  type Flows,
  type ModuleOnDay,
  outAndIn,
  positiveCurrent,
} from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { sumOf } from "../aggregates.ts";

/** A module over all days. */
export interface ModuleHistory {
  /** Its folder. */
  folder: string;
  /** Its days, in order. */
  days: readonly ModuleOnDay[];
  /** What flowed; null if it is not known. */
  flow: Throughput | null;
  /** Its capacity; null if it could not be estimated. */
  capacity: Capacity | null;
  /** Its equivalent full cycles; null if flow or capacity is not known. */
  cycles: number | null;
  /** The time from its first reading to its last, without days on which it has none, in seconds. */
  reporting: number;
  /**
   * The share of its rows in which all cells are known; null if it has no cells. Rows before the
   * first reading in the first hour, and after the last reading in the last hour, do not count.
   */
  cellsFilled: number | null;
}

/** The history of each module, in natural order. */
export function moduleHistories(days: readonly BatteryDay[]): ModuleHistory[] {
  const [positive, estimates] = [positiveCurrent(days), capacities(days)];
  return [...daysByModule(days)].map(([folder, list]) => {
    const flow = throughput(list.map(({ figures }) => figures.flow), positive);
    const capacity = estimates.get(folder) ?? null;
    const cycles = flow && capacity && flow.chargeOut / capacity.ah;
    const reporting = list.length * DAY - beyondReadings(list, DAY);
    return {
      folder,
      days: list,
      flow,
      capacity,
      cycles,
      reporting,
      cellsFilled: cellsFilled(list),
    };
  });
}

/**
 * The time without readings at both ends: before the first reading of its period and after the last
 * reading of its own, in seconds.
 *
 * @param length How long a period is: a day or an hour.
 */
function beyondReadings(days: readonly ModuleOnDay[], length: number): number {
  const [first, last] = [days[0]!.figures.reported, days.at(-1)!.figures.reported];
  if (first === null || last === null) return 0;
  return first[0] % length + (length - last[1] % length) % length;
}

/**
 * The share of a module's rows in which all of its cells are known, from the first reading of some
 * days to the last; null if it has no cells.
 */
export function cellsFilled(days: readonly ModuleOnDay[]): number | null {
  const known = days.filter(({ figures }) => figures.cellsFilled !== null);
  const seconds = ({ interval, figures }: ModuleOnDay) => figures.rows * interval;
  const filled = sumOf(known, (day) => seconds(day) * day.figures.cellsFilled!);
  if (known.length === 0) return null;
  // The value of the last reading is held for a while after it.
  return Math.min(1, filled / (sumOf(known, seconds) - beyondReadings(known, 3600)));
}

/** What flowed out and in, in kWh and Ah. */
export type Throughput = Readonly<Record<"energyOut" | "energyIn" | "chargeOut", number>>;

/** Adds up flows, given what positive current means; null if none is known. */
export function throughput(
  flows: readonly (Flows | null)[],
  positive: "charge" | "discharge",
): Throughput | null {
  const known = flows.flatMap((flow) => flow === null ? [] : outAndIn(flow, positive));
  if (known.length === 0) return null;
  return {
    energyOut: sumOf(known, ({ out }) => out.energy),
    energyIn: sumOf(known, ({ into }) => into.energy),
    chargeOut: sumOf(known, ({ out }) => out.charge),
  };
}
