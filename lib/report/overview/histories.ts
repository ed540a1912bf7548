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
  /** The share of the time in which all cells are known; null if it has no cells. */
  cellsFilled: number | null;
}

/** The history of each module, in natural order. */
export function moduleHistories(days: readonly BatteryDay[]): ModuleHistory[] {
  const [positive, estimates] = [positiveCurrent(days), capacities(days)];
  return [...daysByModule(days)].map(([folder, list]) => {
    const flow = throughput(list.map(({ figures }) => figures.flow), positive);
    const capacity = estimates.get(folder) ?? null;
    const cycles = flow && capacity && flow.chargeOut / capacity.ah;
    return { folder, days: list, flow, capacity, cycles, cellsFilled: cellsFilled(list) };
  });
}

function cellsFilled(days: readonly ModuleOnDay[]): number | null {
  const known = days.filter(({ figures }) => figures.cellsFilled !== null);
  const seconds = ({ interval, figures }: ModuleOnDay) => figures.rows * interval;
  const filled = sumOf(known, (day) => seconds(day) * day.figures.cellsFilled!);
  return known.length === 0 ? null : filled / sumOf(known, seconds);
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
