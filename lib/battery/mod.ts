/**
 * What a battery engineer asks for: the figures of each module's day, and what follows from those
 * of many days.
 *
 * @module
 */
export { type BatteryEvent, eventsOf } from "./events.ts";
export {
  type BatteryDay,
  capacities,
  type Capacity,
  daysByModule,
  positiveCurrent,
  socUnit,
} from "./history.ts";
export type {
  CellDay,
  DayFigures,
  Deviation,
  Extreme,
  Flow,
  Flows,
  ModuleDay,
  PlaceDay,
  Range,
  Rest,
  SocDay,
  StateRun,
  SteadyRun,
  SteadySignal,
  Stretch,
  ZeroLimit,
} from "./figures.ts";
